//! `json_extract`, `json_extract_scalar`, `json_size`.

use std::sync::Arc;

use arrow::array::{Int64Array, StringArray};
use datafusion::{error::Result, logical_expr::ScalarUDF};
use serde_json::Value;

use super::{
    number::{canonical, scalar},
    parse::is_json,
    path::Path,
};
use crate::{
    TrinoType,
    functions::define::{Arguments, Call, define, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define(
            "json_extract",
            |arguments| Ok(typing(arguments, TrinoType::Json)),
            |call| Ok(Arc::new(found(call, |value| Some(canonical(&value)))?.into_iter().collect::<StringArray>())),
        ),
        define(
            "json_extract_scalar",
            |arguments| Ok(typing(arguments, TrinoType::Varchar(None))),
            |call| Ok(Arc::new(found(call, scalar)?.into_iter().collect::<StringArray>())),
        ),
        define(
            "json_size",
            |arguments| Ok(typing(arguments, TrinoType::Bigint)),
            |call| Ok(Arc::new(found(call, size)?.into_iter().collect::<Int64Array>())),
        ),
    ]
}

/// `json_extract(json, path)`: the JSON at a path; `json_extract_scalar(json, path)`: the text of a number, text or
/// boolean there, NULL for others; `json_size(json, path)`: how many elements or fields it has, 0 for scalars. NULL if
/// nothing is there, and for a text that is no JSON. What is no path is INVALID_FUNCTION_ARGUMENT.
fn typing(arguments: &Arguments<'_>, returns: TrinoType) -> Option<TrinoType> {
    match arguments.types {
        [json, path] if is_json(json) && is_text(path) => Some(returns),
        _ => None,
    }
}

fn size(value: Value) -> Option<i64> {
    let size = match value {
        Value::Array(values) => values.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    };
    i64::try_from(size).ok()
}

/// What a function makes of the value at the path in each row.
fn found<T>(call: &Call, of: fn(Value) -> Option<T>) -> Result<Vec<Option<T>>> {
    let (texts, paths) = (call.texts(0)?, call.meanings(1, Path::parse)?);
    let of_row = |row| paths.of_row(row).and_then(|path| path.find(texts.value(row))).and_then(of);
    Ok((0..call.rows).map(of_row).collect())
}
