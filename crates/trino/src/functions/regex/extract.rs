//! Matches, their groups, and what stands between them.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, ListBuilder, StringArray, StringBuilder};
use datafusion::error::Result;

use super::pattern::{Compiled, group_number};
use crate::functions::scalar::Call;

/// Calls `take` with text, pattern and group of each row, or with nothing where one is NULL.
fn for_each<'a>(call: &'a Call, mut take: impl FnMut(Option<(&'a str, &'a str, i64)>) -> Result<()>) -> Result<()> {
    let (texts, patterns) = (call.column::<StringArray>(0)?, call.column::<StringArray>(1)?);
    let groups = (call.len() > 2).then(|| call.column::<Int64Array>(2)).transpose()?;
    for row in 0..call.rows {
        let group = groups.as_ref().map_or(Some(0), |groups| groups.get(row));
        take(texts.get(row).zip(patterns.get(row)).zip(group).map(|((text, pattern), group)| (text, pattern, group)))?;
    }
    Ok(())
}

pub(super) fn extract(call: &Call) -> Result<ArrayRef> {
    let mut compiled = Compiled::default();
    let mut found = Vec::with_capacity(call.rows);
    for_each(call, |row| {
        found.push(match row {
            Some((text, pattern, group)) => {
                let pattern = compiled.get(pattern)?;
                let group = group_number(pattern, group)?;
                let span = pattern.matches(text, 1)?.first().and_then(|spans| spans[group]);
                span.map(|(begin, end)| &text[begin..end])
            }
            None => None,
        });
        Ok(())
    })?;
    Ok(Arc::new(StringArray::from(found)))
}

pub(super) fn extract_all(call: &Call) -> Result<ArrayRef> {
    let mut compiled = Compiled::default();
    let mut builder = ListBuilder::new(StringBuilder::new());
    for_each(call, |row| {
        match row {
            Some((text, pattern, group)) => {
                let pattern = compiled.get(pattern)?;
                let group = group_number(pattern, group)?;
                let found = pattern.matches(text, usize::MAX)?;
                builder.append_value(found.iter().map(|spans| spans[group].map(|(begin, end)| &text[begin..end])));
            }
            None => builder.append_null(),
        }
        Ok(())
    })?;
    Ok(Arc::new(builder.finish()))
}

pub(super) fn split(call: &Call) -> Result<ArrayRef> {
    let mut compiled = Compiled::default();
    let mut builder = ListBuilder::new(StringBuilder::new());
    for_each(call, |row| {
        match row {
            Some((text, pattern, _)) => {
                let mut last = 0;
                for (begin, end) in
                    compiled.get(pattern)?.matches(text, usize::MAX)?.iter().filter_map(|spans| spans[0])
                {
                    builder.values().append_value(&text[last..begin]);
                    last = end;
                }
                builder.values().append_value(&text[last..]);
                builder.append(true);
            }
            None => builder.append_null(),
        }
        Ok(())
    })?;
    Ok(Arc::new(builder.finish()))
}
