//! FROM: tables, subqueries and joins.

use datafusion::{
    common::{JoinType, ScalarValue, tree_node::TreeNode},
    logical_expr::{
        Case, Expr as Engine, LogicalPlanBuilder, lit,
        utils::{conjunction, split_conjunction_owned},
    },
    sql::sqlparser::ast::{
        Join, JoinConstraint, JoinOperator, ObjectName, Query, Spanned, TableAlias, TableFactor, TableSampleKind,
        TableSampleMethod, TableWithJoins,
    },
};

use super::{
    SqlResult,
    error::{At, NOWHERE, Place, error, refuse, start},
    planner::{Planner, parts},
    scope::{Env, Relation, ScopeField, Typed},
    tokens::name,
};
use crate::{ErrorName, TrinoType};

impl Planner<'_> {
    /// All of FROM; one row without columns if there is none.
    pub(super) fn from(&self, from: &[TableWithJoins], env: &Env<'_>) -> SqlResult<Relation> {
        let mut relation = None;
        for table in from {
            relation = Some(self.joins(relation, table, env)?);
        }
        let none = || LogicalPlanBuilder::empty(true).build().map(|plan| Relation { plan, fields: Vec::new() });
        relation.map_or_else(|| none().at(NOWHERE), Ok)
    }

    fn joins(&self, left: Option<Relation>, table: &TableWithJoins, env: &Env<'_>) -> SqlResult<Relation> {
        let mut relation = match (left, &table.relation) {
            (None, factor) => self.factor(factor, env)?,
            (Some(left), factor) => self.join(left, factor, &JoinOperator::CrossJoin(JoinConstraint::None), env)?,
        };
        for Join { relation: right, global, join_operator } in &table.joins {
            if *global {
                return refuse(start(right.span()), "GLOBAL JOIN");
            }
            relation = self.join(relation, right, join_operator, env)?;
        }
        Ok(relation)
    }

    fn join(
        &self,
        left: Relation,
        factor: &TableFactor,
        operator: &JoinOperator,
        env: &Env<'_>,
    ) -> SqlResult<Relation> {
        let at = start(factor.span());
        let (kind, constraint) = match operator {
            JoinOperator::Join(on) | JoinOperator::Inner(on) => (JoinType::Inner, on),
            JoinOperator::CrossJoin(on @ JoinConstraint::None) => (JoinType::Inner, on),
            JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (JoinType::Left, on),
            JoinOperator::Right(on) | JoinOperator::RightOuter(on) => (JoinType::Right, on),
            JoinOperator::FullOuter(on) => (JoinType::Full, on),
            _ => return refuse(at, "this kind of join"),
        };
        let is_cross = matches!(operator, JoinOperator::CrossJoin(_));
        match factor {
            TableFactor::UNNEST { .. } => return self.unnest_joined(left, factor, kind, constraint, env),
            TableFactor::Derived { lateral: true, subquery, alias, sample: None } => {
                let condition = match constraint {
                    JoinConstraint::On(condition) if !is_true(constraint) => Some(condition),
                    JoinConstraint::On(_) => None,
                    JoinConstraint::None if is_cross => None,
                    _ => return refuse(at, "a LATERAL subquery with USING"),
                };
                if !matches!(kind, JoinType::Inner | JoinType::Left) {
                    let message = "LATERAL subqueries can only be used in CROSS, INNER and LEFT joins";
                    return error(ErrorName::NotSupported, at, message);
                }
                let right = self.lateral(&left, subquery, alias.as_ref(), env)?;
                let fields = [left.fields, right.fields].concat();
                let condition = condition
                    .map(|condition| self.condition(condition, &Env { fields: &fields, ..*env }, "JOIN clause"));
                let condition = condition.transpose()?.map(|condition| condition.expr);
                let plan = self.dependent_join(left.plan, right.plan, kind, condition, at)?;
                return Ok(Relation { plan, fields });
            }
            _ => {}
        }
        let right = self.factor(factor, env)?;
        match constraint {
            JoinConstraint::None if is_cross => cross(left, right),
            JoinConstraint::None => error(ErrorName::SyntaxError, at, "a join needs ON or USING"),
            JoinConstraint::Natural => error(ErrorName::NotSupported, at, "Natural join not supported"),
            JoinConstraint::Using(columns) => self.join_using(left, right, kind, columns),
            JoinConstraint::On(condition) => {
                let fields = [left.fields.clone(), right.fields.clone()].concat();
                let env = Env { fields: &fields, ..*env };
                let condition = self.condition(condition, &env, "JOIN clause")?;
                let (filters, conditions): (Vec<_>, Vec<_>) = split_conjunction_owned(condition.expr)
                    .into_iter()
                    .partition(|condition| kind == JoinType::Inner && has_subquery(condition));
                let plan = LogicalPlanBuilder::from(left.plan);
                let plan = match conditions.is_empty() {
                    true => plan.cross_join(right.plan),
                    false => plan.join_on(right.plan, kind, conditions),
                };
                // Subqueries become joins where they filter rows.
                let plan = match conjunction(filters) {
                    Some(filter) => plan.and_then(|plan| plan.filter(filter)),
                    None => plan,
                };
                let plan = plan.and_then(LogicalPlanBuilder::build).at(at)?;
                Ok(Relation { plan, fields })
            }
        }
    }

    /// Columns of USING come first, once, and without a qualifier.
    fn join_using(
        &self,
        left: Relation,
        right: Relation,
        kind: JoinType,
        columns: &[ObjectName],
    ) -> SqlResult<Relation> {
        let (mut shared, mut on) = (Vec::new(), Vec::new());
        let fields = [left.fields.clone(), right.fields.clone()].concat();
        let mut merged = Vec::new();
        for column in columns {
            let at = start(column.span());
            let (Some(name), 1) = (parts(column).pop(), column.0.len()) else {
                return refuse(at, "a qualified name in USING");
            };
            let (a, b) = (one_of(&left.fields, &name, at)?, one_of(&right.fields, &name, at)?);
            let (a, b) = (a.typed(at), b.typed(at));
            on.push(self.compare_equal(a.clone(), b.clone(), at)?.expr);
            shared.push((name.clone(), a.expr.clone(), b.expr.clone()));
            merged.push((name, self.common_of(vec![a, b], at, "JOIN USING")?));
        }
        let plan = LogicalPlanBuilder::from(left.plan).join_on(right.plan, kind, on);
        let plan = plan.and_then(LogicalPlanBuilder::build).at(NOWHERE)?;
        let is_shared = |field: &ScopeField| {
            let own = Engine::Column(field.column.clone());
            shared.iter().any(|(_, a, b)| *a == own || *b == own)
        };
        let rest: Vec<_> = fields.iter().filter(|field| !is_shared(field)).cloned().collect();
        let mut outputs = Vec::new();
        let mut names = Vec::new();
        for (name, values) in merged {
            let of = values[0].of.clone();
            let [a, b] = [values[0].expr.clone(), values[1].expr.clone()];
            let value = datafusion::logical_expr::when(a.clone().is_not_null(), a).otherwise(b).at(NOWHERE)?;
            let typed = Typed::new(value, of.clone(), NOWHERE);
            let unique = self.unique(&name);
            outputs.push(typed.output(&unique));
            names.push((name, of, unique));
        }
        outputs.extend(rest.iter().map(|field| Engine::Column(field.column.clone())));
        let plan = LogicalPlanBuilder::from(plan).project(outputs).and_then(LogicalPlanBuilder::build).at(NOWHERE)?;
        let merged = names.into_iter().map(|(name, of, unique)| ScopeField {
            relation: Vec::new(),
            name: Some(name),
            column: datafusion::common::Column::new_unqualified(unique),
            held_as: of.data_type(),
            of,
            is_stored: false,
        });
        Ok(Relation { plan, fields: merged.chain(rest).collect() })
    }

    fn factor(&self, factor: &TableFactor, env: &Env<'_>) -> SqlResult<Relation> {
        let at = start(factor.span());
        match factor {
            TableFactor::Table {
                name: table,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
            } => {
                let is_plain = args.is_none()
                    && with_hints.is_empty()
                    && version.is_none()
                    && !with_ordinality
                    && partitions.is_empty()
                    && json_path.is_none()
                    && index_hints.is_empty();
                if !is_plain {
                    return refuse(at, "a table function or a version of a table");
                }
                let relation = sampled(self.table(table, at)?, sample.as_ref(), at)?;
                self.aliased(relation, alias.as_ref())
            }
            TableFactor::Derived { lateral: false, subquery, alias, sample } => {
                let relation = sampled(self.query(subquery, env)?, sample.as_ref(), at)?;
                let own = self.under(relation, &[], "subquery")?;
                self.aliased(own, alias.as_ref())
            }
            TableFactor::Derived { lateral: true, subquery, alias, sample: None } => {
                let none = LogicalPlanBuilder::empty(true).build().at(at)?;
                let left = Relation { plan: none, fields: Vec::new() };
                self.lateral(&left, subquery, alias.as_ref(), env)
            }
            TableFactor::UNNEST { .. } => {
                let none = LogicalPlanBuilder::empty(true).build().at(at)?;
                let left = Relation { plan: none, fields: Vec::new() };
                self.unnest_joined(left, factor, JoinType::Inner, &JoinConstraint::None, env)
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let relation = self.joins(None, table_with_joins, env)?;
                self.aliased(relation, alias.as_ref())
            }
            TableFactor::MatchRecognize { .. } => refuse(at, "MATCH_RECOGNIZE"),
            TableFactor::TableFunction { expr, alias } => {
                let own = self.table_function(expr, env)?;
                self.aliased(own, alias.as_ref())
            }
            TableFactor::Function { .. } => refuse(at, "a table function without TABLE(…)"),
            _ => refuse(at, "this kind of table"),
        }
    }

    /// Gives a relation another name, and other names to its columns.
    pub(super) fn aliased(&self, relation: Relation, alias: Option<&TableAlias>) -> SqlResult<Relation> {
        let Some(alias) = alias else { return Ok(relation) };
        let mut relation = if alias.columns.is_empty() { relation } else { relation.visible() };
        let called = name(&alias.name);
        if !alias.columns.is_empty() && alias.columns.len() != relation.fields.len() {
            let message = format!(
                "Column alias list has {} entries but '{called}' has {} columns available",
                alias.columns.len(),
                relation.fields.len()
            );
            return error(ErrorName::MismatchedColumnAliases, start(alias.name.span), message);
        }
        for (at, field) in relation.fields.iter_mut().enumerate() {
            field.relation = vec![called.clone()];
            if let Some(column) = alias.columns.get(at) {
                field.name = Some(name(&column.name));
            }
        }
        Ok(relation)
    }

    /// A subquery that sees the columns before it.
    fn lateral(
        &self,
        left: &Relation,
        query: &Query,
        alias: Option<&TableAlias>,
        env: &Env<'_>,
    ) -> SqlResult<Relation> {
        let around = Env { fields: &left.fields, ..*env };
        let inside = Env { outer: Some(&around), ..super::scope::NO_NAMES };
        let right = self.query(query, &inside)?;
        let right = self.under(right, &[], "lateral")?;
        self.aliased(right, alias)
    }

    /// A condition, without aggregations and windows.
    pub(super) fn condition(
        &self,
        condition: &datafusion::sql::sqlparser::ast::Expr,
        env: &Env<'_>,
        clause: &str,
    ) -> SqlResult<Typed> {
        let planned = self.expr(condition, env)?;
        let planned = match planned.of {
            TrinoType::Boolean => planned,
            TrinoType::Unknown => self.coerce(planned, &TrinoType::Boolean)?,
            ref other => {
                let message = format!("{clause} must evaluate to a boolean: actual type {other}");
                return error(ErrorName::TypeMismatch, planned.at, message);
            }
        };
        super::group::refuse_aggregates(&planned, clause)?;
        Ok(Typed { expr: decisive(planned.expr), ..planned })
    }
}

