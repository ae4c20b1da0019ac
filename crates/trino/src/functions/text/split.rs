//! `split` and `split_part`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, ListBuilder, StringArray, StringBuilder};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, functions::scalar::Call};

fn bad(message: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

pub(super) fn split(call: &Call) -> Result<ArrayRef> {
    let (texts, delimiters) = (call.column::<StringArray>(0)?, call.column::<StringArray>(1)?);
    let limits = (call.len() == 3).then(|| call.column::<Int64Array>(2)).transpose()?;
    let mut builder = ListBuilder::new(StringBuilder::new());
    for row in 0..call.rows {
        let limit = limits.as_ref().map_or(Some(i64::from(i32::MAX)), |limits| limits.get(row));
        let (Some(text), Some(delimiter), Some(limit)) = (texts.get(row), delimiters.get(row), limit) else {
            builder.append_null();
            continue;
        };
        if limit <= 0 {
            return Err(bad("Limit must be positive"));
        }
        if limit > i64::from(i32::MAX) {
            return Err(bad("Limit is too large"));
        }
        if delimiter.is_empty() {
            return Err(bad("The delimiter may not be the empty string"));
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        builder.append_value(text.splitn(limit, delimiter).map(Some));
    }
    Ok(Arc::new(builder.finish()))
}

/// An empty delimiter cuts between all characters.
pub(super) fn split_part(call: &Call) -> Result<ArrayRef> {
    call.map3::<StringArray, StringArray, Int64Array, _, StringArray>(|text, delimiter, index| {
        if index <= 0 {
            return Err(bad("Index must be greater than zero"));
        }
        let nth = usize::try_from(index - 1).unwrap_or(usize::MAX);
        if delimiter.is_empty() {
            return Ok(text.char_indices().nth(nth).map(|(at, letter)| &text[at..at + letter.len_utf8()]));
        }
        Ok(text.split(delimiter).nth(nth))
    })
}
