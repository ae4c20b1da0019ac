//! One argument of `format` as a specifier wants it.

use datafusion::error::Result;

use super::specifier::{Specifier, bad};
use crate::functions::conversion::{parse_decimal, text_of_decimal, write_f32, write_f64};

/// An argument.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(f32),
    Double(f64),
    /// With its scale.
    Decimal(i128, i8),
    Text(String),
}

impl Value {
    /// What `%s` shows.
    fn text(&self) -> String {
        let mut text = String::new();
        match self {
            Self::Null => text.push_str("null"),
            Self::Boolean(value) => text.push_str(&value.to_string()),
            Self::Integer(value) => text.push_str(&value.to_string()),
            Self::Real(value) => write_f32(*value, &mut text),
            Self::Double(value) => write_f64(*value, &mut text),
            Self::Decimal(value, scale) => text.push_str(&text_of_decimal(*value, *scale)),
            Self::Text(value) => text.push_str(value),
        }
        text
    }

    /// The number in digits, rounded half up to so many behind the point; `None` for what is no number.
    fn fixed(&self, places: usize) -> Option<String> {
        let digits = match self {
            Self::Double(value) if !value.is_finite() => return Some(self.text()),
            Self::Decimal(..) | Self::Double(_) | Self::Real(_) => self.text(),
            _ => return None,
        };
        let scale = i8::try_from(places).ok()?;
        match parse_decimal(&digits, scale) {
            Some(Some(scaled)) => Some(text_of_decimal(scaled, scale)),
            // Too many digits for a decimal: what a double has of them is exact.
            _ => digits.parse::<f64>().ok().map(|value| format!("{value:.places$}")),
        }
    }
}

pub(super) fn shown(format: &str, specifier: &Specifier, value: &Value) -> Result<String> {
    let unfit = || bad(format, &format!("%{} does not take {value:?}", specifier.conversion));
    let text = match (specifier.conversion, value) {
        ('b' | 'B', Value::Null) => "false".to_owned(),
        ('b' | 'B', Value::Boolean(value)) => value.to_string(),
        ('b' | 'B', _) => "true".to_owned(),
        ('s' | 'S', _) | (_, Value::Null) => {
            let text = value.text();
            specifier.precision.map_or(text.clone(), |most| text.chars().take(most).collect())
        }
        ('d', Value::Integer(value)) => signed(specifier, &value.to_string()),
        ('d', Value::Decimal(value, 0)) => signed(specifier, &value.to_string()),
        ('x' | 'X', Value::Integer(value)) => zeros(specifier, format!("{value:x}")),
        ('o', Value::Integer(value)) => zeros(specifier, format!("{value:o}")),
        ('f', Value::Double(_) | Value::Real(_) | Value::Decimal(..)) => {
            signed(specifier, &value.fixed(specifier.precision.unwrap_or(6)).ok_or_else(unfit)?)
        }
        ('e' | 'E', Value::Double(value)) => signed(specifier, &scientific(*value, specifier.precision.unwrap_or(6))),
        ('c' | 'C', Value::Text(text)) if text.chars().count() == 1 => text.clone(),
        _ => return Err(unfit()),
    };
    let text = if specifier.conversion.is_uppercase() { text.to_uppercase() } else { text };
    let width = specifier.width;
    Ok(if specifier.has('-') { format!("{text:<width$}") } else { format!("{text:>width$}") })
}

/// Java writes two digits of the exponent at least, with its sign.
fn scientific(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// A number with the flags for signs, groups of digits and zeros.
fn signed(specifier: &Specifier, number: &str) -> String {
    let (is_negative, digits) = number.strip_prefix('-').map_or((false, number), |digits| (true, digits));
    let mut digits = if specifier.has(',') { grouped(digits) } else { digits.to_owned() };
    let (before, behind) = match is_negative {
        true if specifier.has('(') => ("(", ")"),
        true => ("-", ""),
        false if specifier.has('+') => ("+", ""),
        false if specifier.has(' ') => (" ", ""),
        false => ("", ""),
    };
    if specifier.has('0') {
        let width = specifier.width.saturating_sub(before.len() + behind.len());
        digits = format!("{digits:0>width$}");
    }
    format!("{before}{digits}{behind}")
}

fn zeros(specifier: &Specifier, digits: String) -> String {
    let width = specifier.width;
    if specifier.has('0') { format!("{digits:0>width$}") } else { digits }
}

fn grouped(number: &str) -> String {
    let (whole, fraction) = number.find('.').map_or((number, ""), |at| number.split_at(at));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}
