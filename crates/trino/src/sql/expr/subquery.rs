//! Subqueries that are values or conditions.

use std::sync::Arc;

use datafusion::{
    common::{
        Location, ScalarValue, Span, Spans,
        tree_node::{Transformed, TreeNode},
    },
    logical_expr::{
        Case, Distinct, Expr as Engine, LogicalPlan, LogicalPlanBuilder, Operator, Projection, Sort, Subquery,
        expr::{Exists, InSubquery},
        lit,
    },
    sql::sqlparser::ast::{BinaryOperator, Expr, Query, Spanned},
};

use super::compare::comparison;
use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{At, Place, error, refuse, start},
        lattice::is_orderable,
        planner::Planner,
        scope::{Env, NO_NAMES, Relation, Typed},
    },
};

fn subquery(plan: LogicalPlan, at: Place) -> Subquery {
    let outer_ref_columns = plan.all_out_ref_exprs();
    let start = Location { line: at.line, column: at.column };
    Subquery { subquery: Arc::new(plan), outer_ref_columns, spans: Spans(vec![Span::new(start, start)]) }
}

fn scalar(plan: LogicalPlan, at: Place) -> Engine {
    Engine::ScalarSubquery(subquery(plan, at))
}

fn null() -> Engine {
    Engine::Literal(ScalarValue::Boolean(None), None)
}

