//! Comparisons of items.

use std::cmp::Ordering;

use serde_json::Value;

use super::path::Comparison;

/// Whether two items compare so; `None` if they do not compare: items of different types, arrays and objects. A null
/// differs from all other items.
pub(super) fn compare(left: &Value, comparison: Comparison, right: &Value) -> Option<bool> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    if left.is_null() || right.is_null() {
        let is_same = left.is_null() && right.is_null();
        return match comparison {
            Equal | LessOrEqual | GreaterOrEqual => Some(is_same),
            NotEqual => Some(!is_same),
            Less | Greater => Some(false),
        };
    }
    let order = order(left, right)?;
    Some(match comparison {
        Equal => order == Ordering::Equal,
        NotEqual => order != Ordering::Equal,
        Less => order == Ordering::Less,
        LessOrEqual => order != Ordering::Greater,
        Greater => order == Ordering::Greater,
        GreaterOrEqual => order != Ordering::Less,
    })
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        _ => None,
    }
}
