//! `listagg`.

use std::{ops::Range, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray, new_null_array},
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use datafusion::{error::Result, logical_expr::AggregateUDF};

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

/// The texts of a column, or none if there is no such column.
fn texts(rows: &Rows, column: usize) -> Result<Option<StringArray>> {
    let Some(column) = rows.columns.get(column) else { return Ok(None) };
    Ok(Some(cast(column, &DataType::Utf8)?.as_string::<i32>().clone()))
}

/// Whether a column says so in the first row of a group.
fn flag(rows: &Rows, column: usize, row: usize) -> Result<bool> {
    let Some(column) = rows.columns.get(column) else { return Ok(true) };
    let values = cast(&column.slice(row, 1), &DataType::Int64)?;
    Ok(values.as_primitive::<Int64Type>().iter().next().flatten().is_none_or(|value| value != 0))
}

/// How a group's texts are joined.
struct Joint<'a> {
    separator: &'a str,
    is_error: bool,
    filler: &'a str,
    with_count: bool,
}

impl Joint<'_> {
    /// The texts of a group.
    fn join(&self, texts: &StringArray, rows: Range<usize>) -> Result<String> {
        let mut joined = String::new();
        for at in rows.clone() {
            let value = texts.value(at);
            let more = if at == rows.start { "" } else { self.separator };
            if joined.len() + more.len() + value.len() > LONGEST {
                if self.is_error {
                    let message = format!("Concatenated string is too large: {LONGEST} bytes are the most");
                    return Err(ErrorName::InvalidFunctionArgument.error(message));
                }
                joined.push_str(self.separator);
                joined.push_str(self.filler);
                if self.with_count {
                    joined.push_str(&format!("({})", rows.end - at));
                }
                break;
            }
            joined.push_str(more);
            joined.push_str(value);
        }
        Ok(joined)
    }
}

fn finish(rows: &Rows) -> Result<ArrayRef> {
    let Some(values) = texts(rows, 0)? else { return Ok(new_null_array(&DataType::Utf8, rows.groups().count())) };
    let (separators, fillers) = (texts(rows, 1)?, texts(rows, 3)?);
    let text = |column: &Option<StringArray>, row: usize| {
        column.as_ref().filter(|texts| texts.is_valid(row)).map(|texts| texts.value(row).to_owned())
    };
    let of_group = |group: Range<usize>| {
        if group.is_empty() {
            return Ok(None);
        }
        let (separator, filler) = (text(&separators, group.start), text(&fillers, group.start));
        let joint = Joint {
            separator: &separator.unwrap_or_default(),
            is_error: flag(rows, 2, group.start)?,
            filler: &filler.unwrap_or_default(),
            with_count: fillers.is_some() && flag(rows, 4, group.start)?,
        };
        joint.join(&values, group).map(Some)
    };
    Ok(Arc::new(rows.groups().map(of_group).collect::<Result<StringArray>>()?))
}
