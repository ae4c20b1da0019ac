//! What a write builds upon: the version before it, and the files of that version that stay.

use std::collections::{BTreeSet, HashSet};

use futures::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};

use crate::{
    Column, CommitRequest, DataFile, Error, PartitionValues, Result, Table, WriteMode, shrunk_file::ShrunkFile,
};

/// Files that are copied at once.
const COPIES_AT_ONCE: usize = 16;
/// Files that are rewritten at once.
const REWRITES_AT_ONCE: usize = 4;
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
    /// Files of which a part of the rows stays.
    pub(crate) shrunk: Vec<ShrunkFile>,
}

impl Base {
    /// Whether any row stays.
    pub(crate) fn has_rows(&self) -> bool {
        !self.shrunk.is_empty() || self.kept.iter().chain(&self.carried).any(|file| file.rows > 0)
    }
}

/// Files of the version before, by what a write does to them.
#[derive(Default)]
struct Divided {
    stay: Vec<DataFile>,
    shrink: Vec<ShrunkFile>,
    gone: Vec<DataFile>,
}

impl CommitRequest {
    /// Divides the files of the version before into those that stay and those that this write replaces.
    fn divide(&self, before: Vec<DataFile>) -> Divided {
        let mut divided = Divided::default();
        if self.mode != WriteMode::ReplacePartitions {
            return Divided { stay: before, ..divided };
        }
        let written = self.files.iter().flat_map(DataFile::partitions);
        let replaced: HashSet<&PartitionValues> = written.chain(&self.replaced).collect();
        for file in before {
            let staying: BTreeSet<_> = file.partitions().filter(|values| !replaced.contains(values)).cloned().collect();
            if staying.is_empty() {
                divided.gone.push(file);
            } else if staying.len() == file.partitions().count() {
                divided.stay.push(file);
            } else {
                divided.shrink.push(ShrunkFile { file, staying });
            }
        }
        divided
    }
}

impl Table {
    /// What the write builds upon now; another writer may change that any time.
    pub(crate) async fn base(&self, request: &CommitRequest) -> Result<Base> {
        let latest = self.latest_version().await?;
        let columns = Column::of_schema(&request.schema);
        let version = latest.unwrap_or(0);
        let empty = |columns| Base { version, columns, kept: Vec::new(), carried: Vec::new(), shrunk: Vec::new() };
        if latest.is_none() || request.mode == WriteMode::Overwrite {
            return Ok(empty(columns));
        }
        let before = self.manifest(version).await?;
        let Divided { stay, shrink, gone } = request.divide(before.files);
        if stay.is_empty() && shrink.is_empty() && !gone.is_empty() {
            return Ok(empty(columns));
        }
        let joined = Column::join(&before.columns, &columns).ok_or_else(|| Error::SchemaMismatch {
            path: self.name().to_owned(),
            found: Column::describe(&columns),
            expected: Column::describe(&before.columns),
        })?;
        let leaving = gone.iter().chain(shrink.iter().map(|shrunk| &shrunk.file));
        let torn: BTreeSet<String> = leaving.map(|file| file.write_id().to_owned()).collect();
        let folders: BTreeSet<&str> = stay.iter().map(DataFile::write_id).collect();
        let together = request.mode == WriteMode::ReplacePartitions && folders.len() >= MAX_FOLDERS;
        let (carried, kept) = stay.into_iter().partition(|file| together || torn.contains(file.write_id()));
        Ok(Base { version, columns: joined, kept, carried, shrunk: shrink })
    }

    /// Copies the files that must leave their folder to one of their own, those that shrink without the rows that are
    /// replaced, and returns all files that stay.
    ///
    /// The folder's name tells the write and the version that it builds upon, which together decide what is in it: an
    /// attempt that is made again copies the same, and one that finds another version before it uses another folder. On
    /// a disk a copy is a link.
    pub(crate) async fn carry(&self, write_id: &str, base: Base) -> Result<Vec<DataFile>> {
        let mut files = self.shrink(write_id, &base).await?;
        let copies = base.carried.into_iter().map(|file| {
            let path = carried_path(write_id, base.version, &file);
            async move {
                let (from, to) = (self.path(&file.path), self.path(&path));
                copy_once(self.store().as_ref(), &from, &to).await.map_err(Error::store("carry over", &from))?;
                Ok::<_, Error>(DataFile { path, ..file })
            }
        });
        let copies = stream::iter(copies.collect::<Vec<_>>()).buffer_unordered(COPIES_AT_ONCE);
        files.extend(copies.try_collect::<Vec<DataFile>>().await?);
        files.extend(base.kept);
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(files)
    }

    /// Writes what stays of the files that shrink, and returns the files that have it; what was written before is found
    /// again.
    pub(crate) async fn shrink(&self, write_id: &str, base: &Base) -> Result<Vec<DataFile>> {
        let written = base.shrunk.iter().map(|shrunk| {
            let path = carried_path(write_id, base.version, &shrunk.file);
            async move { shrunk.write(self, write_id, path).await }
        });
        stream::iter(written.collect::<Vec<_>>()).buffer_unordered(REWRITES_AT_ONCE).try_collect().await
    }
}

/// Copies an object unless another attempt has done it.
///
/// Stores that cannot tell copy it again, which replaces it by the same; on a disk, a link over a link to the same file
/// would leave the name that it had on the way.
async fn copy_once(store: &dyn ObjectStore, from: &Path, to: &Path) -> object_store::Result<()> {
    match store.copy_if_not_exists(from, to).await {
        Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
        Err(object_store::Error::NotSupported { .. } | object_store::Error::NotImplemented { .. }) => {
            store.copy(from, to).await
        }
        outcome => outcome,
    }
}

/// Where a file of an older write goes when its folder cannot be kept.
fn carried_path(write_id: &str, version: u64, file: &DataFile) -> String {
    let within = file.path.splitn(3, '/').nth(2).unwrap_or_default();
    format!("data/{write_id}.{version}/{within}")
}
