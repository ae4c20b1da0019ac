//! A reader that looks at a table all the time, as any program would that knows nothing of Segue but its manifests.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use futures::TryStreamExt;
use lake::Lake;
use object_store::{ObjectStoreExt, path::Path};
use tokio::task::JoinHandle;

/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Counts the rows that it finds by listing the folders of the current version, over and over.
pub(crate) struct ListingReader {
    stop: Arc<AtomicBool>,
    looking: JoinHandle<BTreeMap<u64, u64>>,
}

impl ListingReader {
    pub(crate) fn start(lake: &Lake, table: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (lake, table, stopped) = (lake.clone(), table.to_owned(), Arc::clone(&stop));
        let looking = tokio::spawn(async move {
            let mut seen = BTreeMap::new();
            while !stopped.load(Ordering::Relaxed) {
                let (version, rows) = look(&lake, &table).await;
                let before = *seen.entry(version).or_insert(rows);
                assert_eq!(before, rows, "version {version} changed while it was read");
                tokio::time::sleep(PAUSE).await;
            }
            seen
        });
        Self { stop, looking }
    }

    /// Rows of each version that was seen. All of them were seen whole, and always the same.
    pub(crate) async fn stop(self) -> BTreeMap<u64, u64> {
        self.stop.store(true, Ordering::Relaxed);
        self.looking.await.unwrap()
    }
}

/// Version of a table, and the rows that are found by listing its folders.
pub(crate) async fn look(lake: &Lake, table: &str) -> (u64, u64) {
    let snapshot = lake.table(table).unwrap().snapshot().await.unwrap();
    let store = lake.object_store();
    let mut rows = 0;
    for url in snapshot.data_urls() {
        let folder = Path::from_url_path(url.path()).unwrap();
        let files: Vec<_> = store.list(Some(&folder)).try_collect().await.unwrap();
        for file in files {
            let bytes = store.get(&file.location).await.unwrap().bytes().await.unwrap();
            let file = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
            rows += u64::try_from(file.metadata().file_metadata().num_rows()).unwrap();
        }
    }
    assert_eq!(rows, snapshot.rows(), "the folders of version {} are not that version", snapshot.version());
    (snapshot.version(), rows)
}
