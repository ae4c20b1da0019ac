//! Lets the scan of raw slices yield tracks instead of playlists where the query unnests them right away.
//!
//! The scan has the tracks of a batch one after the other anyway. Yielding them as rows saves what `UnnestExec` does to
//! get there: it copies every value of every column once more.
//!
//! Invariant: the query's result and the names and types of its columns do not change.

use std::sync::Arc;

use datafusion::{
    common::{
        Column, NullHandling, TableReference,
        tree_node::{Transformed, TreeNode},
    },
    error::Result,
    logical_expr::{Expr, Filter, LogicalPlan, Projection, Unnest},
    optimizer::{OptimizerConfig, OptimizerRule},
};

use super::slice_scan::{slice_table, with_spec};
use crate::scan::{Content, ScanSpec, TRACKS};

/// Optimizer rule that moves an `unnest` of the tracks into the scan.
#[derive(Debug, Default)]
pub struct FuseUnnest;

impl OptimizerRule for FuseUnnest {
    fn name(&self) -> &'static str {
        "fuse_unnest"
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        plan.transform_up(|node| {
            let LogicalPlan::Unnest(unnest) = &node else { return Ok(Transformed::no(node)) };
            Ok(match fuse(unnest)? {
                Some(fused) => Transformed::yes(fused),
                None => Transformed::no(node),
            })
        })
    }
}

/// A scan of tracks with a projection that names the columns as `unnest` does, if nothing but a choice of playlists
/// stands between them.
fn fuse(unnest: &Unnest) -> Result<Option<LogicalPlan>> {
    let [(list, column)] = &unnest.list_type_columns[..] else { return Ok(None) };
    let expands_empty = unnest.options.null_handling == NullHandling::PreserveAndExpandEmpty;
    if column.depth != 1 || expands_empty || !unnest.struct_type_columns.is_empty() {
        return Ok(None);
    }
    let (plan, columns) = match unnest.input.as_ref() {
        LogicalPlan::Projection(projection) => (projection.input.as_ref(), plain_columns(&projection.expr)),
        scan => (scan, Some(scan.schema().columns())),
    };
    let (predicate, plan) = match plan {
        // Asked of each track instead of each playlist, it says the same.
        LogicalPlan::Filter(filter) if is_about_playlists(&filter.predicate) => {
            (Some(filter.predicate.clone()), filter.input.as_ref())
        }
        scan => (None, scan),
    };
    let (LogicalPlan::TableScan(scan), Some(columns)) = (plan, columns) else { return Ok(None) };
    let Some(table) = slice_table(scan) else { return Ok(None) };
    let tracks = columns.iter().filter(|column| column.name == TRACKS).count();
    let reads_playlists = table.spec().content == Content::Playlists;
    // A limit on playlists is none on tracks.
    if !reads_playlists || tracks != 1 || columns[*list].name != TRACKS || scan.fetch.is_some() {
        return Ok(None);
    }
    let spec = ScanSpec { content: Content::Tracks, ..table.spec().clone() };
    let scan = with_spec(scan.clone(), &table, spec)?;
    let input = match predicate {
        Some(predicate) => LogicalPlan::Filter(Filter::try_new(predicate, Arc::new(scan))?),
        None => scan,
    };
    let named: Vec<Expr> = unnest
        .schema
        .iter()
        .zip(&unnest.dependency_indices)
        .map(|((qualifier, field), index)| renamed(&columns[*index], qualifier, field.name()))
        .collect();
    Ok(Some(LogicalPlan::Projection(Projection::try_new(named, Arc::new(input))?)))
}

fn is_about_playlists(predicate: &Expr) -> bool {
    !predicate.is_volatile() && predicate.column_refs().iter().all(|column| column.name != TRACKS)
}

/// The columns that expressions stand for, if they compute nothing.
fn plain_columns(expressions: &[Expr]) -> Option<Vec<Column>> {
    expressions
        .iter()
        .map(|expression| match expression.clone().unalias_nested().data {
            Expr::Column(column) => Some(column),
            _ => None,
        })
        .collect()
}

fn renamed(column: &Column, qualifier: Option<&TableReference>, name: &str) -> Expr {
    let expression = Expr::Column(column.clone());
    if column.relation.as_ref() == qualifier && column.name == name {
        return expression;
    }
    expression.alias_qualified(qualifier.cloned(), name)
}
