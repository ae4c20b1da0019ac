//! The contract of the shared session: what it registers survives the trip to a real executor process.
//!
//! Every function is called on columns of a stored table, so that it runs on an executor and is not folded into a
//! constant on the way. The arguments are found by trying candidates on single-node DataFusion, whose answer the
//! cluster's must equal.

use std::{collections::BTreeSet, sync::Arc};

use arrow::{
    array::{
        ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
        TimestampMicrosecondArray,
    },
    datatypes::Int64Type,
};
use datafusion::{
    datasource::{TableProvider, provider_as_source},
    execution::FunctionRegistry,
    logical_expr::{LogicalPlanBuilder, dml::InsertOp},
    prelude::{DataFrame, SessionContext},
};
use lake::{Lake, WriteMode};
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

/// Arguments to try, in this order; the columns are those of [`write_columns`].
const ARGUMENTS: [&str; 34] = [
    "i",
    "f",
    "s",
    "b",
    "l",
    "t",
    "s, s",
    "i, i",
    "f, f",
    "s, i",
    "l, i",
    "i, l",
    "l, l",
    "s, s, s",
    "s, i, i",
    "s, i, s",
    "l, i, i",
    "i, i, i",
    "'day', t",
    "t, '%Y'",
    "s, '%Y'",
    "s, 'a'",
    "s, '[a-z]'",
    "s, '[a-z]', 'x'",
    "s, 'sha256'",
    "s, 'hex'",
    "b, i",
    "i, s",
    "l, s",
    "f, 0.5",
    "i, 2",
    "INTERVAL '1 day', t, t",
    "CAST(s AS BYTEA)",
    "s, f",
];

/// Functions left out: their answer is not the same twice, or is about the scan's files and not about values.
const LEFT_OUT: [&str; 11] = [
    "rand",
    "random",
    "uuid",
    "now",
    "current_timestamp",
    "current_date",
    "current_time",
    "today",
    "version",
    "file_row_index",
    "input_file_name",
];

/// Beginning of the names of Trino's functions, which travel in a test of their own and with Athena's clients.
const OF_TRINO: &str = "trino$";

/// Share of the registered functions for which arguments must be found; the rest need literals or types of their own.
const COVERED_SHARE: f64 = 0.8;

