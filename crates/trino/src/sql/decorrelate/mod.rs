//! Subqueries for each row as joins.
//!
//! ```text
//! rows ──────────────────────────┐
//!   └ distinct values that the   ├─ left join on these values ─ a column instead of the subquery
//!     subquery refers to (base) ─ subquery for all of them at once ┘
//! ```
//!
//! DataFusion makes joins of subqueries that compare a column of the rows around by `=` below their filters and stand in
//! a filter or, if they are aggregations, in a projection. These are left to it, as it needs no base. All others become
//! joins here, by the method of Neumann and Kemper (Unnesting Arbitrary Queries, BTW 2015): the subquery is computed for
//! each combination of the values that it refers to, which are pushed down to where they are referred to.

mod dependent;
mod grouped;
mod joined;
mod of_nothing;
mod reference;
mod subquery;

use datafusion::{
    common::{
        Column, JoinType,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::{DataFusionError, Result},
    logical_expr::{
        Expr, LogicalPlan, LogicalPlanBuilder, Subquery,
        expr_rewriter::NamePreserver,
        lit,
        utils::{conjunction, split_conjunction},
    },
};

use super::{
    SqlError, SqlResult,
    error::{At, NOWHERE, Place, error, refuse},
    planner::Planner,
};
use crate::ErrorName;
use reference::{equal_or_null, is_repeatable, refers_to};

/// Errors of the planner, carried through the engine's tree walks. [`At`] takes them out again.
fn carried(error: SqlError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

fn subquery_of(expr: &Expr) -> Option<&Subquery> {
    match expr {
        Expr::ScalarSubquery(subquery) => Some(subquery),
        Expr::Exists(exists) => Some(&exists.subquery),
        Expr::InSubquery(member) => Some(&member.subquery),
        _ => None,
    }
}

fn with_subquery(expr: Expr, plan: LogicalPlan) -> Expr {
    let renewed = |subquery: Subquery| Subquery {
        outer_ref_columns: plan.all_out_ref_exprs(),
        subquery: plan.clone().into(),
        ..subquery
    };
    match expr {
        Expr::ScalarSubquery(subquery) => Expr::ScalarSubquery(renewed(subquery)),
        Expr::Exists(mut exists) => {
            exists.subquery = renewed(exists.subquery);
            Expr::Exists(exists)
        }
        Expr::InSubquery(mut member) => {
            member.subquery = renewed(member.subquery);
            Expr::InSubquery(member)
        }
        other => other,
    }
}

/// Where a subquery stands in the text.
fn place_of(subquery: &Subquery) -> Place {
    let start = subquery.spans.first().map(|span| span.start);
    start.map_or(NOWHERE, |start| Place { line: start.line, column: start.column })
}

impl Planner<'_> {
    /// A plan whose subqueries for each row are all such that DataFusion can make joins of them.
    ///
    /// # Errors
    /// `NOT_SUPPORTED` with the place of a subquery that no join is made of.
    pub(super) fn decorrelated(&self, plan: LogicalPlan) -> SqlResult<LogicalPlan> {
        let done = plan.transform_up(|node| self.without_subqueries(node).map_err(carried));
        Ok(done.at(NOWHERE)?.data)
    }

    /// The same of the plan of a whole query, around which there is nothing to refer to.
    pub(super) fn decorrelated_query(&self, plan: LogicalPlan) -> SqlResult<LogicalPlan> {
        let plan = self.decorrelated(plan)?;
        let left = plan.all_out_ref_exprs().into_iter().next();
        let Some(Expr::OuterReferenceColumn(_, column)) = left else { return Ok(plan) };
        let message = format!("'{}' must be an aggregate expression or appear in GROUP BY clause", column.name);
        error(ErrorName::ExpressionNotAggregate, NOWHERE, message)
    }

    fn without_subqueries(&self, node: LogicalPlan) -> SqlResult<Transformed<LogicalPlan>> {
        let mut has_subquery = false;
        node.apply_expressions(|expr| {
            has_subquery |= expr.exists(|expr| Ok(subquery_of(expr).is_some()))?;
            Ok(TreeNodeRecursion::Continue)
        })
        .at(NOWHERE)?;
        if !has_subquery {
            return Ok(Transformed::no(node));
        }
        // What stands within first, so that references of subqueries go one level up only.
        let node = node.map_expressions(|expr| {
            expr.transform_up(|expr| match subquery_of(&expr) {
                Some(subquery) => {
                    let inner = self.decorrelated(subquery.subquery.as_ref().clone()).map_err(carried)?;
                    Ok(Transformed::yes(with_subquery(expr, inner)))
                }
                None => Ok(Transformed::no(expr)),
            })
        });
        let node = node.at(NOWHERE)?.data;
        let passes_on = match &node {
            LogicalPlan::Projection(_) | LogicalPlan::Aggregate(_) => false,
            LogicalPlan::Filter(_) | LogicalPlan::Window(_) => true,
            other => {
                self.refuse_in(other)?;
                return Ok(Transformed::yes(node));
            }
        };
        let visible = node.schema().columns();
        let joined = self.with_joins(&node)?;
        if !passes_on {
            return Ok(Transformed::yes(joined));
        }
        let columns = visible.into_iter().map(Expr::Column);
        let plan = LogicalPlanBuilder::from(joined).project(columns).and_then(LogicalPlanBuilder::build);
        Ok(Transformed::yes(plan.at(NOWHERE)?))
    }

    /// A node over its input, joined with the subqueries that are made joins of here.
    fn with_joins(&self, node: &LogicalPlan) -> SqlResult<LogicalPlan> {
        let node = &filtered_first(node).at(NOWHERE)?;
        let Some(input) = node.inputs().first().map(|input| (*input).clone()) else { return Ok(node.clone()) };
        let names = NamePreserver::new(node);
        let mut joined = input.clone();
        let exprs: Result<Vec<_>> = node
            .expressions()
            .into_iter()
            .map(|expr| {
                let name = names.save(&expr);
                let replaced = expr.transform_up(|expr| {
                    if subquery_of(&expr).is_none() || subquery::is_left_to_the_engine(&expr, node, &input) {
                        return Ok(Transformed::no(expr));
                    }
                    let (plan, column) = self.joined(&joined, &input, expr).map_err(carried)?;
                    joined = plan;
                    Ok(Transformed::yes(column))
                })?;
                Ok(name.restore(replaced.data))
            })
            .collect();
        let exprs = exprs.at(NOWHERE)?;
        node.with_new_exprs(exprs, vec![joined]).at(NOWHERE)
    }

    /// Refuses subqueries for each row where no join can be put below.
    fn refuse_in(&self, node: &LogicalPlan) -> SqlResult<()> {
        let mut found = None;
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                let subquery = subquery_of(expr).filter(|subquery| !subquery.outer_ref_columns.is_empty());
                found = found.take().or(subquery.map(place_of));
                Ok(TreeNodeRecursion::Continue)
            })
        })
        .at(NOWHERE)?;
        match found {
            Some(at) => refuse(at, "a subquery for each row in the condition of an outer join, ORDER BY or VALUES"),
            None => Ok(()),
        }
    }

    /// The rows of `left`, each with those that `right` has for it. `right` may refer to columns of `left`.
    pub(super) fn dependent_join(
        &self,
        left: LogicalPlan,
        right: LogicalPlan,
        kind: JoinType,
        condition: Option<Expr>,
        at: Place,
    ) -> SqlResult<LogicalPlan> {
        let right = self.decorrelated(right)?;
        let columns: Vec<_> = left.schema().columns().into_iter().chain(right.schema().columns()).collect();
        let columns: Vec<_> = columns.into_iter().map(Expr::Column).collect();
        if !refers_to(&right, left.schema()) {
            let plan = LogicalPlanBuilder::from(left);
            let plan = match condition {
                None if kind == JoinType::Inner => plan.cross_join(right),
                condition => plan.join_on(right, kind, [condition.unwrap_or_else(|| lit(true))]),
            };
            return plan.and_then(LogicalPlanBuilder::build).at(at);
        }
        let is_inner = kind == JoinType::Inner || condition.is_none() && dependent::yields_exactly_one(&right);
        let plan = if is_inner && dependent::goes_row_by_row(&right, left.schema()) {
            let plan = LogicalPlanBuilder::from(self.row_by_row(&left, &right, at)?);
            match condition {
                Some(condition) => plan.filter(condition),
                None => Ok(plan),
            }
        } else {
            let each = self.for_each(&left, &right, at)?;
            let keys = each.keys.iter().map(|(own, other)| equal_or_null(own, other));
            let conditions: Vec<_> = keys.chain(condition).collect();
            LogicalPlanBuilder::from(left).join_on(each.plan, kind, conditions)
        };
        plan.and_then(|plan| plan.project(columns)).and_then(LogicalPlanBuilder::build).at(at)
    }

    /// A subquery for all combinations of the values that it refers to, which stand beside its rows.
    fn for_each(&self, outer: &LogicalPlan, inner: &LogicalPlan, at: Place) -> SqlResult<Each> {
        let referred = reference::columns_of(inner, outer.schema());
        if referred.is_empty() {
            return Ok(Each { plan: inner.clone(), keys: Vec::new() });
        }
        if !is_repeatable(outer) {
            return refuse(
                at,
                "a subquery for each of some rows that may be others at a second look (LIMIT, windows, random values)",
            );
        }
        let base = self.base(outer, referred).at(at)?;
        let plan = self.pushed(inner, &base, at)?;
        Ok(Each { plan, keys: base.of })
    }
}

/// A filter whose conditions without subqueries are below it, so that subqueries are computed for fewer rows.
fn filtered_first(node: &LogicalPlan) -> Result<LogicalPlan> {
    let LogicalPlan::Filter(filter) = node else { return Ok(node.clone()) };
    let has_subquery = |expr: &Expr| expr.exists(|expr| Ok(subquery_of(expr).is_some()));
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for condition in split_conjunction(&filter.predicate) {
        let is_first = !condition.is_volatile() && !has_subquery(condition)?;
        if is_first { &mut first } else { &mut then }.push(condition.clone());
    }
    let (Some(first), Some(then)) = (conjunction(first), conjunction(then)) else { return Ok(node.clone()) };
    LogicalPlanBuilder::from(filter.input.as_ref().clone()).filter(first)?.filter(then)?.build()
}

/// A subquery with the values that it refers to.
struct Each {
    plan: LogicalPlan,
    /// The columns that are referred to, and where their values stand in the plan.
    keys: Vec<(Column, Column)>,
}
