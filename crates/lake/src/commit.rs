//! The commit: staged files become a version of the table, all at once and once only.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{SystemTime, UNIX_EPOCH},
};

use arrow::datatypes::SchemaRef;
use serde::{Deserialize, Serialize};
use tracing::{debug, info};

use crate::{
    Column, DataFile, Error, Manifest, Origin, PartitionValues, Result, Table,
    base::Base,
    staged_write::{StagedWrite, create},
};

/// Attempts to take the next version number before giving up on busy neighbours.
const MAX_ATTEMPTS: usize = 20;
/// How many versions back a commit looks for itself, to recognise that it was already made.
const RECOGNISED_VERSIONS: usize = 20;

/// What a write does to the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteMode {
    /// The new rows replace all rows.
    Overwrite,
    /// The new rows join the rows.
    Append,
    /// The new rows replace those of the partitions that the write names or has rows of; other partitions stay.
    ReplacePartitions,
}

/// A finished write that wants to become visible.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// Identity of the write, the same for every attempt at it.
    pub write_id: String,
    /// What happens to the rows that are there.
    pub mode: WriteMode,
    /// Schema of the rows.
    pub schema: SchemaRef,
    /// Staged files of the winning task attempts; paths are relative to the table's staging folder of this write.
    pub files: Vec<DataFile>,
    /// Partitions that are replaced even if the write has no rows of them.
    pub replaced: BTreeSet<PartitionValues>,
    /// Versions of the lake's tables that the rows were computed from.
    pub inputs: BTreeMap<String, u64>,
    /// What else they were made from.
    pub origin: Option<Origin>,
    /// Whether the write may leave the table without a row.
    pub allow_empty: bool,
}

impl CommitRequest {
    /// A write of these files, which may be without rows.
    pub fn new(write_id: impl Into<String>, mode: WriteMode, schema: SchemaRef, files: Vec<DataFile>) -> Self {
        Self {
            write_id: write_id.into(),
            mode,
            schema,
            files,
            replaced: BTreeSet::new(),
            inputs: BTreeMap::new(),
            origin: None,
            allow_empty: true,
        }
    }
}

impl Table {
    /// Makes the staged files of a write the next version of the table.
    ///
    /// First wins: a write that was committed before is recognised by its id and its manifest returned unchanged, so
    /// that a task which is run again after a crash cannot commit twice. The files that the first attempt brings are the
    /// write's files for good, as they are listed before any of them is moved; what other attempts bring is removed as far
    /// as possible, now or by [`Lake::vacuum`](crate::Lake::vacuum).
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if a file cannot be moved or the manifest not be written, [`Error::SchemaMismatch`] if
    /// added rows have other columns than the table, [`Error::EmptyTable`] if nothing would be left and that is not
    /// allowed, [`Error::CommitConflict`] if other writers keep winning.
    pub async fn commit(&self, mut request: CommitRequest) -> Result<Manifest> {
        if let Some(done) = self.find_commit(&request.write_id).await? {
            debug!(table = self.name(), version = done.version, "write was committed before");
            return Ok(done);
        }
        let files = match self.place(&request).await {
            Ok(files) => files,
            // Another attempt may have committed and removed what this one wants to move.
            Err(error) => return self.find_commit(&request.write_id).await?.ok_or(error),
        };
        // What is replaced follows from the files that the first attempt brought.
        request.files = files;
        let manifest = self.put_manifest(&request).await?;
        self.staged(&request.write_id).remove_leftovers().await;
        Ok(manifest)
    }

    /// Moves the staged files of a write to the folder that a version will name, and returns them.
    pub(crate) async fn place(&self, request: &CommitRequest) -> Result<Vec<DataFile>> {
        // What cannot be committed is refused before any file is moved.
        let base = self.base(request).await?;
        self.check_rows(request, &base)?;
        if base.version == 0 {
            self.lake().ensure_marker().await?;
        }
        let files = self.staged(&request.write_id).publish(&request.files).await?;
        let target = data_folder(&request.write_id);
        Ok(files.into_iter().map(|file| DataFile { path: format!("{target}/{}", file.path), ..file }).collect())
    }

    /// Fails if the table would have no row and may not.
    fn check_rows(&self, request: &CommitRequest, base: &Base) -> Result<()> {
        let has_rows = base.has_rows() || request.files.iter().any(|file| file.rows > 0);
        if request.allow_empty || has_rows { Ok(()) } else { Err(Error::EmptyTable { table: self.name().to_owned() }) }
    }

    pub(crate) fn staged(&self, write_id: &str) -> StagedWrite {
        let target = self.path(&data_folder(write_id));
        StagedWrite { store: self.store(), staging: self.staging_path(write_id), target }
    }

    /// The version that this write became, if it is one of the last.
    pub(crate) async fn find_commit(&self, write_id: &str) -> Result<Option<Manifest>> {
        for version in self.versions().await?.into_iter().rev().take(RECOGNISED_VERSIONS) {
            let manifest = self.manifest(version).await?;
            if manifest.write_id == write_id {
                return Ok(Some(manifest));
            }
        }
        Ok(None)
    }

    /// Creates the next version of the table with the files of the write, which have their place, whatever others commit
    /// meanwhile.
    pub(crate) async fn put_manifest(&self, request: &CommitRequest) -> Result<Manifest> {
        for _ in 0..MAX_ATTEMPTS {
            let base = self.base(request).await?;
            // Looked for behind the base: another attempt at this write is either found now, or takes the version that
            // follows the base and makes this create fail.
            if let Some(done) = self.find_commit(&request.write_id).await? {
                return Ok(done);
            }
            self.check_rows(request, &base)?;
            let (version, columns) = (base.version + 1, base.columns.clone());
            let stay = self.carry(&request.write_id, base).await?;
            let files = stay.into_iter().chain(request.files.iter().cloned()).collect();
            let manifest = Manifest::new(self, version, request, columns, files);
            if self.try_create(&manifest).await? {
                let (rows, bytes) = (manifest.rows(), manifest.bytes());
                info!(table = self.name(), version, rows, bytes, "table version committed");
                return Ok(manifest);
            }
        }
        Err(Error::CommitConflict { table: self.name().to_owned(), attempts: MAX_ATTEMPTS })
    }

    async fn try_create(&self, manifest: &Manifest) -> Result<bool> {
        let path = self.manifest_path(manifest.version);
        let body = serde_json::to_vec_pretty(manifest).map_err(|error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "manifest",
            reason: error.to_string(),
        })?;
        create(self.store().as_ref(), &path, body).await
    }
}

impl Manifest {
    /// The manifest of a write that becomes a version now.
    pub(crate) fn new(
        table: &Table,
        version: u64,
        request: &CommitRequest,
        columns: Vec<Column>,
        files: Vec<DataFile>,
    ) -> Self {
        Self {
            table: table.name().to_owned(),
            version,
            write_id: request.write_id.clone(),
            mode: request.mode,
            committed_at_ms: now_ms(),
            inputs: request.inputs.clone(),
            origin: request.origin.clone(),
            columns,
            files,
        }
    }
}

fn data_folder(write_id: &str) -> String {
    format!("data/{write_id}")
}

fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
