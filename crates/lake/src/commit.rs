//! The commit: staged files become a version of the table, all at once and once only.

use std::time::{SystemTime, UNIX_EPOCH};

use arrow::datatypes::SchemaRef;
use object_store::{ObjectStoreExt, PutMode, PutOptions, path::Path};
use serde::{Deserialize, Serialize};
use tracing::{debug, info};

use crate::{Column, DataFile, Error, Manifest, Result, Table};

/// Attempts to take the next version number before giving up on busy neighbours.
const MAX_ATTEMPTS: usize = 20;
/// How many versions back a commit looks for itself, to recognise that it was already made.
const RECOGNISED_VERSIONS: u64 = 20;

/// What a write does to the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WriteMode {
    /// The new rows replace all rows.
    Overwrite,
    /// The new rows join the rows.
    Append,
}

/// A finished write that wants to become visible.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// Identity of the write, the same for every attempt at it.
    pub write_id: String,
    /// What happens to the rows that are there.
    pub mode: WriteMode,
    /// Schema of the files.
    pub schema: SchemaRef,
    /// Staged files of the winning task attempts; paths are relative to the table's staging folder of this write.
    pub files: Vec<DataFile>,
}

/// What a write builds upon: the version before it, the files that stay, and the columns of all files together.
struct Base {
    version: u64,
    columns: Vec<Column>,
    files: Vec<DataFile>,
}

impl Table {
    /// Makes the staged files of a write the next version of the table.
    ///
    /// First wins: a write that was committed before is recognised by its id and its manifest returned unchanged, so
    /// that a task which is run again after a crash cannot commit twice. Files of losing attempts stay in the staging
    /// folder, which is removed as far as possible.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if a file cannot be moved or the manifest not be written, [`Error::SchemaMismatch`] if
    /// appended rows have other columns than the table, [`Error::CommitConflict`] if other writers keep winning.
    pub async fn commit(&self, request: CommitRequest) -> Result<Manifest> {
        if let Some(done) = self.find_commit(&request.write_id).await? {
            debug!(table = self.name(), version = done.version, "write was committed before");
            return Ok(done);
        }
        // Rows that do not fit are refused before any file is moved.
        self.base(&request).await?;
        let files = self.publish_files(&request).await?;
        let manifest = self.put_manifest(&request, files).await?;
        self.remove_staging(&request.write_id).await;
        info!(
            table = self.name(),
            version = manifest.version,
            rows = manifest.rows(),
            bytes = manifest.bytes(),
            "table version committed"
        );
        Ok(manifest)
    }

    async fn find_commit(&self, write_id: &str) -> Result<Option<Manifest>> {
        let Some(latest) = self.latest_version().await? else { return Ok(None) };
        for version in (latest.saturating_sub(RECOGNISED_VERSIONS).max(1)..=latest).rev() {
            let manifest = self.manifest(version).await?;
            if manifest.write_id == write_id {
                return Ok(Some(manifest));
            }
        }
        Ok(None)
    }

    async fn publish_files(&self, request: &CommitRequest) -> Result<Vec<DataFile>> {
        let mut published = Vec::with_capacity(request.files.len());
        for file in &request.files {
            let from = self.staging_path(&request.write_id).join(file.path.as_str());
            let relative = format!("data/{}/{}", request.write_id, file.path);
            let to = self.path(&relative);
            self.move_file(&from, &to).await?;
            published.push(DataFile { path: relative, ..file.clone() });
        }
        published.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(published)
    }

    /// Moves a staged file; one that an earlier attempt at this commit moved already is left where it is.
    async fn move_file(&self, from: &Path, to: &Path) -> Result<()> {
        match self.store().rename(from, to).await {
            Ok(()) => Ok(()),
            Err(object_store::Error::NotFound { .. }) => {
                self.store().head(to).await.map(|_| ()).map_err(Error::store("find the staged file", from))
            }
            Err(source) => Err(Error::store("publish", from)(source)),
        }
    }

    async fn put_manifest(&self, request: &CommitRequest, files: Vec<DataFile>) -> Result<Manifest> {
        for _ in 0..MAX_ATTEMPTS {
            let Base { version, columns, files: kept } = self.base(request).await?;
            // Looked for behind the base: another attempt at this write is either found now, or takes the version that
            // follows the base and makes this create fail.
            if let Some(done) = self.find_commit(&request.write_id).await? {
                return Ok(done);
            }
            let manifest = Manifest {
                table: self.name().to_owned(),
                version: version + 1,
                write_id: request.write_id.clone(),
                mode: request.mode,
                committed_at_ms: now_ms(),
                columns,
                files: kept.into_iter().chain(files.iter().cloned()).collect(),
            };
            if self.try_create(&manifest).await? {
                return Ok(manifest);
            }
        }
        Err(Error::CommitConflict { table: self.name().to_owned(), attempts: MAX_ATTEMPTS })
    }

    async fn base(&self, request: &CommitRequest) -> Result<Base> {
        let latest = self.latest_version().await?;
        let columns = Column::of_schema(&request.schema);
        let version = latest.unwrap_or(0);
        if latest.is_none() || request.mode == WriteMode::Overwrite {
            return Ok(Base { version, columns, files: Vec::new() });
        }
        let before = self.manifest(version).await?;
        let joined = Column::join(&before.columns, &columns).ok_or_else(|| Error::SchemaMismatch {
            path: self.name().to_owned(),
            found: Column::describe(&columns),
            expected: Column::describe(&before.columns),
        })?;
        Ok(Base { version, columns: joined, files: before.files })
    }

    async fn try_create(&self, manifest: &Manifest) -> Result<bool> {
        let path = self.manifest_path(manifest.version);
        let body = serde_json::to_vec_pretty(manifest).map_err(|error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "manifest",
            reason: error.to_string(),
        })?;
        let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store().put_opts(&path, body.into(), create).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => Ok(false),
            Err(source) => Err(Error::store("commit", &path)(source)),
        }
    }

    /// Removes what losing attempts left behind. Failure leaves garbage that no reader sees, so it is only reported.
    async fn remove_staging(&self, write_id: &str) {
        use futures::TryStreamExt;
        let prefix = self.staging_path(write_id);
        let left = self.store().list(Some(&prefix)).map_ok(|meta| meta.location).try_collect::<Vec<_>>().await;
        let paths = left.unwrap_or_else(|error| {
            debug!(error = %error, "cannot list the staging folder");
            Vec::new()
        });
        for path in paths {
            if let Err(error) = self.store().delete(&path).await {
                debug!(error = %error, path = %path, "cannot delete a staged file");
            }
        }
    }
}

fn now_ms() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