impl Planner<'_> {
    fn inner(&self, query: &Query, env: &Env<'_>) -> SqlResult<Relation> {
        self.query(query, &Env { outer: Some(env), ..NO_NAMES })
    }

    fn single_column(&self, query: &Query, env: &Env<'_>, at: Place) -> SqlResult<(Relation, Typed)> {
        let relation = self.inner(query, env)?;
        let [field] = relation.fields.as_slice() else {
            let message =
                format!("Multiple columns returned by subquery are not yet supported. Found {}", relation.fields.len());
            return error(ErrorName::NotSupported, at, message);
        };
        let value = field.typed(at);
        Ok((relation, value))
    }

    pub(super) fn scalar_subquery(&self, query: &Query, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        let (relation, value) = self.single_column(query, env, at)?;
        Ok(Typed::new(scalar(relation.plan, at), value.of, at))
    }

    pub(super) fn exists(&self, query: &Query, negated: bool, env: &Env<'_>) -> SqlResult<Typed> {
        let relation = self.inner(query, env)?;
        let within = start(query.span());
        let at = self.tokens.word_before(within, &["exists"]).unwrap_or(within);
        Ok(Typed::new(exists(relation.plan, negated, at)?, TrinoType::Boolean, at))
    }

    pub(super) fn in_subquery(&self, expr: &Expr, query: &Query, negated: bool, env: &Env<'_>) -> SqlResult<Typed> {
        let at = self.tokens.after(expr);
        let found = match expr {
            // A row of several values beside a query of several columns.
            Expr::Tuple(exprs) if exprs.len() > 1 => {
                let values = exprs.iter().map(|expr| self.expr(expr, env)).collect::<SqlResult<Vec<_>>>()?;
                let at = at.unwrap_or(values[0].at);
                let relation = self.inner(query, env)?;
                self.row_member(&values, relation, env, at)?
            }
            _ => {
                let value = self.expr(expr, env)?;
                let at = at.unwrap_or(value.at);
                let (relation, element) = self.single_column(query, env, at)?;
                self.member(value, relation, element, "IN", at)?
            }
        };
        Ok(if negated { Typed { expr: negate(found.expr), ..found } } else { found })
    }

    /// Whether a value is among those of a subquery: NULL if it is not and NULL is.
    fn member(&self, value: Typed, relation: Relation, element: Typed, shown: &str, at: Place) -> SqlResult<Typed> {
        let (value, element) = self.alike(value, element, shown, at)?;
        if matches!(value.of, TrinoType::Array(_) | TrinoType::Map(..) | TrinoType::Row(_)) {
            return refuse(at, format!("IN of {}", value.of));
        }
        let plan = self.one_column(relation, &element, at)?;
        let is_correlated = !plan.all_out_ref_exprs().is_empty();
        let found = match &value.expr {
            // A constant is looked for once, wherever the condition stands.
            Engine::Literal(..) if !is_correlated => {
                let column = Engine::Column(plan.schema().columns()[0].clone());
                let equal = column.eq(value.expr.clone());
                scalar(counted(plan.clone(), Some(equal)).at(at)?, at).gt(lit(0_i64))
            }
            _ => {
                let within = subquery(plan.clone(), at);
                Engine::InSubquery(InSubquery::new(Box::new(value.expr.clone()), within, false))
            }
        };
        let may_be_null = plan.schema().field(0).is_nullable() || !is_never_null(&value.expr);
        if !may_be_null {
            return Ok(Typed::new(found, TrinoType::Boolean, at));
        }
        let rows = counted(plan.clone(), None).at(at)?;
        let column = Engine::Column(plan.schema().columns()[0].clone());
        let nulls = counted(plan, Some(column.is_null())).at(at)?;
        let is_unknown = value.expr.is_null().or(scalar(nulls, at).gt(lit(0_i64)));
        let whens = vec![
            (Box::new(found), Box::new(lit(true))),
            (Box::new(scalar(rows, at).eq(lit(0_i64))), Box::new(lit(false))),
            (Box::new(is_unknown), Box::new(null())),
        ];
        let case = Engine::Case(Case::new(None, whens, Some(Box::new(lit(false)))));
        Ok(Typed::new(case, TrinoType::Boolean, at))
    }

    /// Whether a row is among those of a subquery: NULL if it is not, and would be if some NULL were a value.
    fn row_member(&self, values: &[Typed], relation: Relation, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        if values.len() != relation.fields.len() {
            let types: Vec<_> = relation.fields.iter().map(|field| field.of.to_string()).collect();
            let own: Vec<_> = values.iter().map(|value| value.of.to_string()).collect();
            let message = format!(
                "Value expression and result of subquery must be of the same type: row({}) vs row({})",
                own.join(", "),
                types.join(", ")
            );
            return error(ErrorName::TypeMismatch, at, message);
        }
        let (mut is_equal, mut may_be_equal) = (lit(true), lit(true));
        for (value, field) in values.iter().zip(&relation.fields) {
            let own = Typed { expr: env.referred(value).at(at)?, ..value.clone() };
            let equal = self.compare_equal(own, field.typed(at), at)?.expr;
            is_equal = is_equal.and(equal.clone());
            may_be_equal = may_be_equal.and(Engine::IsNotFalse(Box::new(equal)));
        }
        let those = |condition: Engine| {
            let plan = LogicalPlanBuilder::from(relation.plan.clone()).filter(condition);
            exists(plan.and_then(LogicalPlanBuilder::build).at(at)?, false, at)
        };
        let whens =
            vec![(Box::new(those(is_equal)?), Box::new(lit(true))), (Box::new(those(may_be_equal)?), Box::new(null()))];
        let case = Engine::Case(Case::new(None, whens, Some(Box::new(lit(false)))));
        Ok(Typed::new(case, TrinoType::Boolean, at))
    }

    /// A query's only column, made into an element to compare with. No column below has its name: the engine adds those
    /// that conditions of a row around refer to, and finds none whose name stands there twice.
    fn one_column(&self, relation: Relation, element: &Typed, at: Place) -> SqlResult<LogicalPlan> {
        let (input, expr) = match &relation.plan {
            LogicalPlan::Projection(projection) => {
                let expr = element.expr.clone().transform_up(|expr| match &expr {
                    Engine::Column(column) => {
                        let index = projection.schema.index_of_column(column)?;
                        Ok(Transformed::yes(projection.expr[index].clone().unalias()))
                    }
                    _ => Ok(Transformed::no(expr)),
                });
                (projection.input.as_ref().clone(), expr.at(at)?.data)
            }
            _ => (relation.plan, element.expr.clone()),
        };
        let plan = LogicalPlanBuilder::from(input).project([expr.alias(self.unique("element"))]);
        plan.and_then(LogicalPlanBuilder::build).at(at)
    }

    /// `value op ANY (query)` and `value op ALL (query)`, by the least and greatest value of the query.
    pub(super) fn quantified(
        &self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        is_all: bool,
        env: &Env<'_>,
    ) -> SqlResult<Typed> {
        let at = self.tokens.after(left);
        let value = self.expr(left, env)?;
        let at = at.unwrap_or(value.at);
        let query = match right {
            Expr::Subquery(query) => query,
            Expr::Nested(inner) => match inner.as_ref() {
                Expr::Subquery(query) => query,
                _ => return refuse(at, "a comparison with ANY or ALL of no query"),
            },
            _ => return refuse(at, "a comparison with ANY or ALL of no query"),
        };
        let Some((op, shown)) = comparison(op) else { return refuse(at, op) };
        let (relation, element) = self.single_column(query, env, at)?;
        match (op, is_all) {
            (Operator::Eq, false) => return self.member(value, relation, element, shown, at),
            (Operator::NotEq, true) => {
                let found = self.member(value, relation, element, shown, at)?;
                return Ok(Typed { expr: negate(found.expr), ..found });
            }
            _ => {}
        }
        let (value, element) = self.alike(value, element, shown, at)?;
        let is_float = matches!(value.of, TrinoType::Real | TrinoType::Double);
        if !is_orderable(&value.of) || is_float {
            return refuse(at, format!("a comparison with ANY or ALL of {}", value.of));
        }
        let plan = self.one_column(relation, &element, at)?;
        by_extremes(value, op, is_all, plan, at)
    }
}

