//! UNION, INTERSECT, EXCEPT, VALUES and TABLE.

use datafusion::{
    logical_expr::{Expr as Engine, ExprFunctionExt, LogicalPlanBuilder},
    sql::sqlparser::ast::{Ident, ObjectName, SetExpr, SetOperator, SetQuantifier, Spanned, Values},
};

use super::{
    SqlResult,
    error::{At, NOWHERE, Place, error, refuse, start},
    lattice::{common, differ_in_zone, is_floating},
    planner::Planner,
    scope::{Env, NO_NAMES, Relation, Typed},
};
use crate::{ErrorName, TrinoType};

impl Planner<'_> {
    /// What stands before ORDER BY.
    pub(super) fn body(&self, body: &SetExpr, outer: &Env<'_>) -> SqlResult<Relation> {
        let at = start(body.span());
        match body {
            SetExpr::Select(select) => self.select(select, &[], None, outer),
            SetExpr::Query(query) => self.query(query, outer),
            SetExpr::Values(values) => self.values(values, outer, at),
            SetExpr::Table(table) => {
                let names = [table.schema_name.as_ref(), table.table_name.as_ref()];
                let parts: Vec<_> =
                    names.into_iter().flatten().map(|name| Ident::new(name.trim_matches('"'))).collect();
                self.table(&ObjectName::from(parts), at).map(Relation::visible)
            }
            SetExpr::SetOperation { op, set_quantifier, left, right } => {
                let is_all = match set_quantifier {
                    SetQuantifier::All => true,
                    SetQuantifier::None | SetQuantifier::Distinct => false,
                    _ => return refuse(at, "a set operation BY NAME"),
                };
                let (left, right) = (self.body(left, outer)?, self.body(right, outer)?);
                self.set(*op, is_all, left, right, at)
            }
            _ => refuse(at, "this kind of query"),
        }
    }

    fn set(&self, op: SetOperator, is_all: bool, left: Relation, right: Relation, at: Place) -> SqlResult<Relation> {
        let (lefts, rights) = (left.fields.len(), right.fields.len());
        if lefts != rights {
            let message = format!("{op} query has different number of fields: {lefts}, {rights}");
            return error(ErrorName::TypeMismatch, at, message);
        }
        let names: Vec<_> = left.fields.iter().map(|field| field.name.clone()).collect();
        let types = left.fields.iter().zip(&right.fields).enumerate().map(|(index, (a, b))| {
            let met = common(&a.of, &b.of).filter(|_| !differ_in_zone(&a.of, &b.of));
            met.map_or_else(
                || {
                    let message =
                        format!("column {} in {op} query has incompatible types: {}, {}", index + 1, a.of, b.of);
                    error(ErrorName::TypeMismatch, at, message)
                },
                Ok,
            )
        });
        let types = types.collect::<SqlResult<Vec<_>>>()?;
        let (mut left, mut right) = (self.project_to(left, &types, at)?, self.project_to(right, &types, at)?);
        if (op, is_all) != (SetOperator::Union, true) {
            (left, right) = (self.with_one_nan_each(left, at)?, self.with_one_nan_each(right, at)?);
        }
        let (left, right) = (left.plan, right.plan);
        let plan = match (op, is_all) {
            (SetOperator::Union, true) => LogicalPlanBuilder::from(left).union(right),
            (SetOperator::Union, false) => LogicalPlanBuilder::from(left).union_distinct(right),
            (SetOperator::Intersect, false) => {
                return self.named_set(LogicalPlanBuilder::intersect(left, right, false).at(at)?, names, &types);
            }
            (SetOperator::Except, false) => {
                return self.named_set(LogicalPlanBuilder::except(left, right, false).at(at)?, names, &types);
            }
            (SetOperator::Intersect | SetOperator::Except, true) => {
                let (left, right) = (numbered(left).at(at)?, numbered(right).at(at)?);
                let plan = match op {
                    SetOperator::Intersect => LogicalPlanBuilder::intersect(left, right, false),
                    _ => LogicalPlanBuilder::except(left, right, false),
                };
                let plan = plan.at(at)?;
                let columns: Vec<_> =
                    plan.schema().columns().into_iter().take(types.len()).map(Engine::Column).collect();
                LogicalPlanBuilder::from(plan).project(columns)
            }
            _ => return refuse(at, op),
        };
        self.named_set(plan.and_then(LogicalPlanBuilder::build).at(at)?, names, &types)
    }

    fn named_set(
        &self,
        plan: datafusion::logical_expr::LogicalPlan,
        names: Vec<Option<String>>,
        types: &[TrinoType],
    ) -> SqlResult<Relation> {
        let mut relation = Relation::new(plan, &[], names, false);
        for (field, of) in relation.fields.iter_mut().zip(types) {
            field.of = of.clone();
        }
        self.under(relation, &[], "set")
    }

    /// A relation whose rows are compared, so that no NaN may be told from another.
    fn with_one_nan_each(&self, relation: Relation, at: Place) -> SqlResult<Relation> {
        if !relation.fields.iter().any(|field| is_floating(&field.of)) {
            return Ok(relation);
        }
        let columns = relation.fields.iter().enumerate();
        let columns = columns
            .map(|(index, field)| Ok(self.with_one_nan(field.typed(at))?.output(&format!("c{index}"))))
            .collect::<SqlResult<Vec<_>>>()?;
        let plan = LogicalPlanBuilder::from(relation.plan).project(columns).and_then(LogicalPlanBuilder::build);
        Ok(Relation { plan: plan.at(at)?, ..relation })
    }

    /// The columns of a relation as other types, called `c0`, `c1` and so on.
    pub(super) fn project_to(&self, relation: Relation, types: &[TrinoType], at: Place) -> SqlResult<Relation> {
        if relation.fields.len() != types.len() {
            return error(ErrorName::TypeMismatch, at, "queries have different numbers of columns");
        }
        let columns = relation.fields.iter().zip(types).enumerate().map(|(index, (field, of))| {
            let value = self.coerce(field.typed(at), of)?;
            Ok(value.output(&format!("c{index}")))
        });
        let columns = columns.collect::<SqlResult<Vec<_>>>()?;
        let plan =
            LogicalPlanBuilder::from(relation.plan).project(columns).and_then(LogicalPlanBuilder::build).at(at)?;
        let names = relation.fields.iter().map(|field| field.name.clone()).collect();
        self.named_set(plan, names, types)
    }

    fn values(&self, values: &Values, outer: &Env<'_>, at: Place) -> SqlResult<Relation> {
        let env = Env { outer: outer.outer, ..NO_NAMES };
        let rows = values.rows.iter().map(|row| row.content.iter().map(|value| self.expr(value, &env)).collect());
        let rows = rows.collect::<SqlResult<Vec<Vec<Typed>>>>()?;
        let width = rows.first().map_or(0, Vec::len);
        if let Some(other) = rows.iter().find(|row| row.len() != width) {
            let place = other.first().map_or(at, |value| value.at);
            let message = format!("Values rows have mismatched sizes: {width} vs {}", other.len());
            return error(ErrorName::TypeMismatch, place, message);
        }
        let mut columns = vec![Vec::with_capacity(rows.len()); width];
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                super::group::refuse_aggregates(&value, "VALUES")?;
                column.push(value);
            }
        }
        let columns = columns.into_iter().map(|column| self.common_of(column, at, "VALUES"));
        let columns = columns.collect::<SqlResult<Vec<_>>>()?;
        let types: Vec<_> = columns.iter().map(|column| column[0].of.clone()).collect();
        let rows = (0..values.rows.len()).map(|row| columns.iter().map(|column| column[row].expr.clone()).collect());
        let plan = LogicalPlanBuilder::values(rows.collect()).and_then(LogicalPlanBuilder::build).at(at)?;
        let names = plan.schema().columns();
        let outputs = names.into_iter().zip(&types).enumerate().map(|(index, (column, of))| {
            Typed::new(Engine::Column(column), of.clone(), NOWHERE).output(&format!("c{index}"))
        });
        let plan = LogicalPlanBuilder::from(plan).project(outputs.collect::<Vec<_>>());
        let plan = plan.and_then(LogicalPlanBuilder::build).at(at)?;
        self.named_set(plan, vec![None; types.len()], &types)
    }
}

/// Rows with their number among those that are equal.
fn numbered(
    plan: datafusion::logical_expr::LogicalPlan,
) -> datafusion::error::Result<datafusion::logical_expr::LogicalPlan> {
    let columns: Vec<_> = plan.schema().columns().into_iter().map(Engine::Column).collect();
    let number = datafusion::functions_window::expr_fn::row_number().partition_by(columns.clone()).build()?;
    let plan = LogicalPlanBuilder::from(plan).window(vec![number])?.build()?;
    let number = plan.schema().columns().pop().map(|column| Engine::Column(column).alias("number"));
    LogicalPlanBuilder::from(plan).project(columns.into_iter().chain(number))?.build()
}
