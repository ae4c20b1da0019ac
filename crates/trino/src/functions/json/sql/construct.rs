//! `json_array`, `json_object`.

use std::{collections::HashSet, sync::Arc};

use arrow::array::{Array, StringArray};
use datafusion::{error::Result, logical_expr::ScalarUDF};
use serde_json::Value;

use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, define},
};

/// The planner makes of a form a call of these, with what the clauses say as literal texts before and all values as JSON.
pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![json_array(), json_object()]
}

fn typing(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(arguments.text(0).map(|_| TrinoType::Varchar(None)))
}

/// `json_array(x, … ON NULL)`: the text of the array of the values, NULLs left out, or as null with NULL ON NULL.
fn json_array() -> Arc<ScalarUDF> {
    define("$json_array", typing, |call| {
        let with_null = call.texts(0)?.iter().next().flatten() == Some("NULL");
        let values = (1..call.len()).map(|at| call.texts(at)).collect::<Result<Vec<_>>>()?;
        let of_row = |row: usize| {
            let items = values.iter().map(|values| values.is_valid(row).then(|| values.value(row)));
            let items: Vec<_> = items.filter_map(|item| item.or(with_null.then_some("null"))).collect();
            Some(format!("[{}]", items.join(",")))
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<StringArray>()))
    })
}

/// `json_object(key : x, … ON NULL … UNIQUE KEYS)`: the text of the object of the values in their order, NULLs as null,
/// or left out with ABSENT ON NULL. INVALID_FUNCTION_ARGUMENT for NULL as a key, and with WITH UNIQUE KEYS for a key that
/// is there twice.
fn json_object() -> Arc<ScalarUDF> {
    define("$json_object", typing, |call| {
        let with_null = call.texts(0)?.iter().next().flatten() == Some("NULL");
        let are_unique = call.texts(1)?.iter().next().flatten() == Some("UNIQUE");
        let columns = (2..call.len()).map(|at| call.texts(at)).collect::<Result<Vec<_>>>()?;
        let (pairs, _) = columns.as_chunks::<2>();
        let of_row = |row: usize| {
            let (mut seen, mut fields) = (HashSet::new(), Vec::new());
            for [keys, values] in pairs {
                if keys.is_null(row) {
                    return Err(ErrorName::InvalidFunctionArgument.error("null value passed for JSON object key"));
                }
                let value = if values.is_valid(row) { values.value(row) } else { "null" };
                if values.is_null(row) && !with_null {
                    continue;
                }
                if are_unique && !seen.insert(keys.value(row)) {
                    let message = format!("duplicate key passed to JSON_OBJECT function: {}", keys.value(row));
                    return Err(ErrorName::InvalidFunctionArgument.error(message));
                }
                fields.push(format!("{}:{value}", Value::from(keys.value(row))));
            }
            Ok(Some(format!("{{{}}}", fields.join(","))))
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<Result<StringArray>>()?))
    })
}
