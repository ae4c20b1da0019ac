//! A column of text that is built from strings as they stand in the JSON.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, NullBufferBuilder, StringArray},
    buffer::{Buffer, OffsetBuffer, ScalarBuffer},
};
use datafusion::error::{DataFusionError, Result};

use super::json::{RawString, unescape};

/// Builds a string array; bytes are copied once, and checked to be UTF-8 all together at the end.
pub(super) struct TextColumn {
    offsets: Vec<i32>,
    values: Vec<u8>,
    nulls: NullBufferBuilder,
}

impl TextColumn {
    pub(super) fn new() -> Self {
        Self { offsets: vec![0], values: Vec::new(), nulls: NullBufferBuilder::new(0) }
    }

    /// Appends a string, or NULL.
    #[inline]
    pub(super) fn push(&mut self, value: Option<RawString<'_>>) {
        match value {
            None => {
                self.nulls.append_null();
                self.end_value();
                return;
            }
            Some(raw) if raw.escaped => unescape(raw, &mut self.values),
            Some(raw) => self.values.extend_from_slice(raw.bytes),
        }
        self.nulls.append_non_null();
        self.end_value();
    }

    /// Appends a string, or NULL, so many times.
    pub(super) fn push_repeated(&mut self, value: Option<RawString<'_>>, times: usize) {
        if times == 0 {
            return;
        }
        let start = self.values.len();
        self.push(value);
        let end = self.values.len();
        for _ in 1..times {
            self.values.extend_from_within(start..end);
            self.end_value();
        }
        match value {
            None => self.nulls.append_n_nulls(times - 1),
            Some(_) => self.nulls.append_n_non_nulls(times - 1),
        }
    }

    /// The collected strings as an array; the column is empty afterwards.
    ///
    /// # Errors
    /// If the values are too long for 32-bit offsets.
    pub(super) fn finish(&mut self) -> Result<ArrayRef> {
        if i32::try_from(self.values.len()).is_err() {
            let bytes = self.values.len();
            return Err(DataFusionError::Execution(format!("one batch has {bytes} bytes of text in a column")));
        }
        let (rows, bytes) = (self.offsets.len(), self.values.len());
        let offsets = std::mem::replace(&mut self.offsets, Vec::with_capacity(rows));
        let values = std::mem::replace(&mut self.values, Vec::with_capacity(bytes));
        self.offsets.push(0);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Ok(Arc::new(StringArray::try_new(offsets, Buffer::from_vec(values), self.nulls.finish())?))
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "`finish` refuses longer columns")]
    fn end_value(&mut self) {
        self.offsets.push(self.values.len() as i32);
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;

    use super::*;

    fn raw(text: &str) -> RawString<'_> {
        RawString { bytes: text.as_bytes(), escaped: text.contains('\\') }
    }

    #[test]
    fn strings_nulls_and_escapes_come_out_in_order() {
        let mut column = TextColumn::new();
        column.push(Some(raw("é")));
        column.push(None);
        column.push_repeated(Some(raw(r"a\nb")), 3);
        column.push_repeated(Some(raw("none")), 0);
        column.push_repeated(None, 2);
        column.push(Some(raw("")));
        let found = column.finish().unwrap();
        let found: Vec<Option<&str>> = found.as_string::<i32>().iter().collect();
        assert_eq!(found, [Some("é"), None, Some("a\nb"), Some("a\nb"), Some("a\nb"), None, None, Some("")]);
        column.push(Some(raw("next")));
        let next = column.finish().unwrap();
        assert_eq!(next.as_string::<i32>().iter().collect::<Vec<_>>(), [Some("next")]);
    }
}
