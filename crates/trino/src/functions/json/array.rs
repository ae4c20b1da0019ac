//! `json_array_length`, `json_array_contains`, `json_array_get`.

use std::sync::Arc;

use arrow::array::{Array, BooleanArray, Int64Array, StringArray};
use datafusion::logical_expr::ScalarUDF;
use serde_json::Value;

use super::{
    find::array_length,
    number::canonical,
    parse::{is_json, of_json},
};
use crate::{
    TrinoType,
    functions::define::{Arguments, define, is_integer, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![json_array_length(), json_array_contains(), json_array_get()]
}

fn elements(text: Option<&str>) -> Option<Vec<Value>> {
    match serde_json::from_str(text?) {
        Ok(Value::Array(values)) => Some(values),
        _ => None,
    }
}

/// `json_array_length(json)`: how many elements an array has; NULL for what is none.
fn json_array_length() -> Arc<ScalarUDF> {
    define(
        "json_array_length",
        |arguments| of_json(arguments, TrinoType::Bigint),
        |call| {
            let texts = call.texts(0)?;
            Ok(Arc::new(texts.iter().map(|text| array_length(text?)).collect::<Int64Array>()))
        },
    )
}

/// `json_array_contains(json, x)`: whether an array has this number, text or boolean; NULL for what is no array.
fn json_array_contains() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [json, of]
                if is_json(json)
                    && (is_text(of)
                        || is_integer(of)
                        || matches!(of, TrinoType::Boolean | TrinoType::Double | TrinoType::Real)) =>
            {
                Some(TrinoType::Boolean)
            }
            _ => None,
        })
    };
    define("json_array_contains", typing, |call| {
        let texts = call.texts(0)?;
        let nulls = call.strict();
        let sought: Vec<Value> = match &call.types[1] {
            TrinoType::Boolean => call.booleans(1)?.iter().map(Value::from).collect(),
            of if is_integer(of) => call.integers(1)?.iter().map(Value::from).collect(),
            TrinoType::Double | TrinoType::Real => call.doubles(1)?.iter().map(Value::from).collect(),
            _ => call.texts(1)?.iter().map(Value::from).collect(),
        };
        let of_row = |row: usize| {
            if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                return None;
            }
            Some(elements(Some(texts.value(row)))?.contains(&sought[row]))
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<BooleanArray>()))
    })
}

/// `json_array_get(json, i)`: the element at a place from 0 on, or from the end if it is negative; NULL if there is
/// none. Texts come without quotes, which is no JSON, as in Trino.
fn json_array_get() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [json, at] if is_json(json) && is_integer(at) => Some(TrinoType::Json),
            _ => None,
        })
    };
    define("json_array_get", typing, |call| {
        let (texts, places) = (call.texts(0)?, call.integers(1)?);
        let of_row = |row: usize| {
            if texts.is_null(row) || places.is_null(row) {
                return None;
            }
            let values = elements(Some(texts.value(row)))?;
            let place = places.value(row);
            let at = if place < 0 { i64::try_from(values.len()).ok()?.checked_add(place)? } else { place };
            match values.get(usize::try_from(at).ok()?)? {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                value => Some(canonical(value)),
            }
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<StringArray>()))
    })
}
