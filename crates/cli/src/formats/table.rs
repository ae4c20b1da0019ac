//! Rows as a table for people.

use std::io::Write;

use anyhow::Result;
use arrow::{
    array::Array,
    datatypes::{DataType, SchemaRef},
    record_batch::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use comfy_table::{Cell, CellAlignment, Table};

use super::{Demand, ResultFormat};
use crate::table::{STYLE, plain};

/// Characters of a list or struct that are shown; texts are shown whole.
const NESTED_CHARACTERS: usize = 80;

/// Gathers rows up to a limit and writes them at the end, as columns take the width of their longest value.
#[derive(Debug)]
pub(crate) struct TableFormat {
    table: Table,
    left: usize,
}

impl TableFormat {
    pub(crate) fn new(limit_rows: Option<usize>) -> Self {
        let mut table = Table::new();
        table.load_style(STYLE);
        Self { table, left: limit_rows.unwrap_or(usize::MAX) }
    }
}

impl ResultFormat for TableFormat {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        self.table.set_header(schema.fields().iter().map(|field| {
            let cell = Cell::new(plain(field.name()));
            if is_number(field.data_type()) { cell.set_alignment(CellAlignment::Right) } else { cell }
        }));
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch, _out: &mut dyn Write) -> Result<Demand> {
        let options = FormatOptions::default().with_null("NULL").with_display_error(true);
        let columns: Result<Vec<ArrayFormatter<'_>>, _> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options)).collect();
        let columns = columns?;
        let shown = batch.num_rows().min(self.left);
        for row in 0..shown {
            let cells = batch.columns().iter().zip(&columns).map(|(column, formatter)| {
                let cell = Cell::new(text(column.data_type(), formatter.value(row).to_string()));
                if is_number(column.data_type()) { cell.set_alignment(CellAlignment::Right) } else { cell }
            });
            self.table.add_row(cells);
        }
        self.left -= shown;
        // Of a table that is just full the next batch tells whether rows are missing.
        Ok(if shown < batch.num_rows() { Demand::Enough } else { Demand::More })
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        for line in self.table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn text(data_type: &DataType, value: String) -> String {
    let value = plain(&value);
    if !data_type.is_nested() {
        return value;
    }
    match value.char_indices().nth(NESTED_CHARACTERS) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value,
    }
}

fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}
