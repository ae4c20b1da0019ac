//! Rows as a table in Markdown (GitHub Flavored Markdown, section "Tables").

use std::io::Write;

use anyhow::Result;
use arrow::{
    datatypes::SchemaRef,
    record_batch::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};

use super::{Demand, ResultFormat};
use crate::table::plain;

/// Writes a header and rows; NULL is the word.
#[derive(Debug)]
pub(crate) struct MarkdownFormat;

impl ResultFormat for MarkdownFormat {
    fn begin(&mut self, schema: &SchemaRef, out: &mut dyn Write) -> Result<()> {
        let fields = schema.fields();
        writeln!(out, "|{}", fields.iter().map(|field| cell(field.name())).collect::<String>())?;
        let line = fields.iter().map(|field| if field.data_type().is_numeric() { "---:|" } else { "---|" });
        Ok(writeln!(out, "|{}", line.collect::<String>())?)
    }

    fn rows(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<Demand> {
        let options = FormatOptions::default().with_null("NULL").with_display_error(true);
        let columns: Result<Vec<ArrayFormatter<'_>>, _> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options)).collect();
        let columns = columns?;
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|column| cell(&column.value(row).to_string()));
            writeln!(out, "|{}", cells.collect::<String>())?;
        }
        Ok(Demand::More)
    }

    fn end(&mut self, _out: &mut dyn Write) -> Result<()> {
        Ok(())
    }
}

/// A value with its end of the cell. Lines of a text stay apart; what would end the cell does not.
fn cell(value: &str) -> String {
    format!(" {} |", plain(value).replace('\\', "\\\\").replace('|', "\\|").replace('\n', "<br>"))
}