#[tokio::test(flavor = "multi_thread")]
async fn every_function_runs_on_an_executor() {
    let place = TempDir::new().unwrap();
    let lake = open_lake(place.path()).await;
    write_columns(&lake).await;
    let single = on_single_node(&lake).await;
    let cluster = Cluster::builder().unwrap().executors(1).vcores(2).start().await.unwrap();
    let remote = on_cluster(&cluster, &lake).await;

    let scalars = calls(&single, single.udfs(), "{}").await;
    let aggregates = calls(&single, single.udafs(), "{}").await;
    let windows = calls(&single, single.udwfs(), "{} OVER (ORDER BY i)").await;
    for own in ["hash_bucket", "normalize_title", "cooccurrence"] {
        assert!(scalars.iter().chain(&aggregates).any(|call| call.starts_with(own)), "{own} is not covered");
    }
    let mut differing = Vec::new();
    for call in scalars.iter().chain(&aggregates).chain(&windows) {
        let sql = format!("SELECT {call} AS answer FROM columns");
        let expected = answer(&single, &sql).await.unwrap();
        match answer(&remote, &sql).await {
            Ok(found) if found == expected => {}
            Ok(found) => differing.push(format!("{call}: {found:?}, expected {expected:?}")),
            Err(error) => differing.push(format!("{call}: {error}")),
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_and_operator_runs_on_an_executor() {
    let place = TempDir::new().unwrap();
    make_slices(&place.path().join("raw"));
    let lake = open_lake(&place.path().join("lake")).await;
    let cluster = Cluster::builder().unwrap().executors(2).vcores(1).start().await.unwrap();
    let remote = on_cluster(&cluster, &lake).await;
    let single = on_single_node(&lake).await;
    let input = Url::from_directory_path(place.path().join("raw")).unwrap();
    for context in [&remote, &single] {
        let playlists = SliceTable::try_new(input.clone(), ScanSpec::playlists(BadInput::Fail)).unwrap();
        let rejects = SliceTable::try_new(input.clone(), ScanSpec::rejects()).unwrap();
        context.register_table("raw_playlists", Arc::new(playlists)).unwrap();
        context.register_table("raw_rejects", Arc::new(rejects)).unwrap();
    }
    let flatten =
        "SELECT pid, track['track_uri'] AS track_uri FROM (SELECT pid, unnest(tracks) AS track FROM raw_playlists)";
    let expected = answer(&single, flatten).await.unwrap();
    assert_eq!(answer(&remote, flatten).await.unwrap(), expected);
    assert_eq!(answer(&remote, "SELECT * FROM raw_rejects").await.unwrap(), Vec::<String>::new());
    assert!(expected.len() > 1_000);

    insert(&remote, &lake, flatten, InsertOp::Overwrite).await;
    let stored = answer(&remote, "SELECT pid, track_uri FROM flat").await.unwrap();
    assert_eq!(stored, expected);
    insert(&remote, &lake, flatten, InsertOp::Append).await;
    let counted = answer(&single, "SELECT count(*) FROM flat").await.unwrap();
    assert_eq!(counted, [format!("|{}|", 2 * expected.len())]);
}

async fn insert(context: &SessionContext, lake: &Lake, sql: &str, op: InsertOp) {
    let (state, plan) = context.sql(sql).await.unwrap().into_parts();
    let schema = Arc::new(plan.schema().as_arrow().clone());
    let target: Arc<dyn TableProvider> = Arc::new(LakeTable::target(lake, "flat", schema));
    let insert = LogicalPlanBuilder::insert_into(plan, "flat", provider_as_source(target), op).unwrap();
    DataFrame::new(state, insert.build().unwrap()).collect().await.unwrap();
}

async fn write_columns(lake: &Lake) {
    let lists = ListArray::from_iter_primitive::<Int64Type, _, _>([
        Some(vec![Some(1), Some(2)]),
        Some(vec![Some(2), None, Some(3)]),
        Some(vec![]),
        None,
    ]);
    let times = [Some(0), Some(1_500_000_000_000_000), None, Some(86_400_000_000)];
    let columns: [(&str, ArrayRef); 6] = [
        ("i", Arc::new(Int64Array::from(vec![Some(1), Some(2), None, Some(3)]))),
        ("f", Arc::new(Float64Array::from(vec![Some(0.25), None, Some(0.5), Some(0.75)]))),
        ("s", Arc::new(StringArray::from(vec![Some("a song"), Some("2017"), Some(""), None]))),
        ("b", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]))),
        ("l", Arc::new(lists)),
        ("t", Arc::new(TimestampMicrosecondArray::from(times.to_vec()))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = lake.table("columns").unwrap().writer(batch.schema(), WriteMode::Overwrite).await.unwrap();
    writer.write(batch).await.unwrap();
    writer.commit().await.unwrap();
}

/// A call of each function that works on a single node, and gives the same answer twice.
async fn calls(context: &SessionContext, names: impl IntoIterator<Item = String>, form: &str) -> Vec<String> {
    let is_asked = |name: &String| !LEFT_OUT.contains(&name.as_str()) && !name.starts_with(OF_TRINO);
    let names: BTreeSet<String> = names.into_iter().filter(is_asked).collect();
    let mut calls = Vec::new();
    for name in &names {
        for arguments in std::iter::once("").chain(ARGUMENTS) {
            let call = form.replace("{}", &format!("{name}({arguments})"));
            if answer(context, &format!("SELECT {call} AS answer FROM columns")).await.is_ok() {
                calls.push(call);
                break;
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred functions")]
    let share = calls.len() as f64 / names.len() as f64;
    let found: BTreeSet<&str> = calls.iter().filter_map(|call| call.split('(').next()).collect();
    let missing: Vec<&String> = names.iter().filter(|name| !found.contains(name.as_str())).collect();
    assert!(share >= COVERED_SHARE, "arguments were found for {share:.2} of the functions only, not for {missing:?}");
    calls
}

async fn answer(context: &SessionContext, sql: &str) -> datafusion::error::Result<Vec<String>> {
    Ok(lines(&context.sql(sql).await?.collect().await?))
}
