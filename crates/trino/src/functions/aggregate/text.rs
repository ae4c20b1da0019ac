//! `listagg`.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray},
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use datafusion::{common::ScalarValue, error::Result, logical_expr::AggregateUDF};

use super::collect::valid;
use crate::{
    ErrorName, TrinoType,
    functions::define::{
        aggregate::{Gathering, Kind, Rows, aggregate},
        is_text,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![listagg()]
}

/// The most bytes that a result has.
const LONGEST: usize = 1_048_576;

/// `listagg(text, separator, error, filler, count)`: the texts in the order of the rows with separators between them,
/// NULLs left out. The last three are what ON OVERFLOW says: whether it is an error (the default), and otherwise what
/// stands for the rest, and whether that is counted behind it in brackets. What is longer than 1 MiB is overflow, which
/// ends with INVALID_FUNCTION_ARGUMENT.
fn listagg() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of] | [of, _] | [of, _, TrinoType::Boolean, _, TrinoType::Boolean] => {
            (is_text(of) && types.get(1).is_none_or(is_text)).then_some(TrinoType::Varchar(None))
        }
        _ => None,
    };
    aggregate("listagg", typing, Kind::Gather(Gathering { keep: Some(valid), finish }))
}

fn text(rows: &Rows, column: usize) -> Result<String> {
    let Some(column) = rows.columns.get(column) else { return Ok(String::new()) };
    let texts = cast(column, &DataType::Utf8)?;
    let texts = texts.as_string::<i32>();
    Ok(if texts.is_empty() || texts.is_null(0) { String::new() } else { texts.value(0).to_owned() })
}

fn flag(rows: &Rows, column: usize, default: bool) -> Result<bool> {
    let Some(column) = rows.columns.get(column) else { return Ok(default) };
    Ok(cast(column, &DataType::Int64)?.as_primitive::<Int64Type>().iter().next().flatten().is_none_or(|x| x != 0))
}

fn finish(rows: &Rows) -> Result<ScalarValue> {
    if rows.len() == 0 {
        return rows.null();
    }
    let separator = text(rows, 1)?;
    let texts = cast(&rows.columns[0], &DataType::Utf8)?;
    let texts = texts.as_string::<i32>();
    let mut joined = String::new();
    for (at, value) in texts.iter().enumerate() {
        let value = value.unwrap_or_default();
        let more = if at == 0 { "" } else { separator.as_str() };
        if joined.len() + more.len() + value.len() > LONGEST {
            if flag(rows, 2, true)? {
                let message = format!("Concatenated string is too large: {LONGEST} bytes are the most");
                return Err(ErrorName::InvalidFunctionArgument.error(message));
            }
            joined.push_str(&separator);
            joined.push_str(&text(rows, 3)?);
            if flag(rows, 4, false)? {
                joined.push_str(&format!("({})", texts.len() - at));
            }
            break;
        }
        joined.push_str(more);
        joined.push_str(value);
    }
    Ok(ScalarValue::Utf8(Some(joined)))
}
