//! Rows as JSON objects: one array, or one object per line.

use std::{
    collections::HashSet,
    io::{self, Write},
    sync::Arc,
};

use anyhow::Result;
use arrow::{
    datatypes::{Field, Schema, SchemaRef},
    json::{LineDelimitedWriter, WriterBuilder, writer::LineDelimited},
    record_batch::RecordBatch,
};

use super::{Demand, ResultFormat};

/// Writes rows as JSON objects, NULL included, so that every row has every column.
#[derive(Debug)]
pub(crate) struct JsonFormat {
    is_array: bool,
    is_first_row: bool,
    schema: SchemaRef,
}

impl JsonFormat {
    /// One array of objects, a row per line.
    pub(crate) fn array() -> Self {
        Self { is_array: true, is_first_row: true, schema: Arc::new(Schema::empty()) }
    }

    /// One object per line.
    pub(crate) fn lines() -> Self {
        Self { is_array: false, ..Self::array() }
    }

    fn write_array_rows(&mut self, lines: &[u8], out: &mut dyn Write) -> io::Result<()> {
        // Within a row, line breaks are escaped, so every line is a row.
        for row in lines.split(|byte| *byte == b'\n').filter(|row| !row.is_empty()) {
            out.write_all(if self.is_first_row { b"  " } else { b",\n  " })?;
            out.write_all(row)?;
            self.is_first_row = false;
        }
        Ok(())
    }
}

impl ResultFormat for JsonFormat {
    fn begin(&mut self, schema: &SchemaRef, out: &mut dyn Write) -> Result<()> {
        self.schema = with_distinct_names(schema);
        if self.is_array {
            out.write_all(b"[\n")?;
        }
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<Demand> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), batch.columns().to_vec())?;
        // Arrow hides the cause of a failed write, such as a closed pipe, so it writes to memory.
        let mut writer: LineDelimitedWriter<Vec<u8>> =
            WriterBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(Vec::new());
        writer.write(&batch)?;
        let lines = writer.into_inner();
        if self.is_array {
            self.write_array_rows(&lines, out)?
        } else {
            out.write_all(&lines)?
        }
        Ok(Demand::More)
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        match (self.is_array, self.is_first_row) {
            (true, true) => out.write_all(b"]\n")?,
            (true, false) => out.write_all(b"\n]\n")?,
            (false, _) => {}
        }
        Ok(())
    }
}

/// Columns of different tables may share a name, which the keys of an object must not: later ones get a number.
fn with_distinct_names(schema: &SchemaRef) -> SchemaRef {
    let mut taken: HashSet<String> = HashSet::new();
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| {
            let numbered = (2..).map(|number| format!("{}_{number}", field.name()));
            let mut names = std::iter::once(field.name().clone()).chain(numbered);
            let name = names.find(|name| taken.insert(name.clone())).unwrap_or_default();
            // The data decides about NULL; what the plan promised is of no use here.
            field.as_ref().clone().with_name(name).with_nullable(true)
        })
        .collect();
    Arc::new(Schema::new(fields))
}
