//! One version of a table, ready to be read.

use arrow::datatypes::SchemaRef;
use url::Url;

use crate::{DataFile, Manifest, Result, Table};

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

    /// Folders that hold the files of this version and nothing else, for readers that list a prefix: one for each write
    /// that the version has files of, so one unless rows were appended or partitions replaced.
    ///
    /// A folder is complete before a version names it and does not change as long as it is kept.
    pub fn data_urls(&self) -> Vec<Url> {
        let mut writes: Vec<&str> = self.manifest.files.iter().map(DataFile::write_id).collect();
        writes.sort_unstable();
        writes.dedup();
        let own = [self.manifest.write_id.as_str()];
        let writes = if writes.is_empty() { &own[..] } else { &writes[..] };
        writes.iter().map(|write| self.folder(write)).collect()
    }

    fn folder(&self, write_id: &str) -> Url {
        let mut url = self.table.url();
        url.set_path(&format!("{}data/{write_id}/", url.path()));
        url
    }
}
