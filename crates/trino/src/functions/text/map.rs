//! `split_to_map` and `split_to_multimap`.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListBuilder, MapBuilder, StringArray, StringBuilder};
use datafusion::error::Result;

use crate::{ErrorName, functions::scalar::Call};

/// Keys and values in the order in which keys come first.
type Entries<'a> = Vec<(&'a str, Vec<&'a str>)>;

pub(super) fn split_to_map(call: &Call) -> Result<ArrayRef> {
    let mut builder = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    for_each(call, |entries| {
        for (key, values) in entries.iter().flatten() {
            if values.len() > 1 {
                let message = format!(
                    "Duplicate keys ({key}) are not allowed. Specifying a lambda to resolve conflicts can avoid this error"
                );
                return Err(ErrorName::InvalidFunctionArgument.error(message));
            }
            builder.keys().append_value(key);
            builder.values().append_value(values[0]);
        }
        Ok(builder.append(entries.is_some())?)
    })?;
    Ok(Arc::new(builder.finish()))
}

pub(super) fn split_to_multimap(call: &Call) -> Result<ArrayRef> {
    let mut builder = MapBuilder::new(None, StringBuilder::new(), ListBuilder::new(StringBuilder::new()));
    for_each(call, |entries| {
        for (key, values) in entries.iter().flatten() {
            builder.keys().append_value(key);
            builder.values().append_value(values.iter().map(|value| Some(*value)));
        }
        Ok(builder.append(entries.is_some())?)
    })?;
    Ok(Arc::new(builder.finish()))
}

fn for_each(call: &Call, mut take: impl FnMut(Option<Entries<'_>>) -> Result<()>) -> Result<()> {
    let columns = call.columns::<StringArray>(0)?;
    for row in 0..call.rows {
        let arguments: Option<Vec<_>> = columns.iter().map(|column| column.get(row)).collect();
        match arguments.as_deref() {
            Some([text, between, within]) => take(Some(entries(text, between, within)?))?,
            _ => take(None)?,
        }
    }
    Ok(())
}

fn entries<'a>(text: &'a str, between: &str, within: &str) -> Result<Entries<'a>> {
    let bad = |message: String| ErrorName::InvalidFunctionArgument.error(message);
    if between.is_empty() {
        return Err(bad("entryDelimiter is empty".to_owned()));
    }
    if within.is_empty() {
        return Err(bad("keyValueDelimiter is empty".to_owned()));
    }
    if between == within {
        return Err(bad("entryDelimiter and keyValueDelimiter must not be the same".to_owned()));
    }
    let mut found: Entries<'a> = Vec::new();
    // A delimiter at the end has nothing behind it.
    for entry in text.strip_suffix(between).unwrap_or(text).split(between).filter(|_| !text.is_empty()) {
        let pair = entry.split_once(within).filter(|(_, value)| !value.contains(within));
        let Some((key, value)) = pair else {
            let message = format!("Key-value delimiter must appear exactly once in each entry. Bad input: '{entry}'");
            return Err(bad(message));
        };
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => found.push((key, vec![value])),
        }
    }
    Ok(found)
}
