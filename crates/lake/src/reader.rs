//! Reads a snapshot's rows without a query engine.

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};

use crate::{DataFile, Error, Result, Snapshot, parquet_object::ParquetObject};

/// Rows of a batch.
const BATCH_ROWS: usize = 8192;

impl Snapshot {
    /// Streams the rows of the named columns, in the order asked for, file by file.
    ///
    /// # Errors
    /// [`Error::NoSuchColumn`] at once; [`Error::Parquet`] in the stream if a file is missing or damaged.
    pub fn read(&self, columns: &[&str]) -> Result<BoxStream<'static, Result<RecordBatch>>> {
        for column in columns {
            self.schema().index_of(column).map_err(|_| Error::NoSuchColumn {
                table: self.table().name().to_owned(),
                column: (*column).to_owned(),
                available: self
                    .schema()
                    .fields()
                    .iter()
                    .map(|field| field.name().as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })?;
        }
        let columns: Arc<[String]> = columns.iter().map(|column| (*column).to_owned()).collect();
        let snapshot = self.clone();
        let files = stream::iter(self.manifest().files.clone());
        Ok(files
            .map(move |file| (file, snapshot.clone(), Arc::clone(&columns)))
            .then(|(file, snapshot, columns)| async move { snapshot.read_file(&file, columns).await })
            .try_flatten()
            .boxed())
    }

    async fn read_file(
        &self,
        file: &DataFile,
        columns: Arc<[String]>,
    ) -> Result<BoxStream<'static, Result<RecordBatch>>> {
        let path = self.table().path(&file.path);
        let reader = ParquetObject { store: self.table().store(), path: path.clone(), bytes: file.bytes };
        let builder = ParquetRecordBatchStreamBuilder::new(reader).await.map_err(Error::parquet("open", &path))?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().map(String::as_str));
        let stream =
            builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(Error::parquet("open", &path))?;
        let reordered = stream.map(move |batch| {
            let batch = batch.map_err(Error::parquet("read", &path))?;
            in_order(&batch, &columns).map_err(|source| Error::parquet("read", &path)(source.into()))
        });
        Ok(reordered.boxed())
    }
}

fn in_order(batch: &RecordBatch, columns: &[String]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let indices: Result<Vec<usize>, _> = columns.iter().map(|column| batch.schema().index_of(column)).collect();
    batch.project(&indices?)
}
