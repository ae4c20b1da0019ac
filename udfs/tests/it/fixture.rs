//! Sessions, slices, lakes, and rows as text.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use async_compression::tokio::write::{GzipEncoder, ZstdEncoder};
use datafusion::{physical_plan::displayable, prelude::SessionContext};
use lake::{Lake, ObjectStores};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use udfs::{
    lake_table::LakeSchemaProvider,
    scan::{BadInput, ScanSpec, SliceTable},
    session::{EngineOptions, runtime_env, session_config, session_state},
};
use url::Url;

/// A single-node session that divides its work into so many partitions.
pub(crate) fn session(partitions: usize) -> SessionContext {
    session_with_batches(partitions, 8192)
}

/// A session whose operators pass on so many rows at a time.
pub(crate) fn session_with_batches(partitions: usize, batch_size: usize) -> SessionContext {
    let options = EngineOptions { target_partitions: partitions, adaptive: false };
    let config = session_config(&options).with_batch_size(batch_size);
    let runtime = runtime_env(Arc::new(ObjectStores::from_env()), None).unwrap();
    SessionContext::new_with_state(session_state(config, runtime).unwrap())
}

/// The rows of a query, one per line, values between bars.
pub(crate) async fn rows(context: &SessionContext, sql: &str) -> Vec<String> {
    let frame = context.sql(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    lines(&frame.collect().await.unwrap_or_else(|error| panic!("{sql}: {error}")))
}

pub(crate) fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let options = FormatOptions::default().with_null("NULL");
    let mut lines = Vec::new();
    for batch in batches {
        let columns: Vec<_> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            lines.push(columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join("|"));
        }
    }
    lines
}

/// The text of the error that a query ends in.
pub(crate) async fn error(context: &SessionContext, sql: &str) -> String {
    let outcome = match context.sql(sql).await {
        Ok(frame) => frame.collect().await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(batches) => panic!("{sql} gives {:?}", lines(&batches)),
        Err(error) => error.to_string(),
    }
}

/// The physical plan of a query, with the folder shown as `<folder>`.
pub(crate) async fn physical_plan(context: &SessionContext, sql: &str, folder: &Path) -> String {
    let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
    let text = displayable(plan.as_ref()).indent(false).to_string();
    text.replace(folder.to_str().unwrap().trim_start_matches('/'), "<folder>")
}

/// A folder of raw slices.
pub(crate) struct Slices {
    folder: TempDir,
}

impl Slices {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file; a second one of the name replaces it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Registers the folder as `raw` and what cannot be used of it as `rejects`.
    pub(crate) fn register(&self, context: &SessionContext, bad_input: BadInput) {
        register(context, self.path(), bad_input);
    }

    /// A session on the folder.
    pub(crate) fn session(&self, bad_input: BadInput) -> SessionContext {
        let context = session(1);
        self.register(&context, bad_input);
        context
    }
}

/// Registers a file or folder as `raw` and what cannot be used of it as `rejects`.
pub(crate) fn register(context: &SessionContext, path: &Path, bad_input: BadInput) {
    let url = Url::from_file_path(path).unwrap();
    for (name, spec) in [("raw", ScanSpec::playlists(bad_input)), ("rejects", ScanSpec::rejects())] {
        context.register_table(name, Arc::new(SliceTable::try_new(url.clone(), spec).unwrap())).unwrap();
    }
}

/// A slice of these playlists.
pub(crate) fn slice(playlists: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut text = b"{\"info\": {}, \"playlists\": [".to_vec();
    for (index, playlist) in playlists.iter().enumerate() {
        text.extend_from_slice(if index == 0 { b"" } else { b", " });
        text.extend_from_slice(playlist.as_ref());
    }
    text.extend_from_slice(b"]}");
    text
}

/// A playlist with one track.
pub(crate) fn playlist(pid: i64) -> String {
    format!(r#"{{"pid": {pid}, "name": "n{pid}", "tracks": [{{"pos": 0, "track_uri": "item:{pid}"}}]}}"#)
}

pub(crate) async fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzipEncoder::new(Vec::new());
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

pub(crate) async fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZstdEncoder::new(Vec::new());
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

/// An empty lake of its own.
pub(crate) struct TestLake {
    folder: TempDir,
    pub(crate) lake: Lake,
}

impl TestLake {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let stores = Arc::new(ObjectStores::from_env());
        let lake = Lake::open(folder.path().to_str().unwrap(), stores).await.unwrap();
        Self { folder, lake }
    }

    /// A session in which the lake's tables stand under their names.
    pub(crate) async fn session(&self, partitions: usize) -> SessionContext {
        let context = session(partitions);
        let tables = LakeSchemaProvider::try_new(self.lake.clone()).await.unwrap();
        context.catalog("datafusion").unwrap().register_schema("public", Arc::new(tables)).unwrap();
        context
    }

    /// Names of the Parquet files below a folder of the lake, sorted.
    pub(crate) fn parquet_files(&self, below: &str) -> Vec<String> {
        let mut folders = vec![self.folder.path().join(below)];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "parquet") {
                    files.push(path.display().to_string());
                }
            }
        }
        files.sort();
        files
    }
}
