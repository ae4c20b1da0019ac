//! Small Parquet files in memory.

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use bytes::Bytes;
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};

use crate::{Error, Result};

/// Writes one batch as a Parquet file.
pub(super) fn encode(file: &str, schema: &SchemaRef, batch: &RecordBatch) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, SchemaRef::clone(schema), Some(lake::writer_properties(schema)))
        .map_err(Error::format("written", file))?;
    writer.write(batch).map_err(Error::format("written", file))?;
    writer.close().map_err(Error::format("written", file))?;
    Ok(bytes)
}

/// Reads all batches of a Parquet file.
pub(super) fn decode(file: &str, bytes: Bytes) -> Result<Vec<RecordBatch>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(Error::format("read", file))?;
    let batches = reader.build().map_err(Error::format("read", file))?;
    batches.map(|batch| batch.map_err(Error::format("read", file))).collect()
}
