//! Writes to the lake through SQL: what is there afterwards, and what is not.

use std::sync::Arc;

use datafusion::{
    dataframe::DataFrame,
    datasource::provider_as_source,
    error::Result,
    logical_expr::{LogicalPlan, LogicalPlanBuilder, dml::InsertOp},
    prelude::SessionContext,
};
use udfs::{
    lake_table::LakeTable,
    scan::{BadInput, ScanSpec},
};

use crate::fixture::{Slices, TestLake, error, lines, playlist, rows, slice};

#[tokio::test]
async fn overwrite_replaces_and_append_adds() {
    for partitions in [1, 4] {
        let place = TestLake::new().await;
        let context = place.session(partitions).await;
        let numbers =
            |from: u32, to: u32| format!("SELECT value, 'x' AS label FROM generate_series({from}, {to}) AS t(value)");
        assert_eq!(insert(&place, &context, InsertOp::Overwrite, &numbers(1, 3)).await.unwrap(), ["3"]);
        assert_eq!(insert(&place, &context, InsertOp::Append, &numbers(4, 5)).await.unwrap(), ["2"]);
        assert_eq!(values(&context).await, ["1|x", "2|x", "3|x", "4|x", "5|x"]);
        assert_eq!(insert(&place, &context, InsertOp::Overwrite, &numbers(9, 9)).await.unwrap(), ["1"]);
        assert_eq!(values(&context).await, ["9|x"]);
        assert_eq!(place.lake.table("t").unwrap().latest_version().await.unwrap(), Some(3));
        assert!(place.parquet_files("t/_staging").is_empty());
    }
}

#[tokio::test]
async fn a_table_may_read_the_version_that_it_replaces() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    insert(&place, &context, InsertOp::Overwrite, "SELECT 1 AS value, 'x' AS label").await.unwrap();
    insert(&place, &context, InsertOp::Overwrite, "SELECT value + 1 AS value, label FROM t").await.unwrap();
    insert(&place, &context, InsertOp::Append, "SELECT value, label FROM t").await.unwrap();
    assert_eq!(values(&context).await, ["2|x", "2|x"]);
}

#[tokio::test]
async fn statements_write_too() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    insert(&place, &context, InsertOp::Overwrite, "SELECT CAST(1 AS BIGINT) AS value, 'x' AS label").await.unwrap();
    assert_eq!(rows(&context, "INSERT INTO t VALUES (2, 'y')").await, ["1"]);
    assert_eq!(rows(&context, "INSERT INTO t SELECT CAST(NULL AS BIGINT), 'z'").await, ["1"]);
    assert_eq!(values(&context).await, ["1|x", "2|y", "NULL|z"]);
    // The first row's column could not be NULL; the table's can be, as the third's could.
    assert_eq!(rows(&context, "SELECT label FROM t WHERE value IS NULL").await, ["z"]);
    assert_eq!(rows(&context, "INSERT OVERWRITE t SELECT 7, 'w'").await, ["1"]);
    assert_eq!(values(&context).await, ["7|w"]);
    let found = error(&context, "REPLACE INTO t SELECT 7, 'w'").await;
    assert!(found.contains("REPLACE INTO a table of the lake; use INSERT OVERWRITE"), "{found}");
}

#[tokio::test]
async fn appended_rows_must_have_the_tables_columns() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    insert(&place, &context, InsertOp::Overwrite, "SELECT 1 AS value, 'x' AS label").await.unwrap();
    let before = place.parquet_files("t/data");
    let found =
        insert(&place, &context, InsertOp::Append, "SELECT 1 AS value, 2 AS label").await.unwrap_err().to_string();
    assert!(found.contains("rows for `t` have the columns value Int64, label Int64"), "{found}");
    assert!(found.contains("expected value Int64, label Utf8"), "{found}");
    assert_eq!(place.parquet_files("t/data"), before);
    assert_eq!(values(&context).await, ["1|x"]);
}

