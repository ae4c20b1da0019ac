//! Files that are brought to the folder of other files.

use std::sync::Arc;

use arrow::{error::ArrowError, record_batch::RecordBatch};
use lake::{DataFile, Delivery, LineCompression, LineEncoder, LineFormat, PartFormat, PartWriter, PartitionBy};
use object_store::path::Path;

use crate::fixture::{TestLake, batch, schema};

struct Place {
    lake: TestLake,
    delivery: Delivery,
}

impl Place {
    async fn new() -> Self {
        let lake = TestLake::new().await;
        let mut url = lake.lake.url().clone();
        url.set_path(&format!("{}out/", url.path()));
        let delivery = Delivery::with_store(&url, lake.lake.object_store(), "w").unwrap();
        Self { lake, delivery }
    }

    /// Writes ids to folders by their labels, in a format.
    async fn stage(&self, ids: &[i64], format: PartFormat) -> Vec<DataFile> {
        let (store, folder) = (self.delivery.object_store(), self.delivery.staging_path());
        let by = PartitionBy::Hive(vec!["label".to_owned()]);
        let mut writer = PartWriter::try_new(store, folder, schema(), by).unwrap().with_format(format);
        writer.write(&batch(ids.iter().copied())).await.unwrap();
        writer.finish().await.unwrap()
    }

    fn place_of(&self, file: &DataFile) -> Path {
        let root = Path::from_absolute_path(self.lake.path().join("out")).unwrap();
        Delivery::place(&root, &file.path)
    }

    /// Folders below the target that have files.
    fn folders(&self) -> Vec<String> {
        let root = self.lake.path().join("out");
        let mut names: Vec<String> = std::fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| std::fs::read_dir(entry.path()).is_ok_and(|mut files| files.next().is_some()))
            .map(|entry| entry.file_name().into_string().unwrap())
            .filter(|name| name != "_staging")
            .collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn the_first_list_of_files_stays_and_is_brought_to_its_places() {
    let place = Place::new().await;
    let first = place.stage(&[1, 2, 1], PartFormat::default()).await;
    let other = place.stage(&[1, 2, 1], PartFormat::default()).await;
    // Rows of one label are one file, though they did not come together.
    assert_eq!(first.iter().map(|file| file.rows).collect::<Vec<_>>(), [2, 1]);
    assert!(place.delivery.files().await.unwrap().is_empty());
    assert_eq!(place.delivery.fix_files(&first).await.unwrap(), first);
    assert_eq!(place.delivery.fix_files(&other).await.unwrap(), first);
    assert_eq!(place.folders(), Vec::<String>::new());
    let files = place.delivery.files().await.unwrap();
    let moves: Vec<_> = files.iter().map(|file| (file.clone(), place.place_of(file))).collect();
    place.delivery.deliver(&moves).await.unwrap();
    assert_eq!(place.folders(), ["label=label 1", "label=label 2"]);
    // Nothing is left of the attempt that lost.
    assert!(place.delivery.files().await.unwrap().is_empty());
    let store = place.delivery.object_store();
    Delivery::take_back(store.as_ref(), moves.iter().map(|(_, place)| place.clone())).await.unwrap();
    assert_eq!(place.folders(), Vec::<String>::new());
}

#[derive(Debug)]
struct Counts;

impl LineEncoder for Counts {
    fn encode(&self, rows: &RecordBatch, into: &mut Vec<u8>) -> Result<(), ArrowError> {
        into.extend(format!("{} rows\n", rows.num_rows()).bytes());
        Ok(())
    }
}

#[tokio::test]
async fn lines_are_compressed_as_the_names_of_their_files_say() {
    for (compression, end) in
        [(LineCompression::None, ".txt"), (LineCompression::Gzip, ".txt.gz"), (LineCompression::Zstd, ".txt.zst")]
    {
        let place = Place::new().await;
        let format = LineFormat { encoder: Arc::new(Counts), compression, extension: "txt" };
        let files = place.stage(&[1, 1], PartFormat::Lines(format)).await;
        let path = place.delivery.staging_path().to_string();
        let bytes = std::fs::read(format!("/{path}/{}", files[0].path)).unwrap();
        assert!(files[0].path.ends_with(end), "{}", files[0].path);
        assert_eq!((files[0].rows, files[0].bytes), (2, bytes.len() as u64));
        let plain = match compression {
            LineCompression::None => bytes,
            LineCompression::Gzip => {
                let mut plain = Vec::new();
                std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut plain).unwrap();
                plain
            }
            LineCompression::Zstd => zstd::decode_all(bytes.as_slice()).unwrap(),
        };
        assert_eq!(plain, b"2 rows\n");
    }
}

#[tokio::test]
async fn more_partitions_than_allowed_are_refused() {
    let place = Place::new().await;
    let (store, folder) = (place.delivery.object_store(), place.delivery.staging_path());
    let by = PartitionBy::Hive(vec!["label".to_owned()]);
    let mut writer = PartWriter::try_new(store, folder, schema(), by).unwrap().with_most_partitions(Some(2));
    writer.write(&batch([1, 2, 1])).await.unwrap();
    let error = writer.write(&batch([2, 3])).await.unwrap_err();
    assert!(matches!(error, lake::Error::TooManyPartitions { limit: 2 }), "{error:?}");
}