/// A condition that is true for the same rows. Where rows are filtered it does not matter whether a condition is false or
/// NULL, so that `IN` needs not look for NULLs.
pub(super) fn decisive(condition: Engine) -> Engine {
    let is_no = |expr: &Engine| matches!(expr, Engine::Literal(ScalarValue::Boolean(None | Some(false)), _));
    let is_yes = |expr: &Engine| matches!(expr, Engine::Literal(ScalarValue::Boolean(Some(true)), _));
    let parts = split_conjunction_owned(condition).into_iter().map(|part| match part {
        Engine::Case(Case { expr: None, mut when_then_expr, else_expr })
            if when_then_expr.first().is_some_and(|(_, then)| is_yes(then))
                && when_then_expr[1..].iter().all(|(_, then)| is_no(then))
                && else_expr.as_deref().is_none_or(is_no) =>
        {
            *when_then_expr.swap_remove(0).0
        }
        other => other,
    });
    conjunction(parts).unwrap_or_else(|| lit(true))
}

fn has_subquery(condition: &Engine) -> bool {
    let is_subquery =
        |expr: &Engine| Ok(matches!(expr, Engine::ScalarSubquery(_) | Engine::Exists(_) | Engine::InSubquery(_)));
    condition.exists(is_subquery).unwrap_or(true)
}

