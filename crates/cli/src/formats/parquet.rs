//! Rows as a Parquet file.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};

use super::{Demand, ResultFormat};

/// Writes row groups as they become complete, compressed with Zstandard.
#[derive(Debug, Default)]
pub(crate) struct ParquetFormat {
    writer: Option<ArrowWriter<Written>>,
    written: Written,
}

/// Bytes on their way from the writer to wherever they go.
#[derive(Debug, Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ResultFormat for ParquetFormat {
    fn begin(&mut self, schema: &SchemaRef, _out: &mut dyn Write) -> Result<()> {
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let writer = ArrowWriter::try_new(self.written.clone(), Arc::clone(schema), Some(properties));
        self.writer = Some(writer.context("these columns have no form in Parquet")?);
        Ok(())
    }

    fn rows(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<Demand> {
        if let Some(writer) = &mut self.writer {
            writer.write(batch)?;
        }
        out.write_all(&self.written.take())?;
        Ok(Demand::More)
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        if let Some(writer) = self.writer.take() {
            writer.close()?;
        }
        Ok(out.write_all(&self.written.take())?)
    }
}
