//! Lines to values. What cannot be understood is NULL, as for Hive.

use std::borrow::Cow;

use crate::{Error, Result, TextFormat, column::Column, format::LEVELS};

/// Appends the fields of a line to the columns that are read: `columns[i]` is the column of the field `wanted[i]`, which
/// ascend. The table has `fields` fields.
pub(crate) fn read(
    format: &TextFormat,
    line: &[u8],
    fields: usize,
    wanted: &[usize],
    columns: &mut [Column],
) -> Result<()> {
    let most = if format.last_takes_rest { fields } else { usize::MAX };
    let mut parts = Parts { format, rest: Some(line), level: 0, left: most };
    let mut at = 0;
    for (wanted, column) in wanted.iter().zip(columns) {
        let skipped = wanted - at;
        at = wanted + 1;
        match parts.nth(skipped) {
            Some(part) => value(format, part, 1, column)?,
            // A line may end early.
            None => column.null(),
        }
    }
    Ok(())
}

/// The pieces between the delimiters of a level.
struct Parts<'l> {
    format: &'l TextFormat,
    rest: Option<&'l [u8]>,
    level: usize,
    /// Pieces that may come yet.
    left: usize,
}

impl<'l> Iterator for Parts<'l> {
    type Item = &'l [u8];

    fn next(&mut self) -> Option<&'l [u8]> {
        let rest = self.rest?;
        self.left = self.left.saturating_sub(1);
        let end =
            if self.left == 0 { None } else { end_of(rest, delimiter(self.format, self.level), self.format.escape) };
        match end {
            Some(end) => {
                self.rest = rest.get(end + 1..);
                Some(&rest[..end])
            }
            None => {
                self.rest = None;
                Some(rest)
            }
        }
    }
}

fn delimiter(format: &TextFormat, level: usize) -> u8 {
    format.delimiters[level.min(LEVELS - 1)]
}

/// Where the next delimiter stands that is not escaped.
fn end_of(text: &[u8], delimiter: u8, escape: Option<u8>) -> Option<usize> {
    let Some(escape) = escape else { return text.iter().position(|byte| *byte == delimiter) };
    let mut at = 0;
    while at < text.len() {
        if text[at] == escape {
            at += 2;
        } else if text[at] == delimiter {
            return Some(at);
        } else {
            at += 1;
        }
    }
    None
}

fn value(format: &TextFormat, text: &[u8], level: usize, column: &mut Column) -> Result<()> {
    if text == format.null.as_bytes() {
        column.null();
        return Ok(());
    }
    let parts = |level| {
        let rest = (!text.is_empty()).then_some(text);
        Parts { format, rest, level, left: usize::MAX }
    };
    match column {
        Column::List(list) => {
            for part in parts(level) {
                value(format, part, level + 1, &mut list.items)?;
                list.count();
            }
            list.end(true);
        }
        Column::Map(map) => {
            for part in parts(level) {
                let mut pair = Parts { format, rest: Some(part), level: level + 1, left: 2 };
                let (key, of_key) = (pair.next().unwrap_or_default(), pair.next());
                let plain = plain(format, key);
                let key_text = std::str::from_utf8(&plain).map_err(|_| Error::Utf8)?;
                // A map has no key that is NULL.
                if key == format.null.as_bytes() || !map.keys.is_text_of(key_text) {
                    continue;
                }
                map.keys.text(key_text);
                match of_key {
                    Some(of_key) => value(format, of_key, level + 2, &mut map.values)?,
                    None => map.values.null(),
                }
                map.count();
            }
            map.end(true);
        }
        Column::Struct(row) => {
            let mut parts = parts(level);
            for column in &mut row.columns {
                match parts.next() {
                    Some(part) => value(format, part, level + 1, column)?,
                    None => column.null(),
                }
            }
            row.end(true);
        }
        Column::Binary(values) => values.append_value(crate::parse::binary(&plain(format, text))),
        _ => {
            text_of(format, text, column)?;
        }
    }
    Ok(())
}

/// Appends a value that is not nested.
fn text_of(format: &TextFormat, text: &[u8], column: &mut Column) -> Result<bool> {
    let plain = plain(format, text);
    Ok(column.text(std::str::from_utf8(&plain).map_err(|_| Error::Utf8)?))
}

/// The text without its escapes.
fn plain<'t>(format: &TextFormat, text: &'t [u8]) -> Cow<'t, [u8]> {
    let Some(escape) = format.escape.filter(|escape| text.contains(escape)) else { return Cow::Borrowed(text) };
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        // One at the end stands for itself.
        let meant = if *byte == escape { bytes.next().unwrap_or(byte) } else { byte };
        plain.push(*meant);
    }
    Cow::Owned(plain)
}
