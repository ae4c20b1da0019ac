//! Aggregations, limits and windows of a subquery, which keep the rows that it is computed for apart.

use datafusion::{
    common::{Column, JoinType},
    functions_window::expr_fn::row_number,
    logical_expr::{
        Aggregate, Expr, ExprFunctionExt, FetchType, Limit, LogicalPlan, LogicalPlanBuilder, SkipType, SortExpr,
        Window, lit, when,
    },
};

use super::{
    dependent::{Engine, columns, resolved, with_base},
    of_nothing::of_nothing,
    reference::{Base, equal_or_null},
};
use crate::sql::{
    SqlResult,
    error::{At, Place, refuse},
    planner::Planner,
};

impl Planner<'_> {
    pub(super) fn pushed_aggregate(&self, aggregate: &Aggregate, base: &Base, at: Place) -> SqlResult<LogicalPlan> {
        if aggregate.group_expr.iter().any(|expr| matches!(expr, Expr::GroupingSet(_))) {
            return refuse(at, "grouping sets in a subquery for each row");
        }
        let input = self.pushed(&aggregate.input, base, at)?;
        let groups: Vec<_> = resolved(&aggregate.group_expr, base).at(at)?.into_iter().chain(base.columns()).collect();
        let values = resolved(&aggregate.aggr_expr, base).at(at)?;
        let of_nothing = |value: &Expr| of_nothing(value, input.schema());
        let empty: Engine<Vec<_>> = values.iter().map(of_nothing).collect();
        let grouped = Aggregate::try_new(input.clone().into(), groups, values).at(at)?;
        let names: Vec<_> = grouped.schema.columns().split_off(grouped.group_expr.len());
        let grouped = LogicalPlan::Aggregate(grouped);
        if !aggregate.group_expr.is_empty() {
            return Ok(grouped);
        }
        // A group that has no rows is there too.
        let all = self.again(base).at(at)?;
        let mark = self.unique("found");
        let marked = columns(&grouped).into_iter().chain([lit(true).alias(&mark)]).collect::<Vec<_>>();
        let marked = LogicalPlanBuilder::from(grouped).project(marked).and_then(LogicalPlanBuilder::build).at(at)?;
        let keys = all.of.iter().zip(&base.of).map(|((_, all), (_, own))| equal_or_null(all, own));
        let joined =
            LogicalPlanBuilder::from(all.plan.clone()).join_on(marked, JoinType::Left, keys.collect::<Vec<_>>());
        let mark = Expr::Column(Column::new_unqualified(mark));
        let outputs: Engine<Vec<_>> = names
            .into_iter()
            .zip(empty.at(at)?)
            .map(|(column, empty)| {
                let name = column.name.clone();
                let value = Expr::Column(column);
                if empty.is_null() {
                    return Ok(value);
                }
                Ok(when(mark.clone().is_null(), lit(empty)).otherwise(value)?.alias(name))
            })
            .collect();
        let keys = all.of.iter().zip(&base.of).map(|((_, all), (_, own))| Expr::Column(all.clone()).alias(&own.name));
        let outputs: Vec<_> = outputs.at(at)?.into_iter().chain(keys).collect();
        joined.and_then(|plan| plan.project(outputs)).and_then(LogicalPlanBuilder::build).at(at)
    }

    /// The first rows of each group of those of one row of the base.
    pub(super) fn pushed_limit(&self, limit: &Limit, base: &Base, at: Place) -> SqlResult<LogicalPlan> {
        let (SkipType::Literal(skip), FetchType::Literal(fetch)) =
            (limit.get_skip_type().at(at)?, limit.get_fetch_type().at(at)?)
        else {
            return refuse(at, "this form of LIMIT in a subquery for each row");
        };
        // What is sorted by may have been projected away.
        let (shown, below) = match limit.input.as_ref() {
            LogicalPlan::Projection(projection) if matches!(projection.input.as_ref(), LogicalPlan::Sort(_)) => {
                (projection.expr.clone(), projection.input.as_ref())
            }
            other => (columns(other), other),
        };
        let (order, below) = match below {
            LogicalPlan::Sort(sort) if sort.fetch.is_none() => (sort.expr.clone(), sort.input.as_ref()),
            other => (Vec::new(), other),
        };
        let order: Engine<Vec<_>> =
            order.into_iter().map(|sort| Ok(SortExpr { expr: base.resolved(sort.expr)?, ..sort })).collect();
        let input = self.pushed(below, base, at)?;
        let number = row_number().partition_by(base.columns().collect()).order_by(order.at(at)?).build().at(at)?;
        let numbered = LogicalPlanBuilder::from(input).window([number]).and_then(LogicalPlanBuilder::build).at(at)?;
        let number = columns(&numbered).pop().unwrap_or_else(|| lit(0_u64));
        let from = number.clone().gt(lit(u64::try_from(skip).unwrap_or(u64::MAX)));
        let to = fetch.map(|fetch| number.lt_eq(lit(u64::try_from(skip.saturating_add(fetch)).unwrap_or(u64::MAX))));
        let taken = to.map_or_else(|| from.clone(), |to| from.clone().and(to));
        let shown: Vec<_> = resolved(&shown, base).at(at)?.into_iter().chain(base.columns()).collect();
        LogicalPlanBuilder::from(numbered)
            .filter(taken)
            .and_then(|plan| plan.project(shown))
            .and_then(LogicalPlanBuilder::build)
            .at(at)
    }

    pub(super) fn pushed_window(&self, window: &Window, base: &Base, at: Place) -> SqlResult<LogicalPlan> {
        let input = self.pushed(&window.input, base, at)?;
        let before = columns(&input).len();
        let windows: Engine<Vec<_>> = window
            .window_expr
            .iter()
            .map(|expr| {
                let mut expr = base.resolved(expr.clone())?;
                if let Expr::WindowFunction(call) = &mut expr {
                    call.params.partition_by.extend(base.columns());
                }
                Ok(expr)
            })
            .collect();
        let wanted = window.schema.columns().split_off(window.input.schema().fields().len());
        let plan =
            LogicalPlanBuilder::from(input).window(windows.at(at)?).and_then(LogicalPlanBuilder::build).at(at)?;
        let computed = columns(&plan).split_off(before);
        let renamed = computed
            .into_iter()
            .zip(wanted)
            .map(|(column, wanted)| column.alias_qualified(wanted.relation, wanted.name));
        let shown: Vec<_> = with_base(&window.input, base).into_iter().chain(renamed).collect();
        LogicalPlanBuilder::from(plan).project(shown).and_then(LogicalPlanBuilder::build).at(at)
    }
}
