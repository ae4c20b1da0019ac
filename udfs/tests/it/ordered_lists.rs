//! `array_agg_ordered` beside `array_agg(… ORDER BY …)`.

use crate::fixture::{error, rows, session};

/// 40,000 rows in some hundred groups of different lengths, positions that are each once in their group and come in no order,
/// and some NULL values.
const ENTRIES: &str = "SELECT (n * n) % 7919 % 700 AS g, (n * 7907) % 40009 AS p, \
     CASE WHEN n % 11 = 0 THEN NULL ELSE n * 3 END AS v, CASE WHEN n % 7 = 0 THEN NULL ELSE 'value ' || CAST(n AS TEXT) END AS t \
     FROM (SELECT unnest(range(0, 40000)) AS n)";

#[tokio::test]
async fn lists_are_those_of_array_agg() {
    for partitions in [1, 4] {
        let context = session(partitions);
        for (value, filter) in [
            ("v", ""),
            ("t", ""),
            ("{v: v, t: t}", ""),
            ("arrow_cast(t, 'Dictionary(Int32, Utf8)')", ""),
            ("arrow_cast(t, 'Utf8View')", ""),
            ("v", "FILTER (WHERE v % 5 <> 0 AND g % 3 <> 0)"),
        ] {
            let of = |list: &str| format!("SELECT g, {list} {filter} AS l FROM ({ENTRIES}) GROUP BY g ORDER BY g");
            let found = rows(&context, &of(&format!("array_agg_ordered({value}, p)"))).await;
            let expected = rows(&context, &of(&format!("array_agg({value} ORDER BY p)"))).await;
            assert_eq!(found, expected, "{value} {filter}, {partitions} partitions");
            assert!(found.len() > 500 && found.iter().any(|row| row.len() > 500), "{} groups", found.len());
        }
    }
}

#[tokio::test]
async fn one_group_no_rows_and_windows() {
    let context = session(3);
    let values = "(VALUES (3, 'c'), (1, 'a'), (NULL, 'last'), (2, NULL)) AS t(p, v)";
    for (sql, expected) in [
        (format!("SELECT array_agg_ordered(v, p) FROM {values}"), "[a, NULL, c, last]"),
        (format!("SELECT array_agg_ordered(v, p) FROM {values} WHERE p > 9"), "NULL"),
        (format!("SELECT array_agg_ordered(v, CAST(p AS SMALLINT)) FROM {values} WHERE p < 9"), "[a, NULL, c]"),
        (format!("SELECT array_agg_ordered(v, p) OVER () FROM {values} LIMIT 1"), "[a, NULL, c, last]"),
    ] {
        assert_eq!(rows(&context, &sql).await, [expected], "{sql}");
    }
}

#[tokio::test]
async fn what_cannot_be_ordered_is_refused() {
    let context = session(1);
    let values = "(VALUES (1, 'a')) AS t(p, v)";
    for (call, expected) in [
        ("array_agg_ordered(p, v)", "the position of array_agg_ordered has to be an integer, not Utf8"),
        ("array_agg_ordered(p)", "takes a value and an integer that orders the list"),
        ("array_agg_ordered(DISTINCT v, p)", "takes neither DISTINCT nor ORDER BY"),
        ("array_agg_ordered(v, p ORDER BY p)", "takes neither DISTINCT nor ORDER BY"),
    ] {
        let found = error(&context, &format!("SELECT {call} FROM {values}")).await;
        assert!(found.contains(expected), "{call}: {found}");
    }
}
