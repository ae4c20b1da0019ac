//! Queries: WITH, sorting and limits.

use datafusion::{
    functions_window::expr_fn::{rank, row_number},
    logical_expr::{Expr as Engine, ExprFunctionExt, LogicalPlanBuilder, SortExpr, lit},
    sql::sqlparser::ast::{Expr, LimitClause, OrderBy, OrderByExpr, OrderByKind, Query, SetExpr, Spanned, Value, With},
};

use super::{
    SqlResult,
    error::{At, NOWHERE, error, refuse, start},
    lattice::{is_floating, is_orderable},
    planner::Planner,
    recursive::names_itself,
    scope::{Env, NO_NAMES, Relation, Typed},
    tokens::name,
};
use crate::ErrorName;

impl Planner<'_> {
    /// A query within the names of the query around.
    pub(super) fn query(&self, query: &Query, outer: &Env<'_>) -> SqlResult<Relation> {
        let known = self.named.borrow().len();
        let planned = self.query_with(query, outer);
        self.named.borrow_mut().truncate(known);
        planned
    }

    fn query_with(&self, query: &Query, outer: &Env<'_>) -> SqlResult<Relation> {
        let Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        let is_plain = locks.is_empty()
            && for_clause.is_none()
            && settings.is_none()
            && format_clause.is_none()
            && pipe_operators.is_empty();
        if !is_plain {
            return refuse(start(query.span()), "a clause that Trino does not have");
        }
        if let Some(with) = with {
            self.with(with, outer)?;
        }
        let order_by = order_exprs(order_by.as_ref())?;
        let (skip, limit) = bounds(limit_clause.as_ref())?;
        let (mut fetched, mut ties) = (None, None);
        if let Some(fetch) = fetch {
            let at = start(query.span());
            let quantity = fetch.quantity.as_ref().map_or(Ok(1), count)?;
            match (fetch.with_ties, fetch.percent) {
                (_, true) => return refuse(at, "FETCH FIRST … PERCENT"),
                (true, _) if order_by.is_empty() => {
                    let message = "FETCH FIRST WITH TIES clause requires ORDER BY";
                    return error(ErrorName::MissingOrderBy, at, message);
                }
                (true, _) => ties = Some(Ties { skip, count: quantity }),
                (false, _) => fetched = Some(quantity),
            }
        }
        let relation = match body.as_ref() {
            SetExpr::Select(select) => self.select(select, order_by, ties, outer)?,
            body => {
                let relation = self.body(body, outer)?;
                self.sorted(relation, order_by, ties, outer)?
            }
        };
        let limit = fetched.or(limit);
        if ties.is_some() || skip == 0 && limit.is_none() {
            return Ok(relation);
        }
        let plan = LogicalPlanBuilder::from(relation.plan).limit(skip, limit).and_then(LogicalPlanBuilder::build);
        Ok(Relation { plan: plan.at(NOWHERE)?, ..relation })
    }

    fn with(&self, with: &With, outer: &Env<'_>) -> SqlResult<()> {
        let mut seen = Vec::new();
        for cte in &with.cte_tables {
            let called = name(&cte.alias.name);
            let at = start(cte.alias.name.span);
            if seen.contains(&called) {
                let message = format!("WITH query name '{called}' specified more than once");
                return error(ErrorName::DuplicateNamedQuery, at, message);
            }
            if cte.from.is_some() || cte.materialized.is_some() {
                return refuse(at, "MATERIALIZED");
            }
            let is_recursive = with.recursive && names_itself(cte, &called);
            let relation = if is_recursive {
                self.recursive(cte, &called, outer)?
            } else {
                let own = self.query(&cte.query, outer)?;
                self.aliased(own, Some(&cte.alias))?
            };
            seen.push(called.clone());
            self.named.borrow_mut().push((called, relation));
        }
        Ok(())
    }

    /// Sorts what a set operation yields by its columns.
    fn sorted(
        &self,
        relation: Relation,
        order_by: &[OrderByExpr],
        ties: Option<Ties>,
        outer: &Env<'_>,
    ) -> SqlResult<Relation> {
        if order_by.is_empty() {
            return Ok(relation);
        }
        let env = Env { fields: &relation.fields, outer: outer.outer, ..NO_NAMES };
        let outputs: Vec<_> = relation.fields.iter().map(|field| field.typed(NOWHERE)).collect();
        let sorts = order_by.iter().map(|order| {
            let value = self.order_value(order, &outputs, &env)?;
            self.sort(order, value)
        });
        let sorts = sorts.collect::<SqlResult<Vec<_>>>()?;
        let mut plan = LogicalPlanBuilder::from(relation.plan);
        if let Some(ties) = ties {
            plan = tied(plan, &sorts, ties).at(NOWHERE)?;
        }
        let plan = plan.sort(sorts).and_then(LogicalPlanBuilder::build);
        Ok(Relation { plan: plan.at(NOWHERE)?, ..relation })
    }

    /// What a query is sorted by: the number of a column, or an expression.
    pub(super) fn order_value(&self, order: &OrderByExpr, outputs: &[Typed], env: &Env<'_>) -> SqlResult<Typed> {
        if order.with_fill.is_some() {
            return refuse(start(order.span()), "WITH FILL");
        }
        let value = match position(&order.expr, outputs.len(), "ORDER BY")? {
            Some(at) => outputs[at].clone(),
            None => self.expr(&order.expr, env)?,
        };
        if !is_orderable(&value.of) {
            let message = format!("Type {} is not orderable, and therefore cannot be used in ORDER BY", value.of);
            return error(ErrorName::TypeMismatch, value.at, message);
        }
        Ok(value)
    }

    /// A key of an order. NULLs come last in both directions, and NaN behind all numbers.
    pub(super) fn sort(&self, order: &OrderByExpr, value: Typed) -> SqlResult<SortExpr> {
        let is_ascending = order.options.asc.unwrap_or(true);
        let value = self.with_one_nan(value)?;
        Ok(value.expr.sort(is_ascending, order.options.nulls_first.unwrap_or(false)))
    }

    /// A value of whose NaNs none is told from the others.
    pub(super) fn with_one_nan(&self, value: Typed) -> SqlResult<Typed> {
        if !is_floating(&value.of) {
            return Ok(value);
        }
        let at = value.at;
        self.call("$one_nan", vec![value], at)
    }
}

