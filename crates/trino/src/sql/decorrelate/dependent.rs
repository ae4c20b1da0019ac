//! Pushes the rows that a subquery is computed for down to where it refers to them.
//!
//! Each function here makes of a plan one with the columns of the base besides its own, whose rows are those of the plan
//! for each row of the base. Where the plan does not refer to the base this is their product, and everything above keeps
//! the rows of the base apart: aggregations group by them, windows and limits are taken within them.

use datafusion::{
    common::{DFSchema, JoinType},
    logical_expr::{Distinct, Expr, LogicalPlan, LogicalPlanBuilder, Unnest, expr_rewriter::NamePreserver},
};

use super::reference::{Base, columns_of};
use crate::sql::{
    SqlResult,
    error::{At, Place, refuse},
    planner::Planner,
};

pub(super) type Engine<T> = datafusion::error::Result<T>;

/// Whether a plan computes row by row what it refers to, so that it can be put upon the rows around as they are.
pub(super) fn goes_row_by_row(plan: &LogicalPlan, outer: &DFSchema) -> bool {
    let refers = |plan: &LogicalPlan| !columns_of(plan, outer).is_empty();
    if !refers(plan) {
        return true;
    }
    match plan {
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Unnest(_) => plan.inputs().into_iter().all(|input| goes_row_by_row(input, outer)),
        LogicalPlan::Join(join) => {
            let (left, right) = (join.left.as_ref(), join.right.as_ref());
            join.join_type == JoinType::Inner
                && !(refers(left) && refers(right))
                && goes_row_by_row(left, outer)
                && goes_row_by_row(right, outer)
        }
        LogicalPlan::Values(values) => values.values.len() == 1,
        _ => false,
    }
}

/// Whether a plan computes one row from no table.
pub(super) fn yields_exactly_one(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(inner) => yields_exactly_one(&inner.input),
        LogicalPlan::SubqueryAlias(inner) => yields_exactly_one(&inner.input),
        LogicalPlan::EmptyRelation(empty) => empty.produce_one_row,
        LogicalPlan::Values(values) => values.values.len() == 1,
        _ => false,
    }
}

pub(super) fn columns(plan: &LogicalPlan) -> Vec<Expr> {
    plan.schema().columns().into_iter().map(Expr::Column).collect()
}

/// The columns of a plan under their names, and those of the base.
pub(super) fn with_base(plan: &LogicalPlan, base: &Base) -> Vec<Expr> {
    columns(plan).into_iter().chain(base.columns()).collect()
}

impl Planner<'_> {
    /// The columns of `left`, and beside them those of `right`, which goes row by row.
    pub(super) fn row_by_row(&self, left: &LogicalPlan, right: &LogicalPlan, at: Place) -> SqlResult<LogicalPlan> {
        let base = self.renamed(left, left.schema().columns()).at(at)?;
        let pushed = self.pushed(right, &base, at)?;
        let own = base
            .of
            .iter()
            .map(|(outer, own)| Expr::Column(own.clone()).alias_qualified(outer.relation.clone(), outer.name.clone()));
        let all: Vec<_> = own.chain(columns(right)).collect();
        LogicalPlanBuilder::from(pushed).project(all).and_then(LogicalPlanBuilder::build).at(at)
    }

    /// A plan for each row of the base.
    pub(super) fn pushed(&self, plan: &LogicalPlan, base: &Base, at: Place) -> SqlResult<LogicalPlan> {
        if !base.is_referred_to_by(plan) {
            if matches!(plan, LogicalPlan::EmptyRelation(empty) if empty.produce_one_row) {
                return Ok(base.plan.clone());
            }
            let product = LogicalPlanBuilder::from(plan.clone()).cross_join(base.plan.clone());
            return product.and_then(LogicalPlanBuilder::build).at(at);
        }
        match plan {
            LogicalPlan::Projection(projection) => {
                let input = self.pushed(&projection.input, base, at)?;
                let exprs = resolved(&projection.expr, base).at(at)?.into_iter().chain(base.columns());
                LogicalPlanBuilder::from(input).project(exprs.collect::<Vec<_>>())
            }
            LogicalPlan::Filter(filter) => {
                let input = self.pushed(&filter.input, base, at)?;
                LogicalPlanBuilder::from(input).filter(base.resolved(filter.predicate.clone()).at(at)?)
            }
            LogicalPlan::SubqueryAlias(alias) => {
                let input = self.pushed(&alias.input, base, at)?;
                let renamed = columns(&alias.input).into_iter().map(|column| {
                    let name = column.qualified_name().1;
                    column.alias_qualified(Some(alias.alias.clone()), name)
                });
                LogicalPlanBuilder::from(input).project(renamed.chain(base.columns()).collect::<Vec<_>>())
            }
            // The order of a subquery's rows is lost on the way around it.
            LogicalPlan::Sort(sort) if sort.fetch.is_none() => return self.pushed(&sort.input, base, at),
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let pushed = self.pushed(input, base, at)?;
                let all = with_base(input, base);
                LogicalPlanBuilder::from(pushed).project(all).and_then(LogicalPlanBuilder::distinct)
            }
            LogicalPlan::Unnest(Unnest { input, exec_columns, options, .. }) => {
                let input = self.pushed(input, base, at)?;
                LogicalPlanBuilder::from(input).unnest_columns_with_options(exec_columns.clone(), options.clone())
            }
            LogicalPlan::Aggregate(aggregate) => return self.pushed_aggregate(aggregate, base, at),
            LogicalPlan::Limit(limit) => return self.pushed_limit(limit, base, at),
            LogicalPlan::Join(join) => return self.pushed_join(join, base, at),
            LogicalPlan::Union(union) => return self.pushed_union(union, base, at),
            LogicalPlan::Window(window) => return self.pushed_window(window, base, at),
            LogicalPlan::Values(values) => return self.pushed_values(values, base, at),
            other => return refuse(at, format!("{} in a subquery for each row", other.display())),
        }
        .and_then(LogicalPlanBuilder::build)
        .at(at)
    }
}

/// Expressions under their names, with columns of the base instead of references.
pub(super) fn resolved(exprs: &[Expr], base: &Base) -> Engine<Vec<Expr>> {
    let names = NamePreserver::new_for_projection();
    exprs
        .iter()
        .map(|expr| {
            let name = names.save(expr);
            Ok(name.restore(base.resolved(expr.clone())?))
        })
        .collect()
}

pub(super) fn resolved_in_place(exprs: &[Expr], base: &Base) -> Engine<Vec<Expr>> {
    exprs.iter().map(|expr| base.resolved(expr.clone())).collect()
}
