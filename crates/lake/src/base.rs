//! What a write builds upon: the version before it, and the files of that version that stay.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use object_store::ObjectStoreExt;

use crate::{Column, CommitRequest, DataFile, Error, PartitionValues, Result, Table, WriteMode};

/// Files that are copied at once.
const COPIES_AT_ONCE: usize = 16;
/// Folders that a version may have of older writes before all of its files are brought together.
const MAX_FOLDERS: usize = 16;

/// The version before a write, and what stays of it.
#[derive(Debug)]
pub(crate) struct Base {
    /// The version; 0 if there is none.
    pub(crate) version: u64,
    /// Columns of the files that stay and of the new ones together.
    pub(crate) columns: Vec<Column>,
    /// Files that stay where they are.
    pub(crate) kept: Vec<DataFile>,
    /// Files that stay, too, and must be copied out of their folder, as others in it do not stay.
    pub(crate) carried: Vec<DataFile>,
}

impl Base {
    /// Rows that stay.
    pub(crate) fn rows(&self) -> u64 {
        self.kept.iter().chain(&self.carried).map(|file| file.rows).sum()
    }
}

impl CommitRequest {
    /// Divides the files of the version before into those that stay and those that this write replaces.
    fn divide(&self, before: Vec<DataFile>) -> (Vec<DataFile>, Vec<DataFile>) {
        if self.mode != WriteMode::ReplacePartitions {
            return (before, Vec::new());
        }
        let written: BTreeSet<&PartitionValues> = self.files.iter().map(|file| &file.partition).collect();
        before
            .into_iter()
            .partition(|file| !written.contains(&file.partition) && !self.replaced.contains(&file.partition))
    }
}

impl Table {
    /// What the write builds upon now; another writer may change that any time.
    pub(crate) async fn base(&self, request: &CommitRequest) -> Result<Base> {
        let latest = self.latest_version().await?;
        let columns = Column::of_schema(&request.schema);
        let version = latest.unwrap_or(0);
        let empty = |columns| Base { version, columns, kept: Vec::new(), carried: Vec::new() };
        if latest.is_none() || request.mode == WriteMode::Overwrite {
            return Ok(empty(columns));
        }
        let before = self.manifest(version).await?;
        let (files, gone) = request.divide(before.files);
        if files.is_empty() && !gone.is_empty() {
            return Ok(empty(columns));
        }
        let joined = Column::join(&before.columns, &columns).ok_or_else(|| Error::SchemaMismatch {
            path: self.name().to_owned(),
            found: Column::describe(&columns),
            expected: Column::describe(&before.columns),
        })?;
        let torn: BTreeSet<String> = gone.iter().map(|file| file.write_id().to_owned()).collect();
        let folders: BTreeSet<&str> = files.iter().map(DataFile::write_id).collect();
        let together = request.mode == WriteMode::ReplacePartitions && folders.len() >= MAX_FOLDERS;
        let (carried, kept) = files.into_iter().partition(|file| together || torn.contains(file.write_id()));
        Ok(Base { version, columns: joined, kept, carried })
    }

    /// Copies the files that must leave their folder to one of their own, and returns all files that stay.
    ///
    /// The folder's name tells the write and the version that it builds upon, which together decide what is in it: an
    /// attempt that is made again copies the same, and one that finds another version before it uses another folder. On
    /// a disk a copy is a link.
    pub(crate) async fn carry(&self, write_id: &str, base: Base) -> Result<Vec<DataFile>> {
        let folder = format!("data/{write_id}.{}", base.version);
        let copies = base.carried.into_iter().map(|file| {
            let within = file.path.splitn(3, '/').nth(2).unwrap_or_default();
            let path = format!("{folder}/{within}");
            async move {
                let (from, to) = (self.path(&file.path), self.path(&path));
                self.store().copy(&from, &to).await.map_err(Error::store("carry over", &from))?;
                Ok::<_, Error>(DataFile { path, ..file })
            }
        });
        let copies = stream::iter(copies.collect::<Vec<_>>()).buffer_unordered(COPIES_AT_ONCE);
        let mut files: Vec<DataFile> = copies.try_collect().await?;
        files.extend(base.kept);
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(files)
    }
}