/// What decides for all values of a query: that it has none, its extremes, or its NULLs.
fn by_extremes(value: Typed, op: Operator, is_all: bool, plan: LogicalPlan, at: Place) -> SqlResult<Typed> {
    let column = Engine::Column(plan.schema().columns()[0].clone());
    let extreme = |function: fn(Engine) -> Engine| {
        let builder =
            LogicalPlanBuilder::from(plan.clone()).aggregate(Vec::<Engine>::new(), vec![function(column.clone())]);
        builder.and_then(LogicalPlanBuilder::build).map(|plan| scalar(plan, at)).at(at)
    };
    let (least, greatest) = (
        extreme(datafusion::functions_aggregate::expr_fn::min)?,
        extreme(datafusion::functions_aggregate::expr_fn::max)?,
    );
    let rows = scalar(counted(plan.clone(), None).at(at)?, at);
    let nulls = scalar(counted(plan.clone(), Some(column.clone().is_null())).at(at)?, at);
    let own = value.expr;
    let compare = |with: Engine| datafusion::logical_expr::binary_expr(own.clone(), op, with);
    // The comparison with all values, or its opposite: true if some value makes it so.
    let decided = match (op, is_all) {
        (Operator::Gt | Operator::GtEq, true) | (Operator::Lt | Operator::LtEq, false) => compare(greatest),
        (Operator::Lt | Operator::LtEq, true) | (Operator::Gt | Operator::GtEq, false) => compare(least),
        (Operator::Eq, _) => own.clone().eq(least).and(own.clone().eq(greatest)),
        _ => own.clone().not_eq(least).or(own.clone().not_eq(greatest)),
    };
    let settled = if is_all { negate(decided) } else { decided };
    let whens = vec![
        (Box::new(rows.eq(lit(0_i64))), Box::new(lit(is_all))),
        (Box::new(settled), Box::new(lit(!is_all))),
        (Box::new(own.is_null().or(nulls.gt(lit(0_i64)))), Box::new(null())),
    ];
    let case = Engine::Case(Case::new(None, whens, Some(Box::new(lit(is_all)))));
    Ok(Typed::new(case, TrinoType::Boolean, at))
}

/// A query that has rows where this one has: nothing asks for their order or what is in them.
fn without_output(plan: LogicalPlan) -> LogicalPlan {
    match plan {
        LogicalPlan::Projection(Projection { input, .. })
        | LogicalPlan::Sort(Sort { input, fetch: None, .. })
        | LogicalPlan::Distinct(Distinct::All(input)) => without_output(Arc::unwrap_or_clone(input)),
        other => other,
    }
}

/// Whether a query has rows. What does not depend on the row is counted once.
fn exists(plan: LogicalPlan, negated: bool, at: Place) -> SqlResult<Engine> {
    let plan = without_output(plan);
    if !plan.all_out_ref_exprs().is_empty() {
        return Ok(Engine::Exists(Exists::new(subquery(plan, at), negated)));
    }
    let first = LogicalPlanBuilder::from(plan).limit(0, Some(1)).and_then(LogicalPlanBuilder::build);
    let rows = scalar(first.and_then(|plan| counted(plan, None)).at(at)?, at);
    Ok(if negated { rows.eq(lit(0_i64)) } else { rows.gt(lit(0_i64)) })
}

fn negate(expr: Engine) -> Engine {
    match expr {
        Engine::InSubquery(found) => Engine::InSubquery(InSubquery { negated: !found.negated, ..found }),
        other => Engine::Not(Box::new(other)),
    }
}

fn counted(plan: LogicalPlan, condition: Option<Engine>) -> datafusion::error::Result<LogicalPlan> {
    let mut builder = LogicalPlanBuilder::from(plan);
    if let Some(condition) = condition {
        builder = builder.filter(condition)?;
    }
    builder.aggregate(Vec::<Engine>::new(), vec![datafusion::functions_aggregate::expr_fn::count(lit(1_i64))])?.build()
}

fn is_never_null(expr: &Engine) -> bool {
    matches!(expr, Engine::Literal(value, _) if !value.is_null())
}
