//! The same SQL on single-node DataFusion: every table must be equal, row for row.

use std::sync::Arc;

use arrow::{array::RecordBatch, util::pretty::pretty_format_batches};
use datafusion::{datasource::MemTable, prelude::SessionContext};
use lake::ObjectStores;
use pipeline::Step;
use udfs::{
    scan::{BadInput, ScanSpec, SliceTable},
    session::{EngineOptions, runtime_env, session_config, session_state},
};
use url::Url;

/// Single-node DataFusion over the same slices; what it computes is kept in memory.
pub(crate) struct Oracle {
    context: SessionContext,
}

impl Oracle {
    pub(crate) fn new(input: &Url) -> Self {
        let runtime = runtime_env(Arc::new(ObjectStores::from_env()), None).unwrap();
        let options = EngineOptions { target_partitions: 1, adaptive: false };
        let context = SessionContext::new_with_state(session_state(session_config(&options), runtime).unwrap());
        let raw = SliceTable::try_new(input.clone(), ScanSpec::playlists(BadInput::Quarantine)).unwrap();
        let rejects = SliceTable::try_new(input.clone(), ScanSpec::rejects()).unwrap();
        context.register_table(pipeline::RAW_PLAYLISTS, Arc::new(raw)).unwrap();
        context.register_table(pipeline::RAW_REJECTS, Arc::new(rejects)).unwrap();
        Self { context }
    }

    /// Computes the table of a step and keeps it for the steps behind it.
    pub(crate) async fn compute(&self, step: Step) -> Vec<RecordBatch> {
        let frame = self.context.sql(step.sql().unwrap()).await.unwrap();
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = frame.collect().await.unwrap();
        let schema = batches.first().map_or(schema, RecordBatch::schema);
        let table = MemTable::try_new(schema, vec![batches.clone()]).unwrap();
        self.context.register_table(step.name(), Arc::new(table)).unwrap();
        batches
    }
}

/// The rows as sorted lines, floating point to nine digits, so that order and partitioning do not matter.
pub(crate) fn lines(batches: &[RecordBatch]) -> Vec<String> {
    let text = pretty_format_batches(batches).unwrap().to_string();
    let mut lines: Vec<String> = text.lines().filter(|line| line.starts_with("| ")).map(squeeze).collect();
    lines.sort();
    lines
}

fn squeeze(line: &str) -> String {
    line.split('|').map(str::trim).collect::<Vec<_>>().join("|")
}
