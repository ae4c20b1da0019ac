//! A file that loses a part of its rows: what stays is written to another file.

use std::{collections::BTreeSet, sync::Arc};

use arrow::{array::ArrayRef, compute::partition, error::ArrowError, record_batch::RecordBatch};
use futures::TryStreamExt;
use object_store::{ObjectStoreExt, path::Path};
use parquet::arrow::ParquetRecordBatchStreamBuilder;
use uuid::Uuid;

use crate::{
    DataFile, Error, ParquetFileWriter, PartitionValues, Result, Table, bounds, layout::below,
    parquet_object::ParquetObject, part_writer::value_of,
};

/// A file of several partitions, some of which are replaced.
#[derive(Debug)]
pub(crate) struct ShrunkFile {
    pub(crate) file: DataFile,
    /// Partitions whose rows stay.
    pub(crate) staying: BTreeSet<PartitionValues>,
}

impl ShrunkFile {
    /// Writes the rows that stay to `path`, relative to the table's folder, unless that was done before: whoever chooses
    /// the path must see to it that it tells what stays.
    pub(crate) async fn write(&self, table: &Table, write_id: &str, path: String) -> Result<DataFile> {
        let target = table.path(&path);
        let written = match table.store().head(&target).await {
            Ok(meta) => described(table, target, meta.size).await?,
            Err(object_store::Error::NotFound { .. }) => {
                // Like every file it comes to its place when it is whole.
                let staged =
                    below(&table.staging_path(write_id), &format!("stays-{}.parquet", Uuid::now_v7().simple()));
                let written = self.rewrite(table, staged.clone()).await?;
                table.store().rename(&staged, &target).await.map_err(Error::store("publish", &staged))?;
                written
            }
            Err(source) => return Err(Error::store("look for", &target)(source)),
        };
        let mut shared = self.staying.clone();
        let partition = if shared.len() == 1 { shared.pop_first().unwrap_or_default() } else { PartitionValues::new() };
        Ok(DataFile { path, partition, shared, ..written })
    }

    async fn rewrite(&self, table: &Table, target: Path) -> Result<DataFile> {
        let source = table.path(&self.file.path);
        let reader = ParquetObject { store: table.store(), path: source.clone(), bytes: self.file.bytes };
        let builder = ParquetRecordBatchStreamBuilder::new(reader).await.map_err(Error::parquet("open", &source))?;
        let mut writer = ParquetFileWriter::try_new(table.store(), target, Arc::clone(builder.schema()))?;
        let mut rows = builder.build().map_err(Error::parquet("open", &source))?;
        while let Some(batch) = rows.try_next().await.map_err(Error::parquet("read", &source))? {
            for part in self.staying_rows(&batch).map_err(|error| Error::parquet("read", &source)(error.into()))? {
                writer.write(&part).await?;
            }
        }
        writer.finish().await
    }

    /// The runs of rows whose partition stays.
    fn staying_rows(&self, batch: &RecordBatch) -> Result<Vec<RecordBatch>, ArrowError> {
        let columns: BTreeSet<&String> = self.file.partitions().flat_map(PartitionValues::keys).collect();
        let keys: Result<Vec<(&String, ArrayRef)>, ArrowError> = columns
            .into_iter()
            .map(|name| Ok((name, Arc::clone(batch.column(batch.schema().index_of(name)?)))))
            .collect();
        let keys = keys?;
        let arrays: Vec<ArrayRef> = keys.iter().map(|(_, array)| Arc::clone(array)).collect();
        let mut parts = Vec::new();
        for run in partition(&arrays)?.ranges() {
            let mut values = PartitionValues::new();
            for (name, array) in &keys {
                values.extend(value_of(array, run.start)?.map(|value| ((*name).clone(), value)));
            }
            if self.staying.contains(&values) {
                parts.push(batch.slice(run.start, run.len()));
            }
        }
        Ok(parts)
    }
}

/// Rows, size and bounds of a file that is there.
async fn described(table: &Table, path: Path, bytes: u64) -> Result<DataFile> {
    let reader = ParquetObject { store: table.store(), path: path.clone(), bytes };
    let builder = ParquetRecordBatchStreamBuilder::new(reader).await.map_err(Error::parquet("open", &path))?;
    let metadata = builder.metadata();
    let rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or_default();
    let bounds = bounds::of_file(builder.schema(), metadata);
    Ok(DataFile { rows, bytes, bounds, ..DataFile::new(String::new()) })
}