#[tokio::test]
async fn a_failing_query_changes_nothing() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    let slices = Slices::new();
    slices.write("mpd.slice.0-0.json", slice(&[playlist(0)]));
    slices.write("mpd.slice.1-1.json", "{\"playlists\": [");
    slices.register(&context, BadInput::Fail);
    insert(&place, &context, InsertOp::Overwrite, "SELECT 5 AS value, 'x' AS label").await.unwrap();
    let before = place.parquet_files("t/data");
    assert_eq!(before.len(), 1);
    for op in [InsertOp::Overwrite, InsertOp::Append] {
        let failed = insert(&place, &context, op, "SELECT pid AS value, name AS label FROM raw").await.unwrap_err();
        assert!(failed.to_string().contains("mpd.slice.1-1.json"), "{failed}");
        assert_eq!(place.parquet_files("t/data"), before);
        assert_eq!(place.lake.table("t").unwrap().latest_version().await.unwrap(), Some(1));
        assert_eq!(values(&context).await, ["5|x"]);
    }
}

#[tokio::test]
async fn no_rows_make_an_empty_table() {
    let place = TestLake::new().await;
    let context = place.session(4).await;
    let sql = "SELECT value, [label] AS labels FROM (VALUES (1, 'x')) AS t(value, label) WHERE value > 1";
    assert_eq!(insert(&place, &context, InsertOp::Overwrite, sql).await.unwrap(), ["0"]);
    assert!(rows(&context, "SELECT * FROM t").await.is_empty());
    assert_eq!(rows(&context, "SELECT count(*), max(value) FROM t").await, ["0|NULL"]);
    let columns = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 't'";
    assert_eq!(rows(&place.session(1).await, columns).await, ["value|Int64", "labels|List(Utf8)"]);
    insert(&place, &context, InsertOp::Append, "SELECT 1 AS value, ['x', 'y'] AS labels").await.unwrap();
    assert_eq!(rows(&context, "SELECT * FROM t").await, ["1|[x, y]"]);
}

#[tokio::test]
async fn a_statement_sees_the_version_of_its_beginning() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    insert(&place, &context, InsertOp::Overwrite, "SELECT 1 AS value, 'x' AS label").await.unwrap();
    let planned = context.sql("SELECT * FROM t").await.unwrap();
    insert(&place, &context, InsertOp::Overwrite, "SELECT 2 AS value, 'y' AS label").await.unwrap();
    assert_eq!(lines(&planned.collect().await.unwrap()), ["1|x"]);
    assert_eq!(values(&context).await, ["2|y"]);
}

#[tokio::test]
async fn names_are_those_of_the_lake_and_of_the_session() {
    let place = TestLake::new().await;
    let context = place.session(1).await;
    assert!(error(&context, "SELECT * FROM t").await.contains("table 'datafusion.public.t' not found"));
    insert(&place, &context, InsertOp::Overwrite, "SELECT 1 AS value, 'x' AS label").await.unwrap();
    let context = place.session(1).await;
    Slices::new().register(&context, BadInput::Fail);
    let sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1";
    assert_eq!(rows(&context, sql).await, ["raw", "rejects", "t"]);
    // A table of the session stands before the lake's of the same name.
    let mine = context.sql("SELECT 'mine' AS label").await.unwrap().into_view();
    context.register_table("t", mine).unwrap();
    assert_eq!(rows(&context, "SELECT label FROM t").await, ["mine"]);
    context.deregister_table("t").unwrap();
    assert_eq!(rows(&context, "SELECT label FROM t").await, ["x"]);
}

#[tokio::test]
async fn a_table_that_is_only_written_cannot_be_read() {
    let place = TestLake::new().await;
    let context = place.session(1).await;
    let target = LakeTable::target(&place.lake, "target", ScanSpec::rejects().schema().unwrap());
    context.register_table("target", Arc::new(target)).unwrap();
    let found = error(&context, "SELECT * FROM target").await;
    assert!(found.contains("table `target` is only being written"), "{found}");
}

/// Writes the rows of a query to table `t`; yields the number of rows that the write reports.
pub(crate) async fn insert(place: &TestLake, context: &SessionContext, op: InsertOp, sql: &str) -> Result<Vec<String>> {
    let (state, plan) = context.sql(sql).await?.into_parts();
    let insert = insert_plan(place, plan, op)?;
    Ok(lines(&DataFrame::new(state, insert).collect().await?))
}

fn insert_plan(place: &TestLake, query: LogicalPlan, op: InsertOp) -> Result<LogicalPlan> {
    let schema = Arc::new(query.schema().as_arrow().clone());
    let target = LakeTable::target(&place.lake, "t", schema);
    LogicalPlanBuilder::insert_into(query, "t", provider_as_source(Arc::new(target)), op)?.build()
}

async fn values(context: &SessionContext) -> Vec<String> {
    rows(context, "SELECT value, label FROM t ORDER BY value").await
}
