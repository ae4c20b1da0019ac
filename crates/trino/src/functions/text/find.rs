//! `strpos` and `position`.

use arrow::array::{ArrayRef, Int64Array, StringArray};
use datafusion::error::Result;

use crate::{ErrorName, functions::scalar::Call};

pub(super) const FORMS: &[&str] = &["varchar, varchar -> bigint", "varchar, varchar, bigint -> bigint"];

pub(super) fn strpos(call: &Call) -> Result<ArrayRef> {
    if call.len() == 2 {
        return call
            .map2::<StringArray, StringArray, _, Int64Array>(|text, part| Ok(Some(place(text, text.find(part)))));
    }
    call.map3::<StringArray, StringArray, Int64Array, _, Int64Array>(|text, part, instance| {
        if instance == 0 {
            let message = "'instance' must be a positive or negative number.";
            return Err(ErrorName::InvalidFunctionArgument.error(message));
        }
        if part.is_empty() {
            return Ok(Some(1));
        }
        let nth = usize::try_from(instance.unsigned_abs() - 1).unwrap_or(usize::MAX);
        let starts = |at: &usize| text[*at..].starts_with(part);
        let places = text.char_indices().map(|(at, _)| at);
        let at = if instance > 0 { places.filter(starts).nth(nth) } else { places.rev().filter(starts).nth(nth) };
        Ok(Some(place(text, at)))
    })
}

pub(super) fn position(call: &Call) -> Result<ArrayRef> {
    call.map2::<StringArray, StringArray, _, Int64Array>(|part, text| Ok(Some(place(text, text.find(part)))))
}

/// A place in bytes as one in characters from 1, and none as 0.
fn place(text: &str, at: Option<usize>) -> i64 {
    at.map_or(0, |at| i64::try_from(text[..at].chars().count() + 1).unwrap_or(i64::MAX))
}
