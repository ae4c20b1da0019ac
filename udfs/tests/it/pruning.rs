//! A query reads those files only that may have what it asks for.

use std::{collections::BTreeSet, path::Path};

use datafusion::{logical_expr::dml::InsertOp, prelude::SessionContext};

use crate::{
    fixture::{TestLake, physical_plan, rows},
    insert::insert,
};

/// How many files of the lake a query reads, by its plan.
async fn files_read(context: &SessionContext, sql: &str) -> usize {
    let plan = physical_plan(context, sql, Path::new("/nowhere")).await;
    plan.split([',', '[', ']', ' ']).filter(|word| word.contains("part-")).collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn bounds_of_the_manifest_choose_files() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    let part = |from: i64, to: i64| {
        format!(
            "SELECT value AS pid, CAST(value % 7 AS INT) AS pos, to_timestamp_seconds(value * 100) AS at, \
             CASE WHEN value > 150 THEN value END AS late, 'x' AS label FROM generate_series({from}, {to}) AS t(value)"
        )
    };
    for (from, to) in [(0, 99), (100, 199), (200, 299)] {
        insert(&place, &context, InsertOp::Append, &part(from, to)).await.unwrap();
    }
    let all = files_read(&context, "SELECT label FROM t").await;
    assert!(all >= 3, "{all}");
    for (filter, expected, found) in [
        ("pid = 150", 1, 1),
        ("pid BETWEEN 90 AND 110", 2, 21),
        ("pid < 0", 0, 0),
        ("pid > 100 AND pos = 99", 0, 0),
        ("at >= to_timestamp_seconds(20000)", 1, 100),
        ("late IS NULL AND pid > 10", 2, 140),
        ("late > 0", 2, 149),
        ("label = 'y'", 3, 0),
    ] {
        let sql = format!("SELECT count(label) FROM t WHERE {filter}");
        // A write may have several files; what it counts is the three writes.
        let read = files_read(&context, &sql).await;
        assert_eq!(read * 3 / all, expected, "{filter}: {read} of {all} files");
        assert_eq!(rows(&context, &sql).await, [found.to_string()], "{filter}");
    }
    // The manifest answers by itself.
    let sql = "SELECT count(*), min(pid), max(pid) FROM t";
    assert_eq!((files_read(&context, sql).await, rows(&context, sql).await), (0, vec!["300|0|299".to_owned()]));
}
