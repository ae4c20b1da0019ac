//! Folders that one write fills.

use lake::{DataFile, Error, Folder, ParquetFileWriter};

use crate::fixture::{TestLake, batch, schema};

struct Place {
    lake: TestLake,
    folder: Folder,
}

impl Place {
    async fn new() -> Self {
        let lake = TestLake::new().await;
        let mut url = lake.lake.url().clone();
        url.set_path(&format!("{}out/", url.path()));
        let folder = Folder::with_store(url, lake.lake.object_store()).unwrap();
        Self { lake, folder }
    }

    async fn stage(&self, write_id: &str, name: &str) -> DataFile {
        let path = self.folder.staging_path(write_id).join(name);
        let mut file = ParquetFileWriter::try_new(self.folder.object_store(), path, schema()).unwrap();
        file.write(&batch([1])).await.unwrap();
        file.finish().await.unwrap()
    }

    /// Files below the folder, relative to it.
    fn files(&self) -> Vec<String> {
        let root = self.lake.path().join("out");
        let mut names: Vec<String> = std::fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn files_come_with_a_mark_that_all_are_there() {
    let place = Place::new().await;
    let files = vec![place.stage("w", "b.parquet").await, place.stage("w", "a.parquet").await];
    place.stage("w", "lost.parquet").await;
    place.folder.check_empty().await.unwrap();
    let done = place.folder.commit("w", &files).await.unwrap();
    assert_eq!(place.files(), ["_SUCCESS", "a.parquet", "b.parquet"]);
    assert_eq!(place.folder.commit("w", &[]).await.unwrap(), done);
    assert_eq!(place.files(), ["_SUCCESS", "a.parquet", "b.parquet"]);
}

#[tokio::test]
async fn a_folder_with_files_is_refused() {
    let place = Place::new().await;
    let files = [place.stage("w1", "a.parquet").await];
    place.folder.commit("w1", &files).await.unwrap();
    let error = place.folder.check_empty().await.unwrap_err();
    assert!(matches!(error, Error::FolderNotEmpty { .. }), "{error:?}");
    let files = [place.stage("w2", "b.parquet").await];
    place.folder.commit("w2", &files).await.unwrap_err();
    assert!(!place.files().contains(&"b.parquet".to_owned()), "{:?}", place.files());
}
