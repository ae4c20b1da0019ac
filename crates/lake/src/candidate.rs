//! A write that can be looked at before it becomes a version: write, audit, publish.

use std::collections::{BTreeMap, BTreeSet};

use object_store::ObjectStoreExt;
use serde::{Deserialize, Serialize};

use crate::{
    Column, CommitRequest, DataFile, Error, Manifest, Origin, PartitionValues, Result, Snapshot, Table, WriteMode,
    staged_write::create,
};

/// A finished write whose files have their place and that no version names yet, as stored in `_candidates/<write_id>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    write_id: String,
    mode: WriteMode,
    columns: Vec<Column>,
    files: Vec<DataFile>,
    replaced: BTreeSet<PartitionValues>,
    inputs: BTreeMap<String, u64>,
    allow_empty: bool,
}

impl Candidate {
    /// Files that the write brings.
    pub fn files(&self) -> &[DataFile] {
        &self.files
    }

    /// Rows that the write brings.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    fn request(&self, origin: Option<Origin>) -> Result<CommitRequest> {
        Ok(CommitRequest {
            write_id: self.write_id.clone(),
            mode: self.mode,
            schema: Column::to_schema(&self.columns)?,
            files: self.files.clone(),
            replaced: self.replaced.clone(),
            inputs: self.inputs.clone(),
            origin,
            allow_empty: self.allow_empty,
        })
    }
}

impl Table {
    /// Gives the files of a write their place without making a version of them.
    ///
    /// First wins, as with [`Self::commit`]. The note of it is kept, so that late attempts find it;
    /// [`Lake::vacuum`](crate::Lake::vacuum) removes it in time, with the files if no version has them by then.
    ///
    /// # Errors
    /// As [`Self::commit`].
    pub async fn hold(&self, request: CommitRequest) -> Result<Candidate> {
        let path = self.candidate_path(&request.write_id);
        if let Some(held) = self.find_candidate(&request.write_id).await? {
            return Ok(held);
        }
        let files = match self.place(&request).await {
            Ok(files) => files,
            // Another attempt may have been faster.
            Err(error) => return self.find_candidate(&request.write_id).await?.ok_or(error),
        };
        let candidate = Candidate {
            columns: Column::of_schema(&request.schema),
            write_id: request.write_id,
            mode: request.mode,
            files,
            replaced: request.replaced,
            inputs: request.inputs,
            allow_empty: request.allow_empty,
        };
        let invalid = |error: serde_json::Error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "candidate",
            reason: error.to_string(),
        };
        let body = serde_json::to_vec(&candidate).map_err(invalid)?;
        match create(self.store().as_ref(), &path, body).await? {
            true => Ok(candidate),
            false => self.candidate(&candidate.write_id).await,
        }
    }

    /// A write that waits to be promoted.
    ///
    /// # Errors
    /// [`Error::ObjectStore`] if there is none of this id or it cannot be read, [`Error::InvalidMetadata`] if it is damaged.
    pub async fn candidate(&self, write_id: &str) -> Result<Candidate> {
        let path = self.candidate_path(write_id);
        let found = self.store().get(&path).await.map_err(Error::store("read", &path))?;
        let bytes = found.bytes().await.map_err(Error::store("read", &path))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::InvalidMetadata {
            path: path.to_string(),
            what: "candidate",
            reason: error.to_string(),
        })
    }

    async fn find_candidate(&self, write_id: &str) -> Result<Option<Candidate>> {
        match self.candidate(write_id).await {
            Ok(candidate) => Ok(Some(candidate)),
            Err(Error::ObjectStore { source: object_store::Error::NotFound { .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the table would be with this write: the files that stay of the version before, and the write's own. Files of
    /// which a part stays are written for it, and used when the write is promoted.
    ///
    /// # Errors
    /// As [`Self::candidate`], and as [`Self::commit`] for a schema that does not fit.
    pub async fn preview(&self, write_id: &str) -> Result<Snapshot> {
        let request = self.candidate(write_id).await?.request(None)?;
        let base = self.base(&request).await?;
        let version = base.version + 1;
        let shrunk = self.shrink(write_id, &base).await?;
        let files =
            base.kept.into_iter().chain(base.carried).chain(shrunk).chain(request.files.iter().cloned()).collect();
        Snapshot::try_new(self.clone(), Manifest::new(self, version, &request, base.columns, files))
    }

    /// Makes a version of a write that was held. Promoting it again returns the same version.
    ///
    /// # Errors
    /// As [`Self::candidate`] and [`Self::commit`].
    pub async fn promote(&self, write_id: &str, origin: Option<Origin>) -> Result<Manifest> {
        if let Some(done) = self.find_commit(write_id).await? {
            return Ok(done);
        }
        let request = self.candidate(write_id).await?.request(origin)?;
        let manifest = self.put_manifest(&request).await?;
        self.staged(write_id).remove_leftovers().await;
        Ok(manifest)
    }
}