/// `OFFSET skip FETCH FIRST count ROWS WITH TIES`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ties {
    pub(super) skip: usize,
    pub(super) count: usize,
}

/// The rows after the first ones up to the last one that is wanted, and those that are sorted like it.
pub(super) fn tied(
    plan: LogicalPlanBuilder,
    sorts: &[SortExpr],
    ties: Ties,
) -> datafusion::error::Result<LogicalPlanBuilder> {
    let shown: Vec<_> = plan.schema().columns().into_iter().map(Engine::Column).collect();
    let place = row_number().order_by(sorts.to_vec()).build()?;
    let rank = rank().order_by(sorts.to_vec()).build()?;
    let plan = plan.window([place, rank])?;
    let mut computed = plan.schema().columns().split_off(shown.len()).into_iter().map(Engine::Column);
    let number = |count: usize| lit(u64::try_from(count).unwrap_or(u64::MAX));
    let place = computed.next().map(|place| place.gt(number(ties.skip)));
    let rank = computed.next().map(|rank| rank.lt_eq(number(ties.skip.saturating_add(ties.count))));
    let condition = place.into_iter().chain(rank).reduce(Engine::and).unwrap_or_else(|| lit(true));
    plan.filter(condition)?.project(shown)
}

/// The number of a column, from 1 in the text and from 0 here.
pub(super) fn position(expr: &Expr, columns: usize, clause: &str) -> SqlResult<Option<usize>> {
    let Expr::Value(value) = expr else { return Ok(None) };
    let Value::Number(text, _) = &value.value else { return Ok(None) };
    match text.parse::<usize>() {
        Ok(at) if (1..=columns).contains(&at) => Ok(Some(at - 1)),
        _ => {
            let message = format!("{clause} position {text} is not in select list");
            error(ErrorName::InvalidColumnReference, start(value.span), message)
        }
    }
}

fn order_exprs(order_by: Option<&OrderBy>) -> SqlResult<&[OrderByExpr]> {
    match order_by {
        None => Ok(&[]),
        Some(OrderBy { kind: OrderByKind::Expressions(orders), interpolate: None }) => Ok(orders),
        Some(other) => refuse(start(other.span()), "ORDER BY ALL"),
    }
}

fn bounds(clause: Option<&LimitClause>) -> SqlResult<(usize, Option<usize>)> {
    match clause {
        None => Ok((0, None)),
        Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
            let skip = offset.as_ref().map_or(Ok(0), |offset| count(&offset.value))?;
            Ok((skip, limit.as_ref().map(count).transpose()?))
        }
        Some(other) => refuse(start(other.span()), "this form of LIMIT"),
    }
}

fn count(expr: &Expr) -> SqlResult<usize> {
    match expr.to_string().parse() {
        Ok(count) => Ok(count),
        Err(_) => error(
            ErrorName::SyntaxError,
            start(expr.span()),
            format!("mismatched input '{expr}'. Expecting: <integer>"),
        ),
    }
}
