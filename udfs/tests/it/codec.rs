//! Plans and tables travel: what arrives is what was sent, and does the same.

use std::{any::Any, sync::Arc};

use datafusion::{
    catalog::TableProvider,
    common::TableReference,
    dataframe::DataFrame,
    datasource::provider_as_source,
    error::Result,
    logical_expr::{LogicalPlan, LogicalPlanBuilder, dml::InsertOp},
    physical_plan::{ExecutionPlan, collect, displayable, empty::EmptyExec},
    prelude::SessionContext,
};
use datafusion_proto::{
    bytes::{
        logical_plan_from_bytes_with_extension_codec, logical_plan_to_bytes_with_extension_codec,
        physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
    },
    logical_plan::LogicalExtensionCodec,
    physical_plan::{DefaultPhysicalProtoConverter, PhysicalExtensionCodec},
};
use udfs::{
    codec::{SegueLogicalCodec, SeguePhysicalCodec},
    lake_table::LakeTable,
    scan::{BadInput, ScanSpec, SliceTable},
};
use url::Url;

use crate::fixture::{Slices, TestLake, lines, playlist, rows, slice};

const QUERIES: [&str; 7] = [
    "SELECT * FROM raw",
    "SELECT num_edits, name, pid FROM raw",
    "SELECT count(*) FROM raw",
    "SELECT pid, track['track_uri'] FROM (SELECT pid, unnest(tracks) AS track FROM raw) WHERE track['pos'] = 0",
    "SELECT pid FROM raw LIMIT 1",
    "SELECT reason, json_path FROM rejects",
    "SELECT normalize_title(n['item']), n['lift'] FROM \
     (SELECT unnest(cooccurrence(hash_bucket(pid, 1), name, 5, 1)) AS n FROM raw)",
];

#[tokio::test]
async fn scans_do_the_same_after_the_journey() {
    let slices = slices();
    let context = slices.session(BadInput::Quarantine);
    for sql in QUERIES {
        let sent = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let arrived = travel(&sent, &context).unwrap();
        assert_eq!(shown(&arrived), shown(&sent), "{sql}");
        assert_eq!(arrived.schema(), sent.schema(), "{sql}");
        assert_eq!(run(&arrived, &context).await, run(&sent, &context).await, "{sql}");
    }
}

#[tokio::test]
async fn logical_plans_do_the_same_after_the_journey() {
    let slices = slices();
    let context = slices.session(BadInput::Quarantine);
    for sql in QUERIES {
        let (state, plan) = context.sql(sql).await.unwrap().into_parts();
        for sent in [plan.clone(), state.optimize(&plan).unwrap()] {
            let arrived = travel_logically(&sent, &context).unwrap();
            // A scan's own fetch does not travel; the limit above it does.
            let expected = sent.display_indent().to_string().replace("[pid], fetch=1", "[pid]");
            assert_eq!(arrived.display_indent().to_string(), expected, "{sql}");
            let frame = DataFrame::new(state.clone(), arrived);
            assert_eq!(lines(&frame.collect().await.unwrap()), rows(&context, sql).await, "{sql}");
        }
    }
}

#[tokio::test]
async fn a_write_commits_once_on_both_sides_of_the_journey() {
    let place = TestLake::new().await;
    let context = place.session(2).await;
    let (state, query) = context.sql("SELECT 1 AS value").await.unwrap().into_parts();
    let target = LakeTable::target(&place.lake, "t", Arc::new(query.schema().as_arrow().clone()));
    let source = provider_as_source(Arc::new(target));
    let insert = LogicalPlanBuilder::insert_into(query, "t", source, InsertOp::Append).unwrap().build().unwrap();
    let insert = travel_logically(&insert, &context).unwrap();
    let sent = DataFrame::new(state, insert).create_physical_plan().await.unwrap();
    let arrived = travel(&sent, &context).unwrap();
    assert_eq!(shown(&arrived), shown(&sent));
    assert_eq!(run(&sent, &context).await, ["1"]);
    assert_eq!(run(&arrived, &context).await, ["1"]);
    assert_eq!(place.lake.table("t").unwrap().latest_version().await.unwrap(), Some(1));

    let read = context.sql("SELECT value FROM t").await.unwrap().create_physical_plan().await.unwrap();
    assert_eq!(run(&travel(&read, &context).unwrap(), &context).await, ["1"]);
}

