//! Scans only those fields of the tracks that the query reads.
//!
//! DataFusion prunes whole columns; through an `unnest` it cannot see that only `track_uri` of a list of structs is
//! read. This rule finds what is read of the column `tracks` and narrows the scan's `tracks` to those fields.
//!
//! Invariant: the query's result and its output schema do not change.

use std::collections::BTreeSet;

use datafusion::{
    common::tree_node::{Transformed, TreeNode},
    error::Result,
    logical_expr::LogicalPlan,
    optimizer::{OptimizerConfig, OptimizerRule},
};

use super::{
    fields_read::fields_read,
    slice_scan::{slice_table, with_spec},
};
use crate::scan::{Content, ScanSpec, SliceTable, TRACKS};

/// Optimizer rule that narrows the tracks of raw scans.
#[derive(Debug, Default)]
pub struct NarrowTracks;

impl OptimizerRule for NarrowTracks {
    fn name(&self) -> &'static str {
        "narrow_tracks"
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match fields_read(&plan, tracks_of_scan)? {
            Some(fields) => plan.transform_up(|node| narrow(node, &fields)),
            None => Ok(Transformed::no(plan)),
        }
    }
}

/// The table of a scan of raw playlists that reads the tracks.
fn raw_playlists(plan: &LogicalPlan) -> Option<SliceTable> {
    let LogicalPlan::TableScan(scan) = plan else { return None };
    let reads_tracks = scan.projected_schema.has_column_with_unqualified_name(TRACKS);
    slice_table(scan).filter(|table| reads_tracks && table.spec().content == Content::Playlists)
}

/// Which column of a scan of raw playlists has the tracks.
fn tracks_of_scan(plan: &LogicalPlan) -> Option<usize> {
    raw_playlists(plan)?;
    plan.schema().index_of_column_by_name(None, TRACKS)
}

fn narrow(plan: LogicalPlan, fields: &BTreeSet<String>) -> Result<Transformed<LogicalPlan>> {
    let Some(table) = raw_playlists(&plan) else {
        // Types changed below: the schemas above follow.
        return if plan.inputs().is_empty() {
            Ok(Transformed::no(plan))
        } else {
            plan.recompute_schema().map(Transformed::yes)
        };
    };
    if table.spec().track_fields.as_ref() == Some(fields) {
        return Ok(Transformed::no(plan));
    }
    let LogicalPlan::TableScan(scan) = plan else { return Ok(Transformed::no(plan)) };
    let spec = ScanSpec { track_fields: Some(fields.clone()), ..table.spec().clone() };
    with_spec(scan, &table, spec).map(Transformed::yes)
}
