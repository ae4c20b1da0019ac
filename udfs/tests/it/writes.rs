//! Statements that become parallel writes.

use std::fs::File;

use datafusion::{
    dataframe::DataFrame,
    error::Result,
    parquet::{
        basic::Compression,
        file::reader::{FileReader, SerializedFileReader},
    },
    physical_plan::displayable,
    prelude::SessionContext,
};
use udfs::{scan::BadInput, writes::parallel_writes};

use crate::fixture::{Slices, TestLake, lines, playlist, rows, slice};

async fn statement(place: &TestLake, context: &SessionContext, sql: &str) -> Result<Vec<String>> {
    let plan = parallel_writes(context.state().create_logical_plan(sql).await?, &place.lake).await?;
    Ok(lines(&DataFrame::new(context.state(), plan).collect().await?))
}

async fn refusal(place: &TestLake, context: &SessionContext, sql: &str) -> String {
    statement(place, context, sql).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_table_is_made_of_a_query() {
    let place = TestLake::new().await;
    let context = place.session(4).await;
    let numbers = "SELECT value, value % 2 = 0 AS even FROM generate_series(1, 5) AS t(value)";
    assert_eq!(statement(&place, &context, &format!("CREATE TABLE n AS {numbers}")).await.unwrap(), ["5"]);
    assert_eq!(rows(&context, "SELECT sum(value) FROM n WHERE even").await, ["6"]);

    let refused = refusal(&place, &context, "CREATE TABLE n AS SELECT 1 AS value").await;
    assert!(refused.contains("table `n` exists; replace it with CREATE OR REPLACE TABLE"), "{refused}");
    let unchanged = statement(&place, &context, "CREATE TABLE IF NOT EXISTS n AS SELECT 1 AS value").await.unwrap();
    assert_eq!(unchanged, [""; 0]);
    assert_eq!(rows(&context, "SELECT count(*) FROM n").await, ["5"]);
    let replace = "CREATE OR REPLACE TABLE n AS SELECT max(value) AS largest FROM n";
    assert_eq!(statement(&place, &context, replace).await.unwrap(), ["1"]);
    assert_eq!(rows(&context, "SELECT largest FROM n").await, ["5"]);

    for (name, reason) in [("\"no name\"", "is not a valid table name"), ("other.n", "the lake has one schema")] {
        let refused = refusal(&place, &context, &format!("CREATE TABLE {name} AS SELECT 1 AS x")).await;
        assert!(refused.contains(reason), "{refused}");
    }
}

#[tokio::test]
async fn a_copy_writes_in_every_task_and_shows_all_at_the_end() {
    let (place, slices) = (TestLake::new().await, Slices::new());
    for pid in 0..6 {
        slices.write(&format!("mpd.slice.{pid}-{pid}.json"), slice(&[playlist(pid)]));
    }
    let context = place.session(3).await;
    crate::fixture::register(&context, slices.path(), BadInput::Fail);
    let out = place.lake.url().to_file_path().unwrap().join("out");
    let copy = format!("COPY (SELECT pid, name FROM raw) TO '{}/' STORED AS PARQUET", out.display());

    let plan = parallel_writes(context.state().create_logical_plan(&copy).await.unwrap(), &place.lake).await.unwrap();
    let plan = context.state().create_physical_plan(&plan).await.unwrap();
    let shown = displayable(plan.as_ref()).indent(false).to_string();
    let write = shown.lines().position(|line| line.contains("ParquetWriteExec")).unwrap();
    assert!(shown.lines().nth(write - 1).unwrap().contains("CoalescePartitionsExec"), "{shown}");
    assert!(shown.contains("3 groups"), "{shown}");

    assert_eq!(statement(&place, &context, &copy).await.unwrap(), ["6"]);
    assert!((1..=3).contains(&place.parquet_files("out").len()), "a task that comes first may read another's files");
    assert!(out.join("_SUCCESS").is_file() && !out.join("_staging").join("x").exists());
    context.register_parquet("copied", out.to_str().unwrap(), Default::default()).await.unwrap();
    assert_eq!(rows(&context, "SELECT count(*), min(name), max(pid) FROM copied").await, ["6|n0|5"]);
    let refused = refusal(&place, &context, &copy).await;
    assert!(refused.contains("is not empty: there is `"), "{refused}");
}

#[tokio::test]
async fn a_copy_may_be_partitioned_as_hive_does() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    let out = place.lake.url().to_file_path().unwrap().join("by year");
    let rows_of = "SELECT * FROM (VALUES (1, '2017'), (2, '2018'), (3, '2017'), (4, NULL)) AS t(id, year)";
    let copy = format!("COPY ({rows_of}) TO '{}' STORED AS PARQUET PARTITIONED BY (year)", out.display());
    assert_eq!(statement(&place, &context, &copy).await.unwrap(), ["4"]);
    let folders: Vec<String> =
        place.parquet_files("by year").iter().map(|path| path.rsplit('/').nth(1).unwrap().to_owned()).collect();
    assert_eq!(folders, ["year=2017", "year=2018", "year=__HIVE_DEFAULT_PARTITION__"]);
    let missing = format!("COPY ({rows_of}) TO '{}2' STORED AS PARQUET PARTITIONED BY (month)", out.display());
    assert!(refusal(&place, &context, &missing).await.contains("month"));
}

