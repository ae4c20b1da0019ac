//! A lake in a folder of its own, and rows to put in it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
};
use futures::TryStreamExt;
use lake::{CommitRequest, DataFile, Lake, ObjectStores, ParquetFileWriter, Snapshot, Table, WriteMode};
use tempfile::TempDir;

/// A lake that is removed with its folder.
pub(crate) struct TestLake {
    folder: TempDir,
    pub(crate) lake: Lake,
}

impl TestLake {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let lake = open(folder.path()).await.unwrap();
        Self { folder, lake }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn table(&self) -> Table {
        self.lake.table("t").unwrap()
    }

    /// Names of the files below a folder of table `t`, sorted.
    pub(crate) fn files(&self, below: &str) -> Vec<String> {
        let root = self.path().join("t").join(below);
        let mut files: Vec<String> =
            files_below(&root).iter().map(|path| path.strip_prefix(&root).unwrap().display().to_string()).collect();
        files.sort();
        files
    }
}

pub(crate) async fn open(path: &Path) -> lake::Result<Lake> {
    Lake::open(path.to_str().unwrap(), Arc::new(ObjectStores::from_env())).await
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// Columns `id` and `label`.
pub(crate) fn schema() -> SchemaRef {
    let label = Field::new("label", DataType::Utf8, true);
    Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false), label]))
}

pub(crate) fn batch(ids: impl IntoIterator<Item = i64>) -> RecordBatch {
    let ids: Int64Array = ids.into_iter().map(Some).collect();
    let labels: StringArray = ids.iter().map(|id| id.map(|id| format!("label {id}"))).collect();
    let columns: Vec<ArrayRef> = vec![Arc::new(ids), Arc::new(labels)];
    RecordBatch::try_new(schema(), columns).unwrap()
}

/// Puts a file into the staging folder of a write, as a task does.
pub(crate) async fn stage(table: &Table, write_id: &str, name: &str, ids: impl IntoIterator<Item = i64>) -> DataFile {
    let path = table.staging_path(write_id).join(name);
    let mut file = ParquetFileWriter::try_new(table.lake().object_store(), path, schema()).unwrap();
    file.write(&batch(ids)).await.unwrap();
    file.finish().await.unwrap()
}

pub(crate) fn request(write_id: &str, mode: WriteMode, files: Vec<DataFile>) -> CommitRequest {
    CommitRequest::new(write_id, mode, schema(), files)
}

/// Writes rows from one process.
pub(crate) async fn write(table: &Table, mode: WriteMode, ids: impl IntoIterator<Item = i64>) -> Snapshot {
    let mut writer = table.writer(schema(), mode).await.unwrap();
    writer.write(batch(ids)).await.unwrap();
    writer.commit().await.unwrap()
}

/// The ids of a snapshot, sorted.
pub(crate) async fn ids(snapshot: &Snapshot) -> Vec<i64> {
    let batches: Vec<RecordBatch> = snapshot.read(&["id"]).unwrap().try_collect().await.unwrap();
    let mut ids: Vec<i64> =
        batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec()).collect();
    ids.sort_unstable();
    ids
}

/// The ids that the table has now, sorted.
pub(crate) async fn current_ids(table: &Table) -> Vec<i64> {
    ids(&table.snapshot().await.unwrap()).await
}
