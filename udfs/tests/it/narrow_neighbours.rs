//! The rule that narrows what co-occurrence yields: which fields are made, and that rows stay the same.

use std::path::Path;

use datafusion::prelude::SessionContext;

use crate::fixture::{physical_plan, rows, session};

/// Neighbours of letters, as `n`.
const PAIRS: &str = "WITH pairs AS (SELECT unnest(cooccurrence(g, i, {min_count: 1})) AS n FROM (VALUES \
    (1, 'a'), (1, 'b'), (1, 'c'), (2, 'a'), (2, 'b'), (3, 'b'), (3, 'd')) AS t(g, i))";

#[tokio::test]
async fn only_the_fields_that_are_read_are_made() {
    check("SELECT n['item'], n['cosine'] FROM pairs", Some("cosine, item")).await;
    check("SELECT n['item'] FROM pairs WHERE n['lift'] > 1", Some("item, lift")).await;
    check("SELECT n['item'], max(n['pmi']) FROM pairs GROUP BY 1", Some("item, pmi")).await;
    check("SELECT n['neighbour'] FROM pairs ORDER BY n['npmi'], n['item']", Some("item, neighbour, npmi")).await;
    check("SELECT count(*) FROM pairs", Some("pair_count")).await;
    check("SELECT n['item'] FROM pairs UNION ALL SELECT n['neighbour'] FROM pairs", Some("item, neighbour")).await;
    let joined = "SELECT a.n['item'], b.n['weight'] FROM pairs a JOIN pairs b ON a.n['item'] = b.n['neighbour']";
    check(joined, Some("item, neighbour, weight")).await;
}

#[tokio::test]
async fn all_fields_stay_where_a_neighbour_is_used_whole() {
    check("SELECT n FROM pairs", None).await;
    check("SELECT n, n['item'] FROM pairs", None).await;
    check("SELECT DISTINCT n FROM pairs", None).await;
    check("SELECT unnest(n) FROM pairs", None).await;
}

/// Asserts which fields are made (all for `None`), and that the rule changes no row.
async fn check(query: &str, fields: Option<&str>) {
    let (narrowing, plain) = (session(2), session(2));
    assert!(plain.remove_optimizer_rule("narrow_neighbours"));
    let sql = format!("{PAIRS} {query}");
    let plan = physical_plan(&narrowing, &sql, Path::new("/nowhere")).await;
    let narrowed = plan.lines().find_map(|line| line.split_once(", fields=[")?.1.split_once(']'));
    assert_eq!(narrowed.map(|(fields, _)| fields), fields, "{query}\n{plan}");
    assert_eq!(sorted(&narrowing, &sql).await, sorted(&plain, &sql).await, "{query}");
}

async fn sorted(context: &SessionContext, sql: &str) -> Vec<String> {
    let mut rows = rows(context, sql).await;
    assert!(!rows.is_empty(), "{sql}");
    rows.sort();
    rows
}