#[tokio::test]
async fn a_copy_may_be_compressed_in_another_way() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    for (name, expected) in [("lz4_raw", Compression::LZ4_RAW), ("uncompressed", Compression::UNCOMPRESSED)] {
        let out = place.lake.url().to_file_path().unwrap().join(name);
        let copy = format!("COPY (SELECT 7 AS id) TO '{}' STORED AS PARQUET", out.display());
        let copy = format!("{copy} OPTIONS (compression '{name}')");
        assert_eq!(statement(&place, &context, &copy).await.unwrap(), ["1"]);
        assert!(out.join("_SUCCESS").is_file());
        let [file] = place.parquet_files(name).try_into().unwrap();
        let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
        assert_eq!(reader.metadata().row_group(0).column(0).compression(), expected);
    }
}

#[tokio::test]
async fn a_table_of_the_lake_is_not_dropped_in_words_only() {
    let place = TestLake::new().await;
    statement(&place, &place.session(1).await, "CREATE TABLE kept AS SELECT 1 AS n").await.unwrap();
    let context = place.session(1).await;
    let error = refusal(&place, &context, "DROP TABLE kept").await;
    assert!(error.contains("`kept` belongs to the lake") && error.contains("/kept/"), "{error}");
    assert_eq!(statement(&place, &context, "SELECT n FROM kept").await.unwrap(), ["1"]);
    // What is not there is the engine's business.
    let plan = context.state().create_logical_plan("DROP TABLE IF EXISTS nowhere").await.unwrap();
    assert_eq!(parallel_writes(plan.clone(), &place.lake).await.unwrap(), plan);
}

#[tokio::test]
async fn other_statements_stay_as_they_are() {
    let place = TestLake::new().await;
    let context = place.session(1).await;
    let folder = place.lake.url().to_file_path().unwrap();
    for sql in [
        "SELECT 1".to_owned(),
        format!("COPY (SELECT 1 AS x) TO '{}/x.csv' STORED AS CSV", folder.display()),
        format!("COPY (SELECT 1 AS x) TO '{}/x.parquet'", folder.display()),
        format!("COPY (SELECT 1 AS x) TO '{}/x' STORED AS PARQUET OPTIONS (writer_version '2.0')", folder.display()),
    ] {
        let plan = context.state().create_logical_plan(&sql).await.unwrap();
        assert_eq!(parallel_writes(plan.clone(), &place.lake).await.unwrap(), plan);
    }
}
