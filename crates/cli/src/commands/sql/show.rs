//! The answer of a statement, written in a form.

use std::{io::Write, sync::Arc, time::Instant};

use anyhow::Result;
use arrow::{
    array::{Array, ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, StringBuilder},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use datafusion::{
    error::DataFusionError, execution::SendableRecordBatchStream, physical_plan::stream::RecordBatchStreamAdapter,
};
use endpoint::Answer;
use futures::{TryStreamExt, stream};

use crate::{
    formats::{Demand, OutputFormat},
    units,
};

/// How answers are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub(super) format: OutputFormat,
    /// Most rows that a table shows.
    pub(super) limit_rows: Option<usize>,
}

impl Form {
    /// Writes an answer and returns what is to be said about it.
    pub(super) async fn show(&self, answer: Answer, started: Instant, out: &mut (dyn Write + Send)) -> Result<String> {
        let mut batches: SendableRecordBatchStream = match answer {
            Answer::Rows(rows) => rows,
            Answer::Wrote(count) => Box::pin(RecordBatchStreamAdapter::new(
                count_schema(),
                stream::iter([RecordBatch::try_new(
                    count_schema(),
                    vec![Arc::new(Int64Array::from(vec![i64::try_from(count).unwrap_or(i64::MAX)]))],
                )
                .map_err(DataFusionError::from)]),
            )),
            Answer::Done => return Ok(format!("done in {}", units::duration(started.elapsed()))),
        };
        let mut writer = self.format.writer(self.limit_rows);
        let schema = shown_schema(&batches.schema(), self.format);
        writer.begin(&schema, out)?;
        let (mut count, mut demand) = (0, Demand::More);
        while demand == Demand::More
            && let Some(batch) = batches.try_next().await?
        {
            demand = writer.rows(&shown(&schema, &batch)?, out)?;
            count += batch.num_rows();
        }
        writer.end(out)?;
        let elapsed = units::duration(started.elapsed());
        Ok(match self.limit_rows {
            Some(limit) if demand == Demand::Enough => format!(
                "only the first {}, {elapsed}; --limit-rows 0 shows all, and other formats have all",
                units::rows(limit as u64)
            ),
            _ => format!("{}, {elapsed}", units::rows(count as u64)),
        })
    }
}

fn count_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new("count", DataType::Int64, false)]))
}

/// Whether values of a type are written as Athena writes them, in forms that are texts.
fn has_own_text(of: &DataType) -> bool {
    matches!(
        of,
        DataType::Timestamp(..)
            | DataType::Time32(_)
            | DataType::Time64(_)
            | DataType::Interval(_)
            | DataType::Duration(_)
            | DataType::FixedSizeBinary(16)
    )
}

/// The columns as they are written: whether there may be NULLs is decided by the rows.
fn shown_schema(schema: &Schema, format: OutputFormat) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let field = field.as_ref().clone().with_nullable(true);
        if format != OutputFormat::Parquet && has_own_text(field.data_type()) {
            return field.with_data_type(DataType::Utf8);
        }
        field
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn shown(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields()).map(|(column, field)| {
        if field.data_type() == &DataType::Utf8 && has_own_text(column.data_type()) {
            texts(column)
        } else {
            Ok(Arc::clone(column))
        }
    });
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
}

fn texts(column: &ArrayRef) -> Result<ArrayRef> {
    let write = athena::values::column_text(column)?;
    let mut texts = StringBuilder::new();
    let mut text = String::new();
    for row in 0..column.len() {
        if column.is_null(row) {
            texts.append_null();
            continue;
        }
        text.clear();
        write(row, &mut text);
        texts.append_value(&text);
    }
    Ok(Arc::new(texts.finish()))
}
