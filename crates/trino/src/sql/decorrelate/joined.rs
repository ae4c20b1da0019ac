//! Joins, unions and VALUES of a subquery.

use datafusion::{
    common::{JoinType, NullEquality},
    logical_expr::{Expr, Join, LogicalPlan, LogicalPlanBuilder, Operator, Union, Values, binary_expr, lit},
};

use super::{
    dependent::{resolved_in_place, with_base},
    reference::{Base, equal_or_null},
};
use crate::sql::{
    SqlResult,
    error::{At, Place, refuse},
    planner::Planner,
};

impl Planner<'_> {
    pub(super) fn pushed_join(&self, join: &Join, base: &Base, at: Place) -> SqlResult<LogicalPlan> {
        let equal = match join.null_equality {
            NullEquality::NullEqualsNothing => Operator::Eq,
            NullEquality::NullEqualsNull => Operator::IsNotDistinctFrom,
        };
        let keys = join.on.iter().map(|(left, right)| binary_expr(left.clone(), equal, right.clone()));
        let conditions: Vec<_> = keys.chain(join.filter.clone()).collect();
        let mut conditions = resolved_in_place(&conditions, base).at(at)?;
        let (left, right) = (join.left.as_ref(), join.right.as_ref());
        let [left_refers, right_refers] = [left, right].map(|side| base.is_referred_to_by(side));
        // The side whose rows are all kept must know the base, and the other one if it refers to it.
        let (leads, other_refers) = match join.join_type {
            JoinType::Inner => (if right_refers && !left_refers { right } else { left }, left_refers && right_refers),
            JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti => (left, right_refers),
            JoinType::Right => (right, left_refers),
            other => return refuse(at, format!("a {other} join in a subquery for each row")),
        };
        let leads_left = std::ptr::eq(leads, left);
        let leading = self.pushed(leads, base, at)?;
        let other = if leads_left { right } else { left };
        let other = if other_refers {
            let again = self.again(base).at(at)?;
            conditions.extend(base.of.iter().zip(&again.of).map(|((_, own), (_, other))| equal_or_null(own, other)));
            self.pushed(other, &again, at)?
        } else {
            other.clone()
        };
        let (left, right) = if leads_left { (leading, other) } else { (other, leading) };
        if conditions.is_empty() {
            conditions.push(lit(true));
        }
        let shown: Vec<_> = join.schema.columns().into_iter().map(Expr::Column).chain(base.columns()).collect();
        LogicalPlanBuilder::from(left)
            .join_on(right, join.join_type, conditions)
            .and_then(|plan| plan.project(shown))
            .and_then(LogicalPlanBuilder::build)
            .at(at)
    }

    pub(super) fn pushed_union(&self, union: &Union, base: &Base, at: Place) -> SqlResult<LogicalPlan> {
        let names: Vec<_> = (0..union.schema.fields().len() + base.of.len()).map(|_| self.unique("set")).collect();
        let mut all: Option<LogicalPlanBuilder> = None;
        for input in &union.inputs {
            let own = self.again(base).at(at)?;
            let pushed = self.pushed(input, &own, at)?;
            let renamed = with_base(input, &own).into_iter().zip(&names).map(|(column, name)| column.alias(name));
            let next = LogicalPlanBuilder::from(pushed).project(renamed.collect::<Vec<_>>()).at(at)?;
            all = Some(match all {
                None => next,
                Some(all) => all.union(next.build().at(at)?).at(at)?,
            });
        }
        let Some(all) = all else { return refuse(at, "a union of nothing") };
        let wanted = union.schema.columns().into_iter().chain(base.of.iter().map(|(_, own)| own.clone()));
        let found = all.schema().columns();
        let shown = found
            .into_iter()
            .zip(wanted)
            .map(|(column, wanted)| Expr::Column(column).alias_qualified(wanted.relation, wanted.name));
        let shown: Vec<_> = shown.collect();
        all.project(shown).and_then(LogicalPlanBuilder::build).at(at)
    }

    /// Rows of VALUES, each computed for all rows of the base.
    pub(super) fn pushed_values(&self, values: &Values, base: &Base, at: Place) -> SqlResult<LogicalPlan> {
        let names: Vec<_> = values.schema.columns();
        let rows: SqlResult<Vec<_>> = values
            .values
            .iter()
            .map(|row| {
                let row = resolved_in_place(row, base).at(at)?;
                let named = row.into_iter().zip(&names).map(|(value, column)| value.alias(&column.name));
                let shown: Vec<_> = named.chain(base.columns()).collect();
                let plan = LogicalPlanBuilder::from(base.plan.clone()).project(shown);
                plan.and_then(LogicalPlanBuilder::build).at(at)
            })
            .collect();
        let mut rows = rows?;
        match (rows.pop(), rows.is_empty()) {
            (Some(only), true) => Ok(only),
            (Some(last), false) => {
                let all = rows.into_iter().try_fold(LogicalPlanBuilder::from(last), LogicalPlanBuilder::union);
                all.and_then(LogicalPlanBuilder::build).at(at)
            }
            (None, _) => refuse(at, "VALUES without rows"),
        }
    }
}
