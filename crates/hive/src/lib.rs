//! Rows as Hive's SerDes have them, one a line.
//!
//! - [`RowFormat`]: which `SerDe`, and what it was told;
//! - [`RowReader`]: lines to Arrow;
//! - [`encode`]: Arrow to lines.
//!
//! This crate knows Arrow but no files, no catalog and no engine.

mod column;
mod csv;
mod error;
mod format;
mod json;
mod parse;
mod reader;
mod text;

pub use error::{Error, Result};
pub use format::{CsvFormat, JsonFormat, RowFormat, TextFormat};
pub use reader::RowReader;

use arrow::{error::ArrowError, record_batch::RecordBatch};

/// Appends the lines of rows in a format.
///
/// # Errors
/// If a value cannot be written so that a reader of the same format would find it again, or the format is not written.
pub fn encode(format: &RowFormat, rows: &RecordBatch, into: &mut Vec<u8>) -> Result<(), ArrowError> {
    match format {
        RowFormat::Text(text) => text::write(text, rows, into),
        RowFormat::Json(_) => json::write(rows, into),
        RowFormat::Csv(_) => Err(ArrowError::NotYetImplemented("writing of CSV with quotes".to_owned())),
    }
}
