//! Scans only those fields of the tracks that the query reads.
//!
//! DataFusion prunes whole columns; through an `unnest` it cannot see that only `track_uri` of a list of structs is
//! read. This rule follows the column `tracks` upwards through projections, filters and unnests, notes every
//! `get_field` on it, and narrows the scan's `tracks` to those fields. Any other use keeps all fields.
//!
//! Invariant: the query's result and its output schema do not change.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::{
    common::{
        Column, DFSchema, ScalarValue,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{Expr, LogicalPlan, TableScan, Unnest},
    optimizer::{OptimizerConfig, OptimizerRule},
};

use super::slice_scan::{slice_table, with_spec};
use crate::scan::{Content, ScanSpec, SliceTable, TRACKS};

/// Optimizer rule that narrows the tracks of raw scans.
#[derive(Debug, Default)]
pub struct NarrowTracks;

impl OptimizerRule for NarrowTracks {
    fn name(&self) -> &'static str {
        "narrow_tracks"
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        if !plan.exists(|node| Ok(raw_playlists(node).is_some()))? {
            return Ok(Transformed::no(plan));
        }
        let mut usage = Usage::default();
        let carried = usage.follow(&plan)?;
        if usage.all || carried.contains(&true) || has_subquery(&plan)? {
            return Ok(Transformed::no(plan));
        }
        plan.transform_up(|node| narrow(node, &usage.fields))
    }
}

/// The table of a scan of raw playlists that reads the tracks.
fn raw_playlists(plan: &LogicalPlan) -> Option<SliceTable> {
    let LogicalPlan::TableScan(scan) = plan else { return None };
    let reads_tracks = scan.projected_schema.has_column_with_unqualified_name(TRACKS);
    slice_table(scan).filter(|table| reads_tracks && table.spec().content == Content::Playlists)
}

fn has_subquery(plan: &LogicalPlan) -> Result<bool> {
    plan.exists(|node| {
        let mut found = false;
        node.apply_expressions(|expr| {
            found |= expr
                .exists(|expr| Ok(matches!(expr, Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_))))?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(found)
    })
}

/// What the query reads of the tracks.
#[derive(Default)]
struct Usage {
    fields: BTreeSet<String>,
    all: bool,
}

impl Usage {
    /// Notes the uses in `plan` and below; says which output columns still carry tracks, whole or one by one.
    fn follow(&mut self, plan: &LogicalPlan) -> Result<Vec<bool>> {
        let mut inputs = Vec::new();
        for input in plan.inputs() {
            inputs.push(self.follow(input)?);
        }
        match (plan, inputs.as_slice()) {
            (LogicalPlan::TableScan(scan), _) => Ok(Self::follow_scan(plan, scan)),
            (LogicalPlan::Projection(projection), [carried]) => {
                let schema = projection.input.schema();
                Ok(projection.expr.iter().map(|expr| self.follow_expr(expr, schema, carried)).collect())
            }
            (LogicalPlan::Unnest(unnest), [carried]) => Ok(self.follow_unnest(unnest, carried)),
            (LogicalPlan::SubqueryAlias(_) | LogicalPlan::Limit(_), [carried]) => Ok(carried.clone()),
            (LogicalPlan::Filter(_) | LogicalPlan::Sort(_), [carried]) => {
                self.follow_uses(plan, carried)?;
                Ok(carried.clone())
            }
            (_, inputs) => {
                self.all |= inputs.iter().flatten().any(|carried| *carried);
                Ok(vec![false; plan.schema().fields().len()])
            }
        }
    }

    fn follow_scan(plan: &LogicalPlan, scan: &TableScan) -> Vec<bool> {
        let raw = raw_playlists(plan).is_some();
        scan.projected_schema.fields().iter().map(|field| raw && field.name() == TRACKS).collect()
    }

    fn follow_unnest(&mut self, unnest: &Unnest, carried: &[bool]) -> Vec<bool> {
        // Unnesting the struct itself spreads all its fields into columns.
        self.all |= unnest.struct_type_columns.iter().any(|index| carried[*index]);
        unnest.dependency_indices.iter().map(|index| carried[*index]).collect()
    }

    fn follow_uses(&mut self, plan: &LogicalPlan, carried: &[bool]) -> Result<()> {
        let schema = Arc::clone(plan.inputs()[0].schema());
        plan.apply_expressions(|expr| {
            if self.follow_expr(expr, &schema, carried) {
                self.all = true;
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(())
    }

    /// Notes the uses in an expression; says whether its value is a column that carries tracks.
    fn follow_expr(&mut self, expr: &Expr, schema: &DFSchema, carried: &[bool]) -> bool {
        let carries = |column: &Column| schema.index_of_column(column).is_ok_and(|index| carried[index]);
        match expr {
            Expr::Alias(alias) => return self.follow_expr(&alias.expr, schema, carried),
            Expr::Column(column) => return carries(column),
            Expr::ScalarFunction(call) if call.func.name() == "get_field" => {
                if let [subject, Expr::Literal(ScalarValue::Utf8(Some(field)), _), ..] = &call.args[..]
                    && let Expr::Column(column) = unaliased(subject)
                    && carries(column)
                {
                    self.fields.insert(field.clone());
                    return false;
                }
            }
            _ => {}
        }
        let walked = expr.apply_children(|child| {
            if self.follow_expr(child, schema, carried) {
                self.all = true;
            }
            Ok(TreeNodeRecursion::Continue)
        });
        self.all |= walked.is_err();
        false
    }
}

/// The expression under its names, which rules that merge projections leave inside of expressions.
fn unaliased(mut expr: &Expr) -> &Expr {
    while let Expr::Alias(alias) = expr {
        expr = &alias.expr;
    }
    expr
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
