//! Numbers of JSON as Java writes them.

use serde_json::{Number, Value};

/// A double as `Double.toString` does.
pub(super) fn double(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{value:?}");
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

fn number(value: &Number) -> String {
    match value.as_f64() {
        Some(float) if value.is_f64() => double(float),
        _ => value.to_string(),
    }
}

/// A value in canonical form.
pub(in crate::functions) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, into: &mut String) {
    match value {
        Value::Number(value) => into.push_str(&number(value)),
        Value::Array(values) => {
            into.push('[');
            for (at, value) in values.iter().enumerate() {
                into.push_str(if at == 0 { "" } else { "," });
                write(value, into);
            }
            into.push(']');
        }
        Value::Object(fields) => {
            into.push('{');
            for (at, (name, value)) in fields.iter().enumerate() {
                into.push_str(if at == 0 { "" } else { "," });
                write_text(name, into);
                into.push(':');
                write(value, into);
            }
            into.push('}');
        }
        Value::String(value) => write_text(value, into),
        Value::Bool(value) => into.push_str(if *value { "true" } else { "false" }),
        Value::Null => into.push_str("null"),
    }
}

/// A text in quotes.
fn write_text(text: &str, into: &mut String) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        into.push('"');
        into.push_str(text);
        into.push('"');
    } else {
        into.push_str(&Value::from(text).to_string());
    }
}

/// The text of a scalar value as `varchar`, or `None` for NULL, arrays and objects.
pub(super) fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(value) => Some(number(&value)),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
