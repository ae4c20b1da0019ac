//! GROUP BY and aggregations.

use std::collections::HashSet;

use arrow::datatypes::DataType;
use datafusion::{
    common::{
        Column,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    logical_expr::{
        Expr as Engine, ExprSchemable, GroupingSet, LogicalPlan, LogicalPlanBuilder,
        utils::{find_aggregate_exprs, find_window_exprs},
    },
    sql::sqlparser::ast::{Expr, GroupByExpr, Spanned},
};

use super::{
    SqlResult,
    error::{At, NOWHERE, error, refuse, start},
    lattice::is_comparable,
    planner::Planner,
    query::position,
    scope::{Env, Typed},
};
use crate::{ErrorName, TrinoType};

/// What a query is grouped by.
#[derive(Debug)]
pub(super) struct Grouping {
    /// Each expression once.
    pub(super) keys: Vec<Engine>,
    /// The sets of keys, if there is more than the one of all.
    sets: Option<Vec<Vec<Engine>>>,
}

/// Refuses aggregations and windows where rows are looked at one by one.
pub(super) fn refuse_aggregates(value: &Typed, clause: &str) -> SqlResult<()> {
    if find_aggregate_exprs([&value.expr]).is_empty() && find_window_exprs([&value.expr]).is_empty() {
        return Ok(());
    }
    let message = format!("{clause} cannot contain aggregations, window functions or grouping operations");
    error(ErrorName::ExpressionNotScalar, value.at, message)
}

impl Planner<'_> {
    /// What GROUP BY says; numbers stand for columns of SELECT.
    pub(super) fn grouping(
        &self,
        group_by: &GroupByExpr,
        outputs: &[Option<Typed>],
        env: &Env<'_>,
    ) -> SqlResult<Option<Grouping>> {
        let GroupByExpr::Expressions(exprs, modifiers) = group_by else {
            return refuse(NOWHERE, "GROUP BY ALL");
        };
        if !modifiers.is_empty() {
            return refuse(NOWHERE, "GROUP BY … WITH");
        }
        if exprs.is_empty() {
            return Ok(None);
        }
        // All combinations of the sets of each part.
        let mut sets: Vec<Vec<Engine>> = vec![Vec::new()];
        for expr in exprs {
            let of_expr = self.sets_of(expr, outputs, env)?;
            let combined = sets.iter().flat_map(|set| of_expr.iter().map(|more| [set.clone(), more.clone()].concat()));
            sets = combined.collect();
        }
        for set in &mut sets {
            let mut seen = HashSet::new();
            set.retain(|key| seen.insert(key.clone()));
        }
        let mut seen = HashSet::new();
        let keys: Vec<_> = sets.iter().flatten().filter(|key| seen.insert((*key).clone())).cloned().collect();
        let sets = (sets.len() > 1).then_some(sets);
        if let Some(sets) = &sets {
            let distinct: HashSet<_> = sets.iter().collect();
            if distinct.len() < sets.len() {
                return refuse(start(exprs[0].span()), "the same grouping set twice");
            }
        }
        Ok(Some(Grouping { keys, sets }))
    }

    fn sets_of(&self, expr: &Expr, outputs: &[Option<Typed>], env: &Env<'_>) -> SqlResult<Vec<Vec<Engine>>> {
        let group =
            |exprs: &[Expr]| exprs.iter().map(|expr| self.key(expr, outputs, env)).collect::<SqlResult<Vec<_>>>();
        let groups = |of: &[Vec<Expr>]| of.iter().map(|exprs| group(exprs)).collect::<SqlResult<Vec<_>>>();
        Ok(match expr {
            Expr::GroupingSets(sets) => groups(sets)?,
            Expr::Rollup(parts) => {
                let parts = groups(parts)?;
                (0..=parts.len()).rev().map(|length| parts[..length].concat()).collect()
            }
            Expr::Cube(parts) => {
                let parts = groups(parts)?;
                if parts.len() > 10 {
                    return refuse(start(expr.span()), "CUBE of more than ten columns");
                }
                let chosen = |mask: usize| {
                    let kept = parts.iter().enumerate().filter(|(at, _)| mask & (1 << at) == 0);
                    kept.flat_map(|(_, part)| part.clone()).collect()
                };
                (0..1_usize << parts.len()).map(chosen).collect()
            }
            Expr::Tuple(exprs) => vec![group(exprs)?],
            other => vec![vec![self.key(other, outputs, env)?]],
        })
    }

    fn key(&self, expr: &Expr, outputs: &[Option<Typed>], env: &Env<'_>) -> SqlResult<Engine> {
        let value = match position(expr, outputs.len(), "GROUP BY")? {
            Some(at) => match &outputs[at] {
                Some(value) => value.clone(),
                None => return refuse(start(expr.span()), "the number of a column of *"),
            },
            None => self.expr(expr, env)?,
        };
        refuse_aggregates(&value, "GROUP BY clause")?;
        if !is_comparable(&value.of) {
            let message = format!("{} is not comparable, and therefore cannot be used in GROUP BY", value.of);
            return error(ErrorName::TypeMismatch, value.at, message);
        }
        Ok(value.expr)
    }

    /// Groups a plan, and makes the values refer to the groups.
    pub(super) fn aggregated(
        &self,
        plan: LogicalPlan,
        grouping: Option<Grouping>,
        values: &mut [&mut Typed],
    ) -> SqlResult<LogicalPlan> {
        let grouping = grouping.unwrap_or(Grouping { keys: Vec::new(), sets: None });
        let aggregates = find_aggregate_exprs(values.iter().map(|value| &value.expr));
        let mut names = HashSet::new();
        let mut called = |expr: &Engine| match expr {
            Engine::Column(column) => (expr.clone(), column.clone()),
            other => {
                let name = other.schema_name().to_string();
                if names.insert(name.clone()) {
                    return (other.clone(), Column::new_unqualified(name));
                }
                let name = self.unique("group");
                (other.clone().alias(&name), Column::new_unqualified(name))
            }
        };
        let mut keys = Vec::new();
        for key in &grouping.keys {
            let is_floating = key.get_type(plan.schema()).at(NOWHERE)?.is_floating();
            let group = if is_floating { self.group_of_numbers(key, &plan)? } else { called(key) };
            keys.push((key.clone(), group));
        }
        let named = |key: &Engine| {
            keys.iter().find(|(known, _)| known == key).map_or_else(|| key.clone(), |(_, (named, _))| named.clone())
        };
        let of_groups: Vec<_> = aggregates
            .iter()
            .map(|expr| match expr {
                // Which of the groups it asks about is found by what the groups are named.
                Engine::AggregateFunction(call) if call.func.name() == "grouping" => {
                    let mut call = call.clone();
                    call.params.args = call.params.args.iter().map(named).collect();
                    (expr.clone(), called(&Engine::AggregateFunction(call)))
                }
                other => (expr.clone(), called(other)),
            })
            .collect();
        let group: Vec<_> = match &grouping.sets {
            None => keys.iter().map(|(_, (named, _))| named.clone()).collect(),
            Some(sets) => {
                let sets = sets.iter().map(|set| set.iter().map(named).collect()).collect();
                vec![Engine::GroupingSet(GroupingSet::GroupingSets(sets))]
            }
        };
        let computed: Vec<_> = of_groups.iter().map(|(_, (named, _))| named.clone()).collect();
        let plan = LogicalPlanBuilder::from(plan).aggregate(group, computed).and_then(LogicalPlanBuilder::build);
        let plan = plan.at(NOWHERE)?;
        let known: Vec<_> = keys.into_iter().chain(of_groups).map(|(expr, (_, column))| (expr, column)).collect();
        for value in values {
            value.expr = of_group(&value.expr, &known, value)?;
        }
        Ok(plan)
    }

    /// A key of floating-point numbers, among which there is one NaN, and the column that it becomes.
    fn group_of_numbers(&self, key: &Engine, plan: &LogicalPlan) -> SqlResult<(Engine, Column)> {
        let held_as = key.get_type(plan.schema()).at(NOWHERE)?;
        let of = if held_as == DataType::Float32 { TrinoType::Real } else { TrinoType::Double };
        let value = self.with_one_nan(Typed::new(key.clone(), of, NOWHERE))?;
        let name = self.unique("group");
        Ok((value.expr.alias(&name), Column::new_unqualified(name)))
    }
}

