//! What all forms have in common.

use std::io::Write;

use anyhow::Result;
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use clap::ValueEnum;

use super::{csv::CsvFormat, json::JsonFormat, markdown::MarkdownFormat, parquet::ParquetFormat, table::TableFormat};

/// Form of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people; shows the first rows only
    #[default]
    Table,
    /// One JSON array of objects
    Json,
    /// One JSON object per line
    Jsonl,
    /// Comma-separated with a header; nested values are JSON, NULL is empty and an empty text is ""
    Csv,
    /// As csv, with tabs instead of commas
    Tsv,
    /// A table in Markdown
    Markdown,
    /// A Parquet file, of one statement
    Parquet,
}

/// Whether more rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Go on.
    More,
    /// The rest would not be shown.
    Enough,
}

/// Writes one result: `begin`, any number of `rows`, `end`.
pub(crate) trait ResultFormat: Send {
    fn begin(&mut self, schema: &SchemaRef, out: &mut dyn Write) -> Result<()>;

    fn rows(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<Demand>;

    fn end(&mut self, out: &mut dyn Write) -> Result<()>;
}

impl OutputFormat {
    /// A writer for one result; `limit_rows` is the most rows that a table shows, if it is limited.
    pub(crate) fn writer(self, limit_rows: Option<usize>) -> Box<dyn ResultFormat> {
        match self {
            Self::Table => Box::new(TableFormat::new(limit_rows)),
            Self::Json => Box::new(JsonFormat::array()),
            Self::Jsonl => Box::new(JsonFormat::lines()),
            Self::Csv => Box::new(CsvFormat::new(',')),
            Self::Tsv => Box::new(CsvFormat::new('\t')),
            Self::Markdown => Box::new(MarkdownFormat),
            Self::Parquet => Box::new(ParquetFormat::default()),
        }
    }
}