pub(super) fn is_true(constraint: &JoinConstraint) -> bool {
    matches!(constraint, JoinConstraint::On(condition) if condition.to_string().eq_ignore_ascii_case("true"))
}

fn one_of<'f>(fields: &'f [ScopeField], name: &str, at: Place) -> SqlResult<&'f ScopeField> {
    let mut found = fields.iter().filter(|field| field.name.as_deref() == Some(name));
    match (found.next(), found.next()) {
        (Some(field), None) => Ok(field),
        (Some(_), Some(_)) => error(ErrorName::AmbiguousName, at, format!("Column '{name}' is ambiguous")),
        (None, _) => error(ErrorName::ColumnNotFound, at, format!("Column '{name}' is missing from a side of join")),
    }
}

fn cross(left: Relation, right: Relation) -> SqlResult<Relation> {
    let plan = LogicalPlanBuilder::from(left.plan).cross_join(right.plan);
    let plan = plan.and_then(LogicalPlanBuilder::build).at(NOWHERE)?;
    Ok(Relation { plan, fields: [left.fields, right.fields].concat() })
}

/// Each row by chance. SYSTEM samples rows like BERNOULLI: which rows belong together is the store's matter.
fn sampled(relation: Relation, sample: Option<&TableSampleKind>, at: Place) -> SqlResult<Relation> {
    let Some(TableSampleKind::AfterTableAlias(sample) | TableSampleKind::BeforeTableAlias(sample)) = sample else {
        return Ok(relation);
    };
    let is_known = matches!(sample.name, Some(TableSampleMethod::Bernoulli | TableSampleMethod::System))
        && sample.seed.is_none()
        && sample.bucket.is_none()
        && sample.offset.is_none();
    let percent = sample.quantity.as_ref().filter(|quantity| quantity.unit.is_none());
    let percent = percent.and_then(|quantity| quantity.value.to_string().parse::<f64>().ok());
    let Some(percent) = percent.filter(|_| is_known) else { return refuse(at, "this form of TABLESAMPLE") };
    if !(0.0..=100.0).contains(&percent) {
        let message = "Sample percentage must be between 0 and 100";
        return error(ErrorName::InvalidArguments, at, message);
    }
    let chance = datafusion::functions::expr_fn::random();
    let plan = LogicalPlanBuilder::from(relation.plan).filter(chance.lt(lit(percent / 100.0)));
    let plan = plan.and_then(LogicalPlanBuilder::build).at(at)?;
    Ok(Relation { plan, ..relation })
}
