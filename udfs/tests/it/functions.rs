//! The scalar functions, and the aggregate's arguments.

use crate::fixture::{error, rows, session};

#[tokio::test]
async fn hash_bucket_never_changes() {
    // Computed by another implementation of SplitMix64: buckets that change would move rows between splits.
    for (arguments, expected) in [
        ("42, 10", "3"),
        ("0, 10", "5"),
        ("-1, 10", "6"),
        ("CAST('-9223372036854775808' AS BIGINT), 7", "6"),
        ("9223372036854775807, 1000", "39"),
        ("1, 1", "0"),
        ("12345, 9223372036854775807", "2454886589211414944"),
        ("NULL, 10", "NULL"),
        ("42, NULL", "NULL"),
    ] {
        check(&format!("SELECT hash_bucket({arguments})"), &[expected]).await;
    }
}

#[tokio::test]
async fn hash_bucket_takes_scalars_and_arrays_in_each_place() {
    let values = "(VALUES (42, 10), (NULL, 10), (0, NULL), (0, 10)) AS t(value, buckets)";
    check(&format!("SELECT hash_bucket(value, buckets) FROM {values}"), &["3", "NULL", "NULL", "5"]).await;
    check(&format!("SELECT hash_bucket(value, 10) FROM {values}"), &["3", "NULL", "5", "5"]).await;
    check(&format!("SELECT hash_bucket(42, buckets) FROM {values}"), &["3", "3", "NULL", "3"]).await;
    check(&format!("SELECT hash_bucket(value, buckets) FROM {values} WHERE value > 50"), &[]).await;
}

#[tokio::test]
async fn hash_bucket_coerces_other_integers() {
    for data_type in ["TINYINT", "SMALLINT", "INT", "BIGINT", "INT UNSIGNED"] {
        check(&format!("SELECT hash_bucket(CAST(42 AS {data_type}), CAST(10 AS {data_type}))"), &["3"]).await;
    }
}

#[tokio::test]
async fn hash_bucket_needs_buckets() {
    for buckets in [0, -1] {
        let expected = format!("hash_bucket needs at least 1 bucket, got {buckets}");
        check_error(&format!("SELECT hash_bucket(1, {buckets})"), &expected).await;
        check_error(&format!("SELECT hash_bucket(value, {buckets}) FROM (VALUES (1)) AS t(value)"), &expected).await;
        check(&format!("SELECT hash_bucket(NULL, {buckets})"), &["NULL"]).await;
    }
}

#[tokio::test]
async fn normalize_title_takes_scalars_arrays_and_every_kind_of_text() {
    check("SELECT normalize_title('  Road-Trip!! (2017)')", &["road-trip 2017"]).await;
    check("SELECT normalize_title(NULL)", &["NULL"]).await;
    let titles = "(VALUES ('R&B'), (NULL), (''), ('ÉTÉ_2017')) AS t(title)";
    check(&format!("SELECT normalize_title(title) FROM {titles}"), &["r&b", "NULL", "", "été 2017"]).await;
    check(&format!("SELECT normalize_title(title) FROM {titles} WHERE title = 'none'"), &[]).await;
    for data_type in ["Utf8", "LargeUtf8", "Utf8View", "Dictionary(Int32, Utf8)"] {
        let sql = format!("SELECT normalize_title(arrow_cast(title, '{data_type}')) FROM {titles}");
        check(&sql, &["r&b", "NULL", "", "été 2017"]).await;
    }
}

#[tokio::test]
async fn cooccurrence_checks_its_arguments() {
    for number in ["0", "-1", "NULL", "4294967296"] {
        for (name, arguments) in [("k", number.to_owned()), ("min_count", format!("5, {number}"))] {
            let expected = format!("{name} of cooccurrence must be from 1 to 4294967295, got {number}");
            check_cooccurrence_error(&format!("g, i, {arguments}"), &expected).await;
        }
    }
    check_cooccurrence_error("g, i, g", "k of cooccurrence must be a constant").await;
    check_cooccurrence_error("g, i, 5, g + 1", "min_count of cooccurrence must be a constant").await;
    let count = "cooccurrence takes a group, an item, and options such as {k: 50, min_count: 3}";
    check_cooccurrence_error("g", count).await;
    check_cooccurrence_error("g, i, 5, 1, 1", count).await;
}

#[tokio::test]
async fn cooccurrence_checks_its_options() {
    for (options, expected) in [
        ("{k: 0}", "k of cooccurrence must be from 1 to 4294967295, got 0"),
        ("{window: 5}", "window of cooccurrence needs a position, such as {position: pos, window: 5}"),
        ("{position: i, window: 0}", "window of cooccurrence must be from 1 to 4294967295, got 0"),
        ("{max_group_length: -3}", "max_group_length of cooccurrence must be from 1 to 4294967295, got -3"),
        ("{rank_by: 'best'}", "rank_by of cooccurrence must be one of count, cosine, jaccard, lift, pmi, npmi,"),
        ("{rank_by: 'follows'}", "cooccurrence ranks by `follows` only if it is given a position"),
        ("{weighting: 2}", "weighting of cooccurrence must be one of uniform, inverse_length, got 2"),
        ("{position: 1}", "position of cooccurrence is a column"),
        ("{k: i}", "k of cooccurrence must be a constant"),
        ("{depth: 3}", "cooccurrence has no option `depth`; there are k, min_count, rank_by, position, window,"),
    ] {
        check_cooccurrence_error(&format!("g, i, {options}"), expected).await;
        let sql = format!("SELECT unnest(cooccurrence(g, i, {options})) FROM (VALUES (1, 2)) AS t(g, i)");
        check_error(&sql, expected).await;
    }
}

#[tokio::test]
async fn functions_are_documented() {
    let sql = "SELECT DISTINCT routine_name, syntax_example FROM information_schema.routines \
        WHERE routine_name IN ('hash_bucket', 'normalize_title', 'cooccurrence') ORDER BY 1";
    check(
        sql,
        &[
            "cooccurrence|cooccurrence(group, item [, {option: value, …}])",
            "hash_bucket|hash_bucket(value, buckets)",
            "normalize_title|normalize_title(title)",
        ],
    )
    .await;
}

async fn check(sql: &str, expected: &[&str]) {
    assert_eq!(rows(&session(1), sql).await, expected, "{sql}");
}

async fn check_error(sql: &str, expected: &str) {
    let found = error(&session(1), sql).await;
    assert!(found.contains(expected), "{sql}: {found}");
}

async fn check_cooccurrence_error(arguments: &str, expected: &str) {
    check_error(&format!("SELECT cooccurrence({arguments}) FROM (VALUES (1, 2)) AS t(g, i)"), expected).await;
}
