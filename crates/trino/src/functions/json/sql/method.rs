//! Methods of items, and arithmetic.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use super::{
    eval::{Failure, Items, Look},
    path::{Method, Operator},
};

/// The results of a method for each item.
pub(super) fn apply<'v>(look: &Look<'v>, items: Items<'v>, method: Method) -> Result<Items<'v>, Failure> {
    match method {
        Method::Type => Ok(items.iter().map(|item| Cow::Owned(Value::from(type_of(item)))).collect()),
        Method::Size => items.iter().map(|item| size(look, item).map(Cow::Owned)).collect(),
        Method::KeyValue => {
            let mut found = Vec::new();
            for (id, item) in look.unwrapped(items).iter().enumerate() {
                let Value::Object(fields) = item.as_ref() else {
                    return Err("keyvalue() of what is no object".to_owned());
                };
                let pairs = fields.iter().map(|(name, value)| {
                    let pair =
                        [("name", Value::from(name.as_str())), ("value", value.clone()), ("id", Value::from(id))];
                    Value::Object(Map::from_iter(pair.map(|(key, value)| (key.to_owned(), value))))
                });
                found.extend(pairs.map(Cow::Owned));
            }
            Ok(found)
        }
        _ => look.unwrapped(items).iter().map(|item| of_number(item, method).map(Cow::Owned)).collect(),
    }
}

fn type_of(item: &Value) -> &'static str {
    match item {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn size(look: &Look<'_>, item: &Value) -> Result<Value, Failure> {
    match item {
        Value::Array(elements) => Ok(Value::from(elements.len())),
        _ if look.is_lax => Ok(Value::from(1)),
        _ => Err("size() of what is no array".to_owned()),
    }
}

fn of_number(item: &Value, method: Method) -> Result<Value, Failure> {
    if let (Method::Double, Value::String(text)) = (method, item) {
        let number = text.trim().parse().map_err(|_| format!("'{text}' is no number"))?;
        return float(number);
    }
    let Value::Number(number) = item else { return Err("a number's method of what is no number".to_owned()) };
    let value = number.as_f64().unwrap_or(f64::NAN);
    match (method, number.as_i64()) {
        (Method::Double, _) => float(value),
        (Method::Abs, Some(integer)) => {
            integer.checked_abs().map(Value::from).ok_or_else(|| "abs() is out of range".to_owned())
        }
        (Method::Abs, None) => float(value.abs()),
        (_, Some(integer)) => Ok(Value::from(integer)),
        (Method::Ceiling, None) => float(value.ceil()),
        _ => float(value.floor()),
    }
}

fn float(value: f64) -> Result<Value, Failure> {
    Number::from_f64(value).map(Value::Number).ok_or_else(|| "the result is no finite number".to_owned())
}

/// Integers stay integers, and their division is cut off.
pub(super) fn arithmetic(left: &Value, operator: Operator, right: &Value) -> Result<Value, Failure> {
    let (Value::Number(left), Value::Number(right)) = (left, right) else {
        return Err("arithmetic with what is no number".to_owned());
    };
    if let (Some(left), Some(right)) = (left.as_i64(), right.as_i64()) {
        let result = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::Divide => left.checked_div(right),
            Operator::Remainder => left.checked_rem(right),
        };
        return result.map(Value::from).ok_or_else(|| "a division by zero, or a number out of range".to_owned());
    }
    let (left, right) = (left.as_f64().unwrap_or(f64::NAN), right.as_f64().unwrap_or(f64::NAN));
    float(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Remainder => left % right,
    })
}
