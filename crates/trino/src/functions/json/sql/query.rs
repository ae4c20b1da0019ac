//! `json_exists`, `json_value`, `json_query`.

use std::{collections::HashMap, sync::Arc};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ScalarUDF,
};
use serde_json::Value;

use super::path::Path;
use crate::{
    ErrorName, TrinoType,
    functions::{
        conversion::try_cast_values,
        define::{Arguments, Call, define, is_text},
        json::canonical,
    },
};

/// The planner makes of a form a call of these: the JSON, the path and what the clauses say, as literal texts, then
/// defaults, then names and values of PASSING by turns, the values as JSON. `$` begins the names, as no query may call
/// them so.
pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("$json_exists", |arguments| Ok(takes(arguments, EXISTS, TrinoType::Boolean)), json_exists),
        define("$json_value", value_typing, json_value),
        define("$json_query", |arguments| Ok(takes(arguments, QUERY, TrinoType::Varchar(None))), json_query),
    ]
}

/// How many arguments stand before those of PASSING.
const EXISTS: usize = 3;
const VALUE: usize = 7;
const QUERY: usize = 6;

fn takes(arguments: &Arguments<'_>, before: usize, returns: TrinoType) -> Option<TrinoType> {
    let input = arguments.types.first()?;
    let is_json = is_text(input) || matches!(input, TrinoType::Json | TrinoType::Varbinary);
    (is_json && arguments.types.len() >= before).then_some(returns)
}

/// The fifth argument names the type of the result.
fn value_typing(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    let Some(name) = arguments.text(4) else { return Ok(None) };
    Ok(takes(arguments, VALUE, TrinoType::parse(name)?))
}

/// What a clause says is to happen.
fn clause(call: &Call, at: usize) -> Result<String> {
    Ok(call.texts(at)?.iter().next().flatten().unwrap_or_default().to_owned())
}

/// JSONs, paths and values of PASSING, row by row.
struct Queries {
    inputs: StringArray,
    paths: StringArray,
    parsed: HashMap<String, Path>,
    passed: Vec<(String, StringArray)>,
}

/// Why a row has no items.
enum Missing {
    /// The input is NULL.
    Null,
    Failed(DataFusionError),
}

impl Queries {
    fn of(call: &Call, before: usize) -> Result<Self> {
        let (inputs, paths) = (call.texts(0)?, call.texts(1)?);
        let mut parsed = HashMap::new();
        for path in paths.iter().flatten() {
            if !parsed.contains_key(path) {
                parsed.insert(path.to_owned(), Path::parse(path)?);
            }
        }
        let names = (before..call.len()).step_by(2);
        let passed = names.map(|at| Ok((clause(call, at)?, call.texts(at + 1)?))).collect::<Result<_>>()?;
        Ok(Self { inputs, paths, parsed, passed })
    }

    /// What is made of the items of a row.
    fn row<T>(&self, row: usize, of: impl FnOnce(&[&Value]) -> T) -> std::result::Result<T, Missing> {
        if self.inputs.is_null(row) || self.paths.is_null(row) {
            return Err(Missing::Null);
        }
        let failed = |name: ErrorName, message: String| Missing::Failed(name.error(message));
        let input: Value = serde_json::from_str(self.inputs.value(row)).map_err(|error| {
            failed(ErrorName::JsonInputConversionError, format!("conversion to JSON failed: {error}"))
        })?;
        let mut variables = HashMap::new();
        for (name, values) in &self.passed {
            let value = if values.is_null(row) { "null" } else { values.value(row) };
            let value = serde_json::from_str(value).map_err(|error| {
                failed(ErrorName::JsonInputConversionError, format!("conversion to JSON failed: {error}"))
            })?;
            variables.insert(name.clone(), value);
        }
        let Some(path) = self.parsed.get(self.paths.value(row)) else { return Err(Missing::Null) };
        let items = path
            .items(&input, &variables)
            .map_err(|failure| failed(ErrorName::PathEvaluationError, format!("path evaluation failed: {failure}")))?;
        Ok(of(&items.iter().map(AsRef::as_ref).collect::<Vec<_>>()))
    }
}

/// `json_exists(json, path … ON ERROR)`: whether the path leads to something. If it cannot be followed, or the input is
/// no JSON, what ON ERROR says: FALSE, TRUE, UNKNOWN or ERROR. NULL for NULL.
fn json_exists(call: &Call) -> Result<ArrayRef> {
    let queries = Queries::of(call, EXISTS)?;
    let on_error = clause(call, 2)?;
    let of_row = |row| match queries.row(row, |items| !items.is_empty()) {
        Ok(exists) => Ok(Some(exists)),
        Err(Missing::Null) => Ok(None),
        Err(Missing::Failed(error)) => match on_error.as_str() {
            "ERROR" => Err(error),
            "TRUE" => Ok(Some(true)),
            "UNKNOWN" => Ok(None),
            _ => Ok(Some(false)),
        },
    };
    Ok(Arc::new((0..call.rows).map(of_row).collect::<Result<BooleanArray>>()?))
}

