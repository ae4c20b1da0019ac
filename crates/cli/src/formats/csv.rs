//! Rows as values with commas (RFC 4180) or tabs between them.

use std::io::Write;

use anyhow::Result;
use arrow::{
    array::{Array, ArrayRef},
    datatypes::{FieldRef, SchemaRef},
    json::writer::{EncoderOptions, NullableEncoder, make_encoder},
    record_batch::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};

use super::{Demand, ResultFormat};

/// Writes a header and rows. Nested values are JSON; NULL is empty, and an empty text is `""`.
#[derive(Debug)]
pub(crate) struct CsvFormat {
    separator: char,
}

impl CsvFormat {
    pub(crate) fn new(separator: char) -> Self {
        Self { separator }
    }

    fn separate(&self, place: usize, line: &mut Vec<u8>) {
        if place > 0 {
            line.extend_from_slice(self.separator.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    fn append(&self, value: &str, line: &mut Vec<u8>) {
        if !value.is_empty() && !value.contains([self.separator, '"', '\n', '\r']) {
            line.extend_from_slice(value.as_bytes());
            return;
        }
        line.push(b'"');
        line.extend_from_slice(value.replace('"', "\"\"").as_bytes());
        line.push(b'"');
    }
}

enum Column<'a> {
    Plain(&'a ArrayRef, ArrayFormatter<'a>),
    Nested(NullableEncoder<'a>),
}

impl ResultFormat for CsvFormat {
    fn begin(&mut self, schema: &SchemaRef, out: &mut dyn Write) -> Result<()> {
        let mut line = Vec::new();
        for (place, field) in schema.fields().iter().enumerate() {
            self.separate(place, &mut line);
            self.append(field.name(), &mut line);
        }
        line.push(b'\n');
        Ok(out.write_all(&line)?)
    }

    fn rows(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<Demand> {
        let plain = FormatOptions::default();
        let nested = EncoderOptions::default().with_explicit_nulls(true);
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns());
        let columns: Result<Vec<Column<'_>>> =
            columns.map(|(field, array)| Column::try_new(field, array, &plain, &nested)).collect();
        let mut columns = columns?;
        let mut lines = Vec::new();
        for row in 0..batch.num_rows() {
            for (place, column) in columns.iter_mut().enumerate() {
                self.separate(place, &mut lines);
                if let Some(value) = column.value(row)? {
                    self.append(&value, &mut lines);
                }
            }
            lines.push(b'\n');
        }
        out.write_all(&lines)?;
        Ok(Demand::More)
    }

    fn end(&mut self, _out: &mut dyn Write) -> Result<()> {
        Ok(())
    }
}

impl<'a> Column<'a> {
    fn try_new(
        field: &'a FieldRef,
        array: &'a ArrayRef,
        plain: &FormatOptions<'a>,
        nested: &'a EncoderOptions,
    ) -> Result<Self> {
        if array.data_type().is_nested() {
            return Ok(Self::Nested(make_encoder(field, array, nested)?));
        }
        Ok(Self::Plain(array, ArrayFormatter::try_new(array, plain)?))
    }

    /// The value, unless it is NULL.
    fn value(&mut self, row: usize) -> Result<Option<String>> {
        match self {
            // A column of nothing but untyped NULL has no bits that say so.
            Self::Plain(array, _) if array.is_null(row) || array.data_type().is_null() => Ok(None),
            Self::Plain(_, formatter) => Ok(Some(formatter.value(row).try_to_string()?)),
            Self::Nested(encoder) if encoder.is_null(row) => Ok(None),
            Self::Nested(encoder) => {
                let mut json = Vec::new();
                encoder.encode(row, &mut json);
                Ok(Some(String::from_utf8(json)?))
            }
        }
    }
}
