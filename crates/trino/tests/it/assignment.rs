//! What columns of tables take, as `INSERT` has it.

use datafusion::{logical_expr::LogicalPlanBuilder, prelude::DataFrame};
use trino::{TrinoType, sql};

use crate::behaviours::{session, shown};

/// The rows of a query as columns take them, or why they do not.
async fn stored(query: &str, columns: &[&str]) -> Result<String, String> {
    let state = session(1).await.state();
    let planned = sql::plan(&state, query).await.map_err(|error| error.to_string())?;
    let columns: Vec<_> = columns.iter().map(|name| TrinoType::parse(name).unwrap()).collect();
    let types: Vec<_> = planned.columns.iter().map(|(_, of)| of.clone()).collect();
    let values = sql::assigned(&state, &planned.plan, &types, &columns).map_err(|error| error.to_string())?;
    let named = values.into_iter().enumerate().map(|(at, value)| value.alias(format!("c{at}")));
    let plan = LogicalPlanBuilder::from(planned.plan).project(named).unwrap().build().unwrap();
    for (field, of) in plan.schema().fields().iter().zip(&columns) {
        assert!(field.data_type().equals_datatype(&of.data_type()), "{query}: {} as {of}", field.data_type());
    }
    Ok(shown(&DataFrame::new(state, plan).collect().await.map_err(|error| error.to_string())?))
}

async fn check(query: &str, columns: &[&str], expected: &str) {
    assert_eq!(stored(query, columns).await.as_deref(), Ok(expected), "{query} as {columns:?}");
}

async fn refuses(query: &str, columns: &[&str], expected: &str) {
    let found = stored(query, columns).await;
    assert!(found.as_ref().is_err_and(|error| error.contains(expected)), "{query} as {columns:?}: {found:?}");
}

#[tokio::test]
async fn columns_take_what_has_a_type_in_common_with_them() {
    check("SELECT 1, 2", &["bigint", "double"], "1 | 2.0").await;
    check("SELECT BIGINT '7', 1", &["smallint", "tinyint"], "7 | 1").await;
    check("SELECT DOUBLE '1.5', DECIMAL '1.25'", &["integer", "decimal(3,1)"], "2 | 1.3").await;
    check("SELECT 5, DECIMAL '2'", &["decimal(5,2)", "real"], "5.00 | 2.0").await;
    check("SELECT NULL, NULL, NULL", &["date", "varchar(1)", "row(a integer)"], "NULL | NULL | NULL").await;
    check("SELECT DATE '2026-01-02'", &["timestamp(3)"], "2026-01-02 00:00:00.000").await;
    check("SELECT TIMESTAMP '2026-01-02 03:04:05'", &["date"], "2026-01-02").await;
    check(
        "SELECT ARRAY[1, NULL], MAP(ARRAY['k'], ARRAY[1])",
        &["array(double)", "map(varchar, bigint)"],
        "[1.0, null] | {k=1}",
    )
    .await;
    check(
        "SELECT CAST(ROW(1, 'x') AS row(p bigint, q varchar))",
        &["row(\"The a\" integer, \"B\" varchar)"],
        "{The a=1, B=x}",
    )
    .await;
}

#[tokio::test]
async fn other_types_are_refused() {
    let words = "TYPE_MISMATCH: Insert query has mismatched column types: ";
    refuses(
        "SELECT '1', 'x'",
        &["integer", "varchar"],
        &format!("{words}Table: [integer, varchar], Query: [varchar(1), varchar(1)]"),
    )
    .await;
    refuses("SELECT 1", &["integer", "date"], &format!("{words}Table: [integer, date], Query: [integer]")).await;
    refuses("SELECT '2026-01-01'", &["date"], &format!("{words}Table: [date], Query: [varchar(10)]")).await;
    for (query, column) in [
        ("SELECT 1", "varchar"),
        ("SELECT true", "integer"),
        ("SELECT 1", "boolean"),
        ("SELECT 0", "timestamp(3)"),
        ("SELECT X'00'", "varchar"),
        ("SELECT ARRAY['1']", "array(integer)"),
        ("SELECT ROW(1, 2)", "row(a integer)"),
    ] {
        refuses(query, &[column], words).await;
    }
}

#[tokio::test]
async fn values_that_do_not_fit_end_the_query() {
    refuses("SELECT n * 100000 FROM numbers", &["smallint"], "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for smallint")
        .await;
    refuses("SELECT DOUBLE '1e12'", &["integer"], "NUMERIC_VALUE_OUT_OF_RANGE: ").await;
    refuses("SELECT DECIMAL '123.4'", &["decimal(3,1)"], "INVALID_CAST_ARGUMENT: ").await;
}

#[tokio::test]
async fn texts_lose_nothing_but_spaces() {
    check("SELECT word FROM numbers WHERE n < 3 ORDER BY n", &["varchar(3)"], "one ; two").await;
    check("SELECT 'é  ', 'ab ', NULL", &["varchar(2)", "char(2)", "char(1)"], "é  | ab | NULL").await;
    check("SELECT 'a ', CAST('a' AS char(3))", &["char(5)", "varchar(2)"], "a | a ").await;
    refuses(
        "SELECT 'abcd'",
        &["varchar(3)"],
        "INVALID_CAST_ARGUMENT: Cannot truncate non-space characters when casting from varchar(4) to varchar(3) on INSERT",
    )
    .await;
    refuses(
        "SELECT word FROM numbers",
        &["char(3)"],
        "Cannot truncate non-space characters when casting from varchar to char(3) on INSERT",
    )
    .await;
}
