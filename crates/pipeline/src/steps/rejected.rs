//! What was set aside of the slices, as a failure of the run.

use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::{arrow::array::RecordBatch, prelude::SessionContext};
use udfs::scan::BadInput;

use crate::{Error, Result, Step};

/// Rejects that an error message shows.
const SHOWN_REJECTS: usize = 3;

/// Fails and names some rejects, if there are any and the policy forbids them.
pub(crate) async fn forbid(context: &SessionContext, policy: BadInput, count: u64) -> Result<()> {
    if count == 0 || policy == BadInput::Quarantine {
        return Ok(());
    }
    let sql =
        format!("SELECT file, byte_offset, json_path, reason FROM quarantine ORDER BY file LIMIT {SHOWN_REJECTS}");
    let failed = Error::query(Step::Quarantine);
    let batches = context.sql(&sql).await.map_err(&failed)?.collect().await.map_err(&failed)?;
    let mut rows = Vec::new();
    for batch in &batches {
        rows.extend(lines(batch).map_err(|error| failed(error.into()))?);
    }
    Err(Error::BadInput(format!(
        "{count} playlists or files cannot be used:\n{}\nmend the files, or set these aside with --bad-input quarantine; \
         `segue sql 'SELECT * FROM quarantine'` shows all",
        rows.join("\n")
    )))
}

/// Rows as lines of `column=value`.
fn lines(batch: &RecordBatch) -> Result<Vec<String>, arrow::error::ArrowError> {
    let options = FormatOptions::default();
    let columns: Result<Vec<_>, _> =
        batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options)).collect();
    let (columns, schema) = (columns?, batch.schema());
    let line = |row: usize| {
        let values = schema.fields().iter().zip(&columns);
        let values = values.map(|(field, column)| format!("{}={}", field.name(), column.value(row)));
        format!("  {}", values.collect::<Vec<_>>().join("  "))
    };
    Ok((0..batch.num_rows()).map(line).collect())
}
