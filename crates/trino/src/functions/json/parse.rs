//! `json_parse`, `json_format`, `is_json_scalar`.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, StringArray};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ScalarUDF,
};
use serde_json::Value;

use super::number::canonical;
use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, define, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![json_parse(), json_format(), is_json_scalar()]
}

pub(super) fn is_json(of: &TrinoType) -> bool {
    is_text(of) || *of == TrinoType::Json
}

/// An argument that is JSON, or the text of it.
pub(super) fn of_json(arguments: &Arguments<'_>, returns: TrinoType) -> Result<Option<TrinoType>> {
    Ok(matches!(arguments.types, [of] if is_json(of)).then_some(returns))
}

fn broken(text: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(format!("Cannot convert value to JSON: '{text}'"))
}

/// `json_parse(text)`: the JSON of a text. What is none is INVALID_FUNCTION_ARGUMENT.
fn json_parse() -> Arc<ScalarUDF> {
    let typing =
        |arguments: &Arguments<'_>| Ok(matches!(arguments.types, [of] if is_text(of)).then_some(TrinoType::Json));
    define("json_parse", typing, |call| {
        let parsed = |text: &str| Ok(canonical(&serde_json::from_str(text).map_err(|_| broken(text))?));
        let texts = call.texts(0)?;
        let values = texts.iter().map(|text| text.map(parsed).transpose());
        Ok(Arc::new(values.collect::<Result<StringArray>>()?))
    })
}

/// `json_format(json)`: its canonical text.
fn json_format() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let fits = matches!(arguments.types, [TrinoType::Json | TrinoType::Unknown]);
        Ok(fits.then_some(TrinoType::Varchar(None)))
    };
    define("json_format", typing, |call| Ok(Arc::new(call.texts(0)?) as ArrayRef))
}

/// `is_json_scalar(json)`: whether it is a number, a text, true, false or null. A text that is no JSON is
/// INVALID_FUNCTION_ARGUMENT.
fn is_json_scalar() -> Arc<ScalarUDF> {
    define(
        "is_json_scalar",
        |arguments| of_json(arguments, TrinoType::Boolean),
        |call| {
            let is_scalar = |text: &str| {
                let value: Value = serde_json::from_str(text).map_err(|_| broken(text))?;
                Ok(!matches!(value, Value::Array(_) | Value::Object(_)))
            };
            let texts = call.texts(0)?;
            let values = texts.iter().map(|text| text.map(is_scalar).transpose());
            Ok(Arc::new(values.collect::<Result<BooleanArray>>()?))
        },
    )
}
