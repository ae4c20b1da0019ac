//! Sessions: a client's on a cluster of processes, and single-node DataFusion's on the same data.

use std::sync::Arc;

use arrow::{array::RecordBatch, util::pretty::pretty_format_batches};
use cluster::{Cluster, ClusterAddress, connect};
use datafusion::prelude::SessionContext;
use lake::{Lake, ObjectStores};
use udfs::{
    lake_table::LakeSchemaProvider,
    session::{EngineOptions, runtime_env, session_config, session_state},
};

/// A client of the scheduler, with the lake's tables.
pub(crate) async fn on_cluster(scheduler: &testkit::process::Cluster, lake: &Lake) -> SessionContext {
    let engine = EngineOptions { target_partitions: 4, ..EngineOptions::default() };
    let stores = stores_of(lake);
    let address = ClusterAddress::Remote { url: format!("df://{}", scheduler.scheduler().grpc()), tls: None };
    let cluster = Cluster::open(&address, &engine, Arc::clone(&stores)).await.unwrap();
    let context = connect(&cluster, &engine, stores).await.unwrap();
    with_lake(context, lake).await
}

/// Single-node DataFusion with the same functions and the same tables.
pub(crate) async fn on_single_node(lake: &Lake) -> SessionContext {
    let runtime = runtime_env(stores_of(lake), None).unwrap();
    let options = EngineOptions { target_partitions: 1, ..EngineOptions::default() };
    let state = session_state(session_config(&options), runtime).unwrap();
    with_lake(SessionContext::new_with_state(state), lake).await
}

/// Clients that reach the lake as the test does, whatever the environment says.
fn stores_of(lake: &Lake) -> Arc<ObjectStores> {
    let stores = ObjectStores::from_env();
    stores.register(lake.url(), lake.object_store());
    Arc::new(stores)
}

async fn with_lake(context: SessionContext, lake: &Lake) -> SessionContext {
    let tables = LakeSchemaProvider::try_new(lake.clone()).await.unwrap();
    context.catalog("datafusion").unwrap().register_schema("public", Arc::new(tables)).unwrap();
    context
}

/// The rows as sorted lines without the header, so that order and partitioning do not matter.
pub(crate) fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let text = pretty_format_batches(batches).unwrap().to_string();
    let squeeze = |line: &str| line.split('|').map(str::trim).collect::<Vec<_>>().join("|");
    let mut lines: Vec<String> = text.lines().filter(|line| line.starts_with("| ")).skip(1).map(squeeze).collect();
    lines.sort();
    lines
}
