//! Whether, how often and where a pattern fits.

use arrow::array::{ArrayRef, BooleanArray, Int32Array, Int64Array, StringArray};
use datafusion::error::Result;

use super::pattern::{Compiled, bad};
use crate::functions::scalar::Call;

pub(super) fn like(call: &Call) -> Result<ArrayRef> {
    let (texts, patterns) = (call.column::<StringArray>(0)?, call.column::<StringArray>(1)?);
    let mut compiled = Compiled::default();
    call.collect::<_, BooleanArray>(|row| match (texts.get(row), patterns.get(row)) {
        (Some(text), Some(pattern)) => compiled.get(pattern)?.is_match(text).map(Some),
        _ => Ok(None),
    })
}

pub(super) fn count(call: &Call) -> Result<ArrayRef> {
    let (texts, patterns) = (call.column::<StringArray>(0)?, call.column::<StringArray>(1)?);
    let mut compiled = Compiled::default();
    call.collect::<_, Int64Array>(|row| match (texts.get(row), patterns.get(row)) {
        (Some(text), Some(pattern)) => Ok(i64::try_from(compiled.get(pattern)?.matches(text, usize::MAX)?.len()).ok()),
        _ => Ok(None),
    })
}

pub(super) fn position(call: &Call) -> Result<ArrayRef> {
    let (texts, patterns) = (call.column::<StringArray>(0)?, call.column::<StringArray>(1)?);
    let numbers = call.columns::<Int64Array>(2)?;
    let mut compiled = Compiled::default();
    call.collect::<_, Int32Array>(|row| {
        let numbers: Option<Vec<i64>> = numbers.iter().map(|number| number.get(row)).collect();
        let (Some(text), Some(pattern), Some(numbers)) = (texts.get(row), patterns.get(row), numbers) else {
            return Ok(None);
        };
        let (start, occurrence) = (numbers.first().copied().unwrap_or(1), numbers.get(1).copied().unwrap_or(1));
        if start < 1 {
            return Err(bad("start position cannot be smaller than 1"));
        }
        if occurrence < 1 {
            return Err(bad("occurrence cannot be smaller than 1"));
        }
        let from = usize::try_from(start - 1).ok().and_then(|start| text.char_indices().nth(start));
        let Some((from, _)) = from else { return Ok(Some(-1)) };
        let nth = usize::try_from(occurrence).unwrap_or(usize::MAX);
        let found = compiled.get(pattern)?.matches(text, usize::MAX)?;
        let begins = found.iter().filter_map(|spans| spans.first().copied().flatten()).map(|(begin, _)| begin);
        let begin = begins.filter(|begin| *begin >= from).nth(nth - 1);
        let place = begin.and_then(|begin| i32::try_from(text[..begin].chars().count() + 1).ok());
        Ok(Some(place.unwrap_or(-1)))
    })
}