/// What stands in a row of `json_value`.
#[derive(Clone, Copy, PartialEq)]
enum Taken {
    Value,
    OnEmpty,
    OnError,
}

/// `json_value(json, path RETURNING type … ON EMPTY … ON ERROR)`: the one scalar that the path leads to, null as NULL,
/// as the type. If there is none what ON EMPTY says, and if there are several, or it is an array or object, or does not
/// fit the type, what ON ERROR says: NULL, DEFAULT or ERROR.
fn json_value(call: &Call) -> Result<ArrayRef> {
    let queries = Queries::of(call, VALUE)?;
    let (on_empty, on_error) = (clause(call, 2)?, clause(call, 3)?);
    let of = call.return_type();
    let (mut texts, mut taken) = (Vec::with_capacity(call.rows), Vec::with_capacity(call.rows));
    for row in 0..call.rows {
        let found = queries.row(row, |items| match items {
            [] => Ok(None),
            [Value::Null] => Ok(Some(None)),
            [item] if !item.is_array() && !item.is_object() => Ok(Some(Some(canonical(item)))),
            _ => {
                let message = "cannot extract SQL scalar from JSON: the path leads to no single scalar";
                Err(ErrorName::JsonValueResultError.error(message))
            }
        });
        let (text, what) = match found {
            Ok(Ok(Some(text))) => (text, Taken::Value),
            Ok(Ok(None)) => (None, Taken::OnEmpty),
            Err(Missing::Null) => (None, Taken::Value),
            Ok(Err(error)) | Err(Missing::Failed(error)) if on_error == "ERROR" => return Err(error),
            Ok(Err(_)) | Err(Missing::Failed(_)) => (None, Taken::OnError),
        };
        if what == Taken::OnEmpty && on_empty == "ERROR" {
            let message = "cannot extract SQL scalar from JSON: the path leads to nothing";
            return Err(ErrorName::JsonValueResultError.error(message));
        }
        texts.push(text);
        taken.push(what);
    }
    let texts: ArrayRef = Arc::new(texts.into_iter().collect::<StringArray>());
    let (values, failed) = try_cast_values(&texts, &TrinoType::Json, &of)?;
    if let (Some(row), "ERROR") = (failed.first(), on_error.as_str()) {
        let text = texts.as_string::<i32>().value(*row);
        return Err(ErrorName::JsonValueResultError.error(format!("cannot cast {text} to {of}")));
    }
    failed.into_iter().for_each(|row| taken[row] = Taken::OnError);
    if taken.iter().all(|what| *what == Taken::Value) {
        return Ok(values);
    }
    let (empty, error) = (call.values_as(5, &of)?, call.values_as(6, &of)?);
    let values = crate::functions::define::fit(&values, &of.data_type())?;
    let places: Vec<_> = taken.iter().enumerate().map(|(row, what)| (*what as usize, row)).collect();
    Ok(arrow::compute::interleave(&[&values, &empty, &error], &places)?)
}

/// `json_query(json, path … WRAPPER … QUOTES … ON EMPTY … ON ERROR)`: the text of the one item that the path leads to,
/// or with a wrapper of the array of all; OMIT QUOTES leaves those of a text away.
fn json_query(call: &Call) -> Result<ArrayRef> {
    let queries = Queries::of(call, QUERY)?;
    let (wrapper, quotes) = (clause(call, 2)?, clause(call, 3)?);
    let (on_empty, on_error) = (clause(call, 4)?, clause(call, 5)?);
    let written = |item: &Value| match item.as_str() {
        Some(text) if quotes == "OMIT" => text.to_owned(),
        _ => canonical(item),
    };
    let instead = |what: &str, error: DataFusionError| match what {
        "ERROR" => Err(error),
        "EMPTY ARRAY" => Ok(Some("[]".to_owned())),
        "EMPTY OBJECT" => Ok(Some("{}".to_owned())),
        _ => Ok(None),
    };
    let of_row = |row| {
        let found = queries.row(row, |items| {
            let is_wrapped = match items {
                [] => return Ok(None),
                [item] if wrapper == "CONDITIONAL" => !item.is_array() && !item.is_object(),
                _ => wrapper != "WITHOUT",
            };
            match items {
                [item] if !is_wrapped => Ok(Some(written(item))),
                _ if is_wrapped => {
                    let items: Vec<_> = items.iter().map(|item| canonical(item)).collect();
                    Ok(Some(format!("[{}]", items.join(","))))
                }
                _ => {
                    let message = "cannot extract JSON: the path leads to several items and there is no wrapper";
                    Err(ErrorName::JsonOutputConversionError.error(message))
                }
            }
        });
        match found {
            Ok(Ok(Some(text))) => Ok(Some(text)),
            Err(Missing::Null) => Ok(None),
            Ok(Err(error)) | Err(Missing::Failed(error)) => instead(&on_error, error),
            Ok(Ok(None)) => {
                let message = "cannot extract JSON: the path leads to nothing";
                instead(&on_empty, ErrorName::JsonOutputConversionError.error(message))
            }
        }
    };
    Ok(Arc::new((0..call.rows).map(of_row).collect::<Result<StringArray>>()?))
}