/// An expression over groups instead of rows.
fn of_group(expr: &Engine, known: &[(Engine, Column)], value: &Typed) -> SqlResult<Engine> {
    let mut ungrouped = None;
    let replaced = expr.clone().transform_down(|expr| {
        if let Some((_, column)) = known.iter().find(|(known, _)| *known == expr) {
            return Ok(Transformed::new(Engine::Column(column.clone()), true, TreeNodeRecursion::Jump));
        }
        if let Engine::Column(column) = &expr {
            ungrouped = Some(column.clone());
        }
        Ok(Transformed::no(expr))
    });
    if let Some(column) = ungrouped {
        let message = format!("'{}' must be an aggregate expression or appear in GROUP BY clause", column.name);
        return error(ErrorName::ExpressionNotAggregate, value.at, message);
    }
    Ok(replaced.at(value.at)?.data)
}

/// Replaces expressions by columns that hold their values.
pub(super) fn replaced(expr: Engine, known: &[(Engine, Column)]) -> datafusion::error::Result<Engine> {
    let done = expr.transform_down(|expr| match known.iter().find(|(known, _)| *known == expr) {
        Some((_, column)) => Ok(Transformed::new(Engine::Column(column.clone()), true, TreeNodeRecursion::Jump)),
        None => Ok(Transformed::no(expr)),
    })?;
    Ok(done.data)
}
