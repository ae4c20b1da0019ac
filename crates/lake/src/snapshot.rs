//! One version of a table, ready to be read.

use arrow::datatypes::SchemaRef;
use url::Url;

use crate::{Manifest, Result, Table};

/// A committed version of a table: immutable, and the same for as long as one holds it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    table: Table,
    manifest: Manifest,
    schema: SchemaRef,
}

impl Snapshot {
    pub(crate) fn try_new(table: Table, manifest: Manifest) -> Result<Self> {
        let schema = manifest.schema()?;
        Ok(Self { table, manifest, schema })
    }

    /// The table.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The manifest that lists the files.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Schema of the rows.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Version number, from 1.
    pub fn version(&self) -> u64 {
        self.manifest.version
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.manifest.rows()
    }

    /// Size of the files in bytes.
    pub fn bytes(&self) -> u64 {
        self.manifest.bytes()
    }

    /// Folder of the files of the write that made this version, for readers that list a prefix.
    pub fn data_url(&self) -> Url {
        let mut url = self.table.url();
        url.set_path(&format!("{}data/{}/", url.path(), self.manifest.write_id));
        url
    }
}
