//! Co-occurrence on real executors: its answer does not depend on how the work is divided.

use std::sync::Arc;

use datafusion::{
    datasource::{TableProvider, provider_as_source},
    logical_expr::{LogicalPlanBuilder, dml::InsertOp},
    prelude::{DataFrame, SessionContext},
};
use lake::Lake;
use tempfile::TempDir;
use testkit::process::Cluster;
use udfs::{
    lake_table::LakeTable,
    scan::{BadInput, ScanSpec, SliceTable},
};
use url::Url;

use crate::{
    places::{make_slices, open_lake},
    session::{lines, on_cluster, on_single_node},
};

/// One query for each way of counting, and one that filters before and joins after.
const QUERIES: [&str; 4] = [
    "SELECT unnest(cooccurrence(pid, track_uri)) AS n FROM entries",
    "SELECT unnest(cooccurrence(pid, artist_name, {k: 20, min_count: 3, rank_by: 'npmi', weighting: 'inverse_length'})) \
     AS n FROM entries",
    "SELECT unnest(cooccurrence(pid, track_uri, {k: 10, position: pos, window: 3, rank_by: 'follows'})) AS n \
     FROM entries",
    "SELECT n['item'] AS item, n['neighbour'] AS neighbour, n['cosine'] AS cosine, named.name AS name FROM \
     (SELECT unnest(cooccurrence(pid, track_uri, {k: 5, max_group_length: 60})) AS n FROM entries WHERE pid % 2 = 0) \
     JOIN (SELECT track_uri, min(artist_name) AS name FROM entries GROUP BY track_uri) AS named \
     ON n['neighbour'] = named.track_uri",
];

#[tokio::test(flavor = "multi_thread")]
async fn executors_count_as_a_single_node_does() {
    let place = TempDir::new().unwrap();
    make_slices(&place.path().join("raw"));
    let lake = open_lake(&place.path().join("lake")).await;
    let single = on_single_node(&lake).await;
    store_entries(&single, &lake, &place).await;
    let cluster = Cluster::builder().unwrap().executors(2).vcores(1).start().await.unwrap();
    let remote = on_cluster(&cluster, &lake).await;
    let mut total = 0;
    for sql in QUERIES {
        let expected = answer(&single, sql).await;
        let found = answer(&remote, sql).await;
        assert_eq!(found.len(), expected.len(), "{sql}");
        assert!(found == expected, "{sql}");
        total += expected.len();
    }
    assert!(total > 10_000, "{total}");
    let plan = answer(&remote, &format!("EXPLAIN {}", QUERIES[0])).await.join("\n");
    assert!(plan.contains("CooccurrenceExec: k=100, min_count=2, rank_by=cosine"), "{plan}");
}

/// Tasks that have next to no memory leave the groups on disk and count in passes.
#[tokio::test(flavor = "multi_thread")]
async fn executors_without_memory_count_as_a_single_node_does() {
    let place = TempDir::new().unwrap();
    make_slices(&place.path().join("raw"));
    let lake = open_lake(&place.path().join("lake")).await;
    let single = on_single_node(&lake).await;
    store_entries(&single, &lake, &place).await;
    let cluster = Cluster::builder().unwrap().executors(2).vcores(1).executor_arg("--memory-bytes=100000");
    let cluster = cluster.start().await.unwrap();
    let remote = on_cluster(&cluster, &lake).await;
    for sql in &QUERIES[..3] {
        let (expected, found) = (answer(&single, sql).await, answer(&remote, sql).await);
        assert!(!found.is_empty(), "{sql}");
        assert!(found == expected, "{sql}");
    }
}

async fn answer(context: &SessionContext, sql: &str) -> Vec<String> {
    lines(&context.sql(sql).await.unwrap().collect().await.unwrap())
}

/// Stores the entries of all playlists, in several files.
async fn store_entries(context: &SessionContext, lake: &Lake, place: &TempDir) {
    let url = Url::from_directory_path(place.path().join("raw")).unwrap();
    let playlists = SliceTable::try_new(url, ScanSpec::playlists(BadInput::Fail)).unwrap();
    context.register_table("raw_playlists", Arc::new(playlists)).unwrap();
    for third in 0..3 {
        let sql = format!(
            "SELECT pid, track['pos'] AS pos, track['track_uri'] AS track_uri, track['artist_name'] AS artist_name \
             FROM (SELECT pid, unnest(tracks) AS track FROM raw_playlists) WHERE track['pos'] % 3 = {third}"
        );
        let (state, plan) = context.sql(&sql).await.unwrap().into_parts();
        let schema = Arc::new(plan.schema().as_arrow().clone());
        let target: Arc<dyn TableProvider> = Arc::new(LakeTable::target(lake, "entries", schema));
        let insert = LogicalPlanBuilder::insert_into(plan, "entries", provider_as_source(target), InsertOp::Append);
        DataFrame::new(state, insert.unwrap().build().unwrap()).collect().await.unwrap();
    }
}
