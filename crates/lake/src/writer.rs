//! Writes Parquet: one file at a time, or a whole table from one process.

use std::sync::Arc;

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use object_store::{buffered::BufWriter, path::Path};
use parquet::{
    arrow::AsyncArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
};
use uuid::Uuid;

use crate::{Column, CommitRequest, DataFile, Error, Result, Snapshot, Table, WriteMode};

/// Rows of a row group: large enough for good encoding, small enough that a writer's memory stays in tens of MB.
const ROW_GROUP_ROWS: usize = 256 * 1024;
/// Encoded bytes in a row group after which it is closed, whatever its rows.
const ROW_GROUP_BYTES: usize = 64 * 1024 * 1024;
/// A table writer starts a new file past this size.
const TARGET_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Parquet settings of every file in the lake: zstd level 1, page statistics, bounded row groups.
pub fn writer_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_created_by(concat!("segue ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}

/// Writes one Parquet file to an object store; multipart when it is large.
///
/// Dropped unfinished, it leaves no object behind: the upload is never completed.
pub struct ParquetFileWriter {
    writer: AsyncArrowWriter<BufWriter>,
    path: Path,
    schema: SchemaRef,
    rows: u64,
}

impl std::fmt::Debug for ParquetFileWriter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ParquetFileWriter").field("path", &self.path).field("rows", &self.rows).finish()
    }
}

impl ParquetFileWriter {
    /// Starts a file.
    ///
    /// # Errors
    /// [`Error::Parquet`] if the schema has a type that Parquet cannot hold.
    pub fn try_new(store: Arc<dyn object_store::ObjectStore>, path: Path, schema: SchemaRef) -> Result<Self> {
        let target = BufWriter::new(store, path.clone());
        let writer = AsyncArrowWriter::try_new(target, Arc::clone(&schema), Some(writer_properties()))
            .map_err(Error::parquet("create", &path))?;
        Ok(Self { writer, path, schema, rows: 0 })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// [`Error::SchemaMismatch`] if the batch has other columns, [`Error::Parquet`] if it cannot be encoded or stored.
    pub async fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if !self.schema.contains(&batch.schema()) && self.schema.fields() != batch.schema().fields() {
            return Err(Error::SchemaMismatch {
                path: self.path.to_string(),
                found: Column::describe(&Column::of_schema(&batch.schema())),
                expected: Column::describe(&Column::of_schema(&self.schema)),
            });
        }
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch).await.map_err(Error::parquet("write", &self.path))
    }

    /// Bytes written and buffered so far.
    pub fn estimated_bytes(&self) -> u64 {
        (self.writer.bytes_written() + self.writer.in_progress_size()) as u64
    }

    /// Memory that the encoders hold, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.writer.memory_size()
    }

    /// Completes the file and returns its name, rows and bytes.
    ///
    /// # Errors
    /// [`Error::Parquet`] if the footer or the last part cannot be stored.
    pub async fn finish(mut self) -> Result<DataFile> {
        self.writer.finish().await.map_err(Error::parquet("finish", &self.path))?;
        let name = self.path.filename().unwrap_or_default().to_owned();
        Ok(DataFile { path: name, rows: self.rows, bytes: self.writer.bytes_written() as u64 })
    }
}

/// Writes a table from one process; its rows become visible together at [`TableWriter::commit`].
#[derive(Debug)]
pub struct TableWriter {
    table: Table,
    schema: SchemaRef,
    mode: WriteMode,
    write_id: String,
    current: Option<ParquetFileWriter>,
    finished: Vec<DataFile>,
}

impl TableWriter {
    pub(crate) async fn try_new(table: Table, schema: SchemaRef, mode: WriteMode) -> Result<Self> {
        // Fails early when the store cannot be reached, before the caller computes rows for nothing.
        table.latest_version().await?;
        let write_id = Uuid::now_v7().to_string();
        Ok(Self { table, schema, mode, write_id, current: None, finished: Vec::new() })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// As [`ParquetFileWriter::write`].
    pub async fn write(&mut self, batch: RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        if self.current.is_none() {
            self.current = Some(self.next_file()?);
        }
        if let Some(file) = &mut self.current {
            file.write(&batch).await?;
            if file.estimated_bytes() < TARGET_FILE_BYTES {
                return Ok(());
            }
        }
        self.finish_file().await
    }

    /// Makes everything written the next version of the table.
    ///
    /// # Errors
    /// As [`ParquetFileWriter::finish`] and [`Table::commit`].
    pub async fn commit(mut self) -> Result<Snapshot> {
        self.finish_file().await?;
        let request = CommitRequest {
            write_id: self.write_id.clone(),
            mode: self.mode,
            schema: Arc::clone(&self.schema),
            files: std::mem::take(&mut self.finished),
        };
        let manifest = self.table.commit(request).await?;
        Snapshot::try_new(self.table.clone(), manifest)
    }

    fn next_file(&self) -> Result<ParquetFileWriter> {
        let name = format!("part-{:05}.parquet", self.finished.len());
        let path = self.table.staging_path(&self.write_id).join(name);
        ParquetFileWriter::try_new(self.table.store(), path, Arc::clone(&self.schema))
    }

    async fn finish_file(&mut self) -> Result<()> {
        if let Some(file) = self.current.take() {
            self.finished.push(file.finish().await?);
        }
        Ok(())
    }
}