#[tokio::test]
async fn tables_keep_what_they_are() {
    let place = TestLake::new().await;
    let context = place.session(1).await;
    let url = Url::parse("s3://bucket/raw%20data/").unwrap();
    let fields = Some(["pos".to_owned(), "track_uri".to_owned()].into());
    let narrowed = ScanSpec { track_fields: fields, ..ScanSpec::playlists(BadInput::Quarantine) };
    for spec in [ScanSpec::playlists(BadInput::Fail), narrowed, ScanSpec::rejects()] {
        let sent = Arc::new(SliceTable::try_new(url.clone(), spec).unwrap());
        let arrived = travel_as_table(Arc::clone(&sent) as _, &context);
        let arrived = (arrived.as_ref() as &dyn Any).downcast_ref::<SliceTable>().unwrap();
        assert_eq!((arrived.url(), arrived.spec(), arrived.schema()), (sent.url(), sent.spec(), sent.schema()));
    }
    let schema = ScanSpec::rejects().schema().unwrap();
    let written = place.lake.table("t").unwrap().writer(Arc::clone(&schema), lake::WriteMode::Overwrite).await.unwrap();
    let snapshot = written.commit().await.unwrap();
    for sent in [LakeTable::target(&place.lake, "t", schema), LakeTable::of_snapshot(&snapshot)] {
        let arrived = travel_as_table(Arc::new(sent.clone()), &context);
        let arrived = (arrived.as_ref() as &dyn Any).downcast_ref::<LakeTable>().unwrap();
        assert_eq!((arrived.lake_url(), arrived.name(), arrived.version()), (sent.lake_url(), "t", sent.version()));
        assert_eq!(arrived.schema(), sent.schema());
    }
}

#[test]
fn foreign_bytes_are_refused() {
    let versions = "cannot decode a node, as scheduler, executors and client are of different versions";
    check_refused(b"SEGUE/3\n{\"node_of_tomorrow\":{}}", 0, versions);
    check_refused(b"SEGUE/3\n", 0, versions);
    check_refused(b"SEGUE/3\n{\"slice_scan\":{}}", 0, versions);
    check_refused(b"SEGUE/1\n{}", 0, versions);
    check_refused(b"SEQUEL/1\n{}", 0, "BallistaPhysicalPlanNode");
    check_refused(b"\xff\xff\xff", 0, "BallistaPhysicalPlanNode");
    check_refused(b"", 0, "BallistaPhysicalPlanNode");
    let write =
        b"SEGUE/3\n{\"parquet_write\":{\"destination\":{\"folder\":{\"url\":\"file:///x\"}},\"write_id\":\"w\"}}";
    check_refused(write, 0, "a node came with 0 inputs");
    check_refused(write, 2, "a node came with 2 inputs");
}

#[test]
fn foreign_tables_are_refused() {
    let context = crate::fixture::session(1);
    let schema = ScanSpec::rejects().schema().unwrap();
    for (bytes, expected) in [
        (b"SEGUE/3\n{\"table_of_tomorrow\":{}}".as_slice(), "of different versions"),
        (
            b"SEGUE/3\n{\"lake\":{\"lake_url\":\"no url\",\"name\":\"t\",\"version\":1}}".as_slice(),
            "relative URL without a base",
        ),
    ] {
        let codec = SegueLogicalCodec::default();
        let table = TableReference::bare("t");
        let refused = codec.try_decode_table_provider(bytes, &table, Arc::clone(&schema), &context.task_ctx());
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

#[track_caller]
fn check_refused(bytes: &[u8], inputs: usize, expected: &str) {
    let schema = ScanSpec::rejects().schema().unwrap();
    let input: Arc<dyn ExecutionPlan> = Arc::new(EmptyExec::new(schema));
    let inputs = vec![input; inputs];
    let context = crate::fixture::session(1).task_ctx();
    let converter = DefaultPhysicalProtoConverter {};
    let refused = SeguePhysicalCodec::default().try_decode(bytes, &inputs, &context, &converter).unwrap_err();
    assert!(refused.to_string().contains(expected), "{refused}");
}

fn slices() -> Slices {
    let slices = Slices::new();
    slices.write("mpd.slice.0-1.json", slice(&[playlist(0), playlist(1)]));
    slices.write("mpd.slice.2-3.json", slice(&[playlist(2), "{}".to_owned()]));
    slices
}

pub(crate) fn travel(plan: &Arc<dyn ExecutionPlan>, context: &SessionContext) -> Result<Arc<dyn ExecutionPlan>> {
    let codec = SeguePhysicalCodec::default();
    let bytes = physical_plan_to_bytes_with_extension_codec(Arc::clone(plan), &codec)?;
    physical_plan_from_bytes_with_extension_codec(&bytes, &context.task_ctx(), &codec)
}

pub(crate) fn travel_logically(plan: &LogicalPlan, context: &SessionContext) -> Result<LogicalPlan> {
    let codec = SegueLogicalCodec::default();
    let bytes = logical_plan_to_bytes_with_extension_codec(plan, &codec)?;
    logical_plan_from_bytes_with_extension_codec(&bytes, &context.task_ctx(), &codec)
}

fn travel_as_table(table: Arc<dyn TableProvider>, context: &SessionContext) -> Arc<dyn TableProvider> {
    let codec = SegueLogicalCodec::default();
    let name = TableReference::bare("t");
    let schema = table.schema();
    let mut bytes = Vec::new();
    codec.try_encode_table_provider(&name, table, &mut bytes).unwrap();
    codec.try_decode_table_provider(&bytes, &name, schema, &context.task_ctx()).unwrap()
}

fn shown(plan: &Arc<dyn ExecutionPlan>) -> String {
    displayable(plan.as_ref()).indent(true).to_string()
}

async fn run(plan: &Arc<dyn ExecutionPlan>, context: &SessionContext) -> Vec<String> {
    lines(&collect(Arc::clone(plan), context.task_ctx()).await.unwrap())
}
