//! Lines to batches.

use std::sync::Arc;

use arrow::{
    datatypes::{Schema, SchemaRef},
    error::ArrowError,
    record_batch::{RecordBatch, RecordBatchOptions},
};

use crate::{
    Result, RowFormat,
    column::Column,
    csv,
    json::{self, Names},
    text,
};

/// Reads lines of one format into columns.
#[derive(Debug)]
pub struct RowReader {
    format: RowFormat,
    /// Fields that a line has.
    fields: usize,
    /// Which of them are read, in their order.
    wanted: Vec<usize>,
    names: Vec<String>,
    keys: Names,
    columns: Vec<Column>,
    schema: SchemaRef,
    rows: usize,
    bytes: usize,
}

impl RowReader {
    /// A reader of some of the columns of a table, whose numbers ascend.
    ///
    /// # Errors
    /// [`Error::ColumnType`](crate::Error::ColumnType) if the format cannot have a column of such a type.
    pub fn try_new(format: &RowFormat, schema: &Schema, wanted: &[usize]) -> Result<Self> {
        let name = match format {
            RowFormat::Text(_) => "text",
            RowFormat::Csv(_) => "CSV",
            RowFormat::Json(_) => "JSON",
        };
        let fields: Vec<_> = wanted.iter().map(|at| Arc::clone(&schema.fields()[*at])).collect();
        let columns = fields.iter().map(|field| Column::of(field, name)).collect::<Result<Vec<_>>>()?;
        if let RowFormat::Csv(_) = format
            && let Some((field, _)) = fields.iter().zip(&columns).find(|(_, column)| column.is_nested())
        {
            return Err(crate::Error::ColumnType {
                column: field.name().clone(),
                data_type: field.data_type().to_string(),
                format: name,
            });
        }
        let names: Vec<String> = fields.iter().map(|field| field.name().clone()).collect();
        let keys = match format {
            RowFormat::Json(json) => Names::new(json, &names),
            _ => Names::new(&crate::JsonFormat::default(), &[]),
        };
        Ok(Self {
            format: format.clone(),
            fields: schema.fields().len(),
            wanted: wanted.to_vec(),
            names,
            keys,
            columns,
            schema: Arc::new(Schema::new(fields)),
            rows: 0,
            bytes: 0,
        })
    }

    /// Reads a line, without its end. Empty lines are no documents, so JSON has no row of one.
    ///
    /// # Errors
    /// If the line cannot be understood, which ends the reading: columns may have different lengths then.
    pub fn read(&mut self, line: &[u8]) -> Result<()> {
        match &self.format {
            RowFormat::Text(format) => text::read(format, line, self.fields, &self.wanted, &mut self.columns)?,
            RowFormat::Csv(format) => csv::read(format, line, &self.names, &self.wanted, &mut self.columns)?,
            RowFormat::Json(_) if line.iter().all(u8::is_ascii_whitespace) => return Ok(()),
            RowFormat::Json(format) => json::read(format, line, &self.keys, &self.wanted, &mut self.columns)?,
        }
        self.rows += 1;
        self.bytes += line.len();
        Ok(())
    }

    /// Rows that were read and not taken.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of the lines of these.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes what was read.
    ///
    /// # Errors
    /// Arrow's, if the columns do not fit together.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let columns = self.columns.iter_mut().map(Column::finish).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(std::mem::take(&mut self.rows)));
        self.bytes = 0;
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
    }
}
