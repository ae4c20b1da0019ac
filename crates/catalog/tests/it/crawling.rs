//! The crawler finds tables where files are, and what has changed since it came before.

use std::{io::Write, path::Path, sync::Arc};

use arrow::{
    array::{ArrayRef, Int32Array, Int64Array, StringArray},
    record_batch::RecordBatch,
};
use catalog::{
    Catalog,
    crawl::{ColumnChange, CrawlOptions, CrawlReport, CrawledTable, TableChange, crawl},
};
use lake::ObjectStores;
use store::{DatabaseUrl, Store, StoreOptions};
use tempfile::TempDir;

struct Place {
    folder: TempDir,
    catalog: Catalog,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let url: DatabaseUrl = format!("sqlite://{}", folder.path().join("segue.db").display()).parse().unwrap();
        let store = Store::connect(&url, &StoreOptions::default()).await.unwrap();
        Self { folder, catalog: Catalog::new(store, None) }
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.path().join("raw").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn remove(&self, path: &str) {
        std::fs::remove_dir_all(self.folder.path().join("raw").join(path)).unwrap();
    }

    async fn crawl(&self, dry_run: bool) -> CrawlReport {
        let options = CrawlOptions { database: "raw".to_owned(), prefix: String::new(), dry_run };
        let place = ObjectStores::parse_url(&self.folder.path().join("raw").display().to_string()).unwrap();
        crawl(&self.catalog, &ObjectStores::from_env(), &place, &options).await.unwrap()
    }

    async fn columns(&self, table: &str) -> Vec<(String, String)> {
        let entry = self.catalog.table("raw", table).await.unwrap();
        let storage = entry.input.storage_descriptor.unwrap();
        storage.columns.into_iter().map(|column| (column.name, column.kind)).collect()
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn parquet(columns: &[(&str, ArrayRef)]) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns.iter().map(|(name, array)| (*name, Arc::clone(array)))).unwrap();
    let mut bytes = Vec::new();
    let mut writer = datafusion::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn table<'r>(report: &'r CrawlReport, name: &str) -> &'r CrawledTable {
    report.tables.iter().find(|table| table.table == name).unwrap()
}

fn pairs<'p>(pairs: &[(&'p str, &'p str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect()
}

#[tokio::test]
async fn formats_columns_and_partitions_are_found_and_registered() {
    let place = Place::new().await;
    place.write("plays/year=2025/a.parquet", &parquet(&[("Pid", Arc::new(Int32Array::from(vec![1])))]));
    let more: [(&str, ArrayRef); 2] =
        [("Pid", Arc::new(Int64Array::from(vec![2]))), ("title", Arc::new(StringArray::from(vec!["x"])))];
    place.write("plays/year=2026/a.parquet", &parquet(&more));
    place.write("artists/a.csv.gz", &gzip("id,name,score\n1,Muse,2.5\n2,Blur,3\n"));
    place.write("artists/_SUCCESS", b"");
    place.write(
        "events/a.jsonl.zst",
        &zstd::encode_all(&b"{\"a\":1,\"b\":{\"c\":[true]}}\n{\"a\":2.5}\n"[..], 1).unwrap(),
    );
    place.write(
        "slices/mpd.slice.0-0.json",
        b"{\n  \"info\": {},\n  \"playlists\": [\n    {\"pid\": 0, \"tracks\": []}\n  ]\n}",
    );
    place.write("images/a.png", &[0x89, b'P', 0, 0, 1]);

    let looked = place.crawl(true).await;
    assert!(place.catalog.databases().await.unwrap().iter().all(|database| database.name != "raw"));
    let report = place.crawl(false).await;
    assert_eq!(looked.tables, report.tables);
    let shown = report.tables.iter().map(|found| (found.table.as_str(), found.format.as_str(), found.change));
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            ("artists", "csv", TableChange::New),
            ("events", "json", TableChange::New),
            ("plays", "parquet", TableChange::New),
            ("slices", "slices", TableChange::New),
        ]
    );
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    assert_eq!(place.columns("plays").await, pairs(&[("pid", "bigint"), ("title", "string")]));
    assert_eq!(place.columns("artists").await, pairs(&[("id", "bigint"), ("name", "string"), ("score", "double")]));
    assert_eq!(place.columns("events").await, pairs(&[("a", "double"), ("b", "struct<c:array<boolean>>")]));
    assert!(place.columns("slices").await.iter().any(|(name, kind)| name == "tracks" && kind.starts_with("array<")));
    let entry = place.catalog.table("raw", "plays").await.unwrap();
    let partitions = place.catalog.partitions(&entry).await.unwrap();
    assert_eq!(partitions.iter().map(|found| found.input.values.clone()).collect::<Vec<_>>(), [["2025"], ["2026"]]);
    assert!(partitions[0].location().unwrap().ends_with("/raw/plays/year=2025/"));
}

#[tokio::test]
async fn drift_is_reported_and_merged() {
    let place = Place::new().await;
    place.write("t/day=1/a.jsonl", b"{\"a\":1,\"old\":true}\n");
    place.write("text/a.csv", b"id,name\n1,x\n");
    place.crawl(false).await;
    let again = place.crawl(false).await;
    assert!(again.tables.iter().all(|found| found.change == TableChange::Unchanged), "{again:?}");
    assert_eq!(place.catalog.table("raw", "t").await.unwrap().version, 1);

    place.remove("t/day=1");
    place.write("t/day=2/a.jsonl", b"{\"a\":1.5,\"new\":\"x\"}\n");
    place.write("text/a.csv", b"name,id\nx,1\n");
    let report = place.crawl(false).await;
    let found = table(&report, "t");
    assert_eq!(found.change, TableChange::Changed);
    let double = || "double".to_owned();
    let retyped =
        ColumnChange::Retyped { column: "a".to_owned(), from: "bigint".to_owned(), found: double(), to: double() };
    assert_eq!(
        found.drift,
        [
            retyped,
            ColumnChange::Missing { column: "old".to_owned() },
            ColumnChange::Added { column: "new".to_owned(), kind: "string".to_owned() },
        ]
    );
    assert_eq!(
        (&found.new_partitions[..], &found.gone_partitions[..]),
        (&["day=2".to_owned()][..], &["day=1".to_owned()][..])
    );
    assert_eq!(place.columns("t").await, pairs(&[("a", "double"), ("old", "boolean"), ("new", "string")]));
    assert_eq!(place.catalog.table_versions("raw", "t").await.unwrap().len(), 2);

    // Text is read by place, so that columns that moved need a person.
    let moved = table(&report, "text");
    assert_eq!(moved.change, TableChange::Conflict);
    assert!(moved.conflict.as_deref().unwrap().contains("column 1 is `name`, the catalog has `id` there"));
    assert_eq!(place.columns("text").await, pairs(&[("id", "bigint"), ("name", "string")]));
}

#[tokio::test]
async fn a_name_that_is_taken_is_left_alone() {
    let place = Place::new().await;
    place.write("t/a.csv", b"id,name\n1,x\n");
    place.crawl(false).await;
    std::fs::rename(place.folder.path().join("raw/t"), place.folder.path().join("raw/elsewhere")).unwrap();
    place.write("deeper/t/a.csv", b"id,name\n1,x\n");
    let report = place.crawl(false).await;
    assert_eq!(table(&report, "t").change, TableChange::Conflict);
    assert_eq!(table(&report, "elsewhere").change, TableChange::New);
    assert!(Path::new(place.catalog.table("raw", "t").await.unwrap().location().unwrap()).ends_with("raw/t"));
}
