//! Writes Parquet: one file at a time, or a whole table from one process.

use std::sync::Arc;

use arrow::{
    datatypes::{Field, Schema, SchemaRef},
    record_batch::RecordBatch,
};
use object_store::path::Path;
use parquet::{
    arrow::AsyncArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
    schema::types::ColumnPath,
};
use uuid::Uuid;

use crate::{
    Column, CommitRequest, DataFile, Error, PartWriter, PartitionBy, Result, Snapshot, Table, WriteMode, bounds,
    upload::Upload,
};

/// Rows of a row group: large enough for good encoding, small enough that a writer's memory stays in tens of MB.
const ROW_GROUP_ROWS: usize = 256 * 1024;
/// Encoded bytes in a row group after which it is closed, whatever its rows.
const ROW_GROUP_BYTES: usize = 64 * 1024 * 1024;

/// Bytes of a dictionary after which a column's values are written one by one.
const DICTIONARY_BYTES: usize = 4 * 1024 * 1024;

/// Column that people look single values up in, among files whose bounds of it overlap.
const LOOKED_UP: &str = "track_uri";
/// Distinct values for which its Bloom filters are made; a row group of one slice has about half as many.
const LOOKED_UP_VALUES: u64 = 64 * 1024;
/// Share of row groups that are read in vain.
const LOOKED_UP_IN_VAIN: f64 = 0.05;

/// Parquet settings of every file in the lake: zstd level 1, page statistics, bounded row groups, Bloom filters of the
/// tracks' URIs, and no dictionaries of floating-point numbers, which seldom repeat: looking for repetitions took a
/// fifth of the time that a file of measures takes.
pub fn writer_properties(schema: &Schema) -> WriterProperties {
    properties_with(schema, Compression::ZSTD(ZstdLevel::default()))
}

fn properties_with(schema: &Schema, compression: Compression) -> WriterProperties {
    let looked_up = ColumnPath::from(LOOKED_UP);
    let is_measure = |field: &&Arc<Field>| field.data_type().is_floating();
    let measures = schema.fields().iter().filter(is_measure).map(|field| ColumnPath::new(vec![field.name().clone()]));
    measures
        .fold(WriterProperties::builder(), |builder, column| builder.set_column_dictionary_enabled(column, false))
        .set_compression(compression)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_column_bloom_filter_enabled(looked_up.clone(), true)
        .set_column_bloom_filter_fpp(looked_up.clone(), LOOKED_UP_IN_VAIN)
        .set_column_bloom_filter_max_ndv(looked_up, LOOKED_UP_VALUES)
        .set_created_by(concat!("segue ", env!("CARGO_PKG_VERSION")).to_owned())
        .build()
}

/// Writes one Parquet file to an object store; multipart when it is large.
///
/// Dropped unfinished, it leaves no object behind: what it has uploaded is aborted.
pub struct ParquetFileWriter {
    writer: AsyncArrowWriter<Upload>,
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
        Self::with_compression(store, path, schema, Compression::ZSTD(ZstdLevel::default()))
    }

    /// Starts a file that is compressed in another way than those of the lake.
    ///
    /// # Errors
    /// As [`Self::try_new`].
    pub fn with_compression(
        store: Arc<dyn object_store::ObjectStore>,
        path: Path,
        schema: SchemaRef,
        compression: Compression,
    ) -> Result<Self> {
        let upload = Upload::new(store, path.clone());
        let properties = properties_with(&schema, compression);
        let writer = AsyncArrowWriter::try_new(upload, Arc::clone(&schema), Some(properties))
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
        let metadata = self.writer.finish().await.map_err(Error::parquet("finish", &self.path))?;
        let name = self.path.filename().unwrap_or_default().to_owned();
        let bytes = self.writer.bytes_written() as u64;
        let bounds = bounds::of_file(&self.schema, &metadata);
        Ok(DataFile { rows: self.rows, bytes, bounds, ..DataFile::new(name) })
    }
}

/// Writes a table from one process; its rows become visible together at [`TableWriter::commit`].
#[derive(Debug)]
pub struct TableWriter {
    table: Table,
    schema: SchemaRef,
    mode: WriteMode,
    write_id: String,
    parts: PartWriter,
}

impl TableWriter {
    pub(crate) async fn try_new(table: Table, schema: SchemaRef, mode: WriteMode) -> Result<Self> {
        // Fails early when the store cannot be reached, before the caller computes rows for nothing.
        table.latest_version().await?;
        let write_id = Uuid::now_v7().to_string();
        let folder = table.staging_path(&write_id);
        let parts = PartWriter::try_new(table.store(), folder, Arc::clone(&schema), PartitionBy::None)?;
        Ok(Self { table, schema, mode, write_id, parts })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// As [`ParquetFileWriter::write`].
    pub async fn write(&mut self, batch: RecordBatch) -> Result<()> {
        self.parts.write(&batch).await
    }

    /// Makes everything written the next version of the table.
    ///
    /// # Errors
    /// As [`ParquetFileWriter::finish`] and [`Table::commit`].
    pub async fn commit(self) -> Result<Snapshot> {
        let files = self.parts.finish().await?;
        let request = CommitRequest::new(self.write_id, self.mode, self.schema, files);
        let manifest = self.table.commit(request).await?;
        Snapshot::try_new(self.table, manifest)
    }
}
