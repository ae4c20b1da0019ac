//! UNNEST: arrays and maps as rows beside those that they come from.
//!
//! Everything becomes lists of one row, which DataFusion's node unfolds together, the shorter ones filled up with NULL:
//! an array is its list, a map two lists, the ordinality a list of numbers. Fields of rows are taken afterwards.

use datafusion::{
    common::{Column, JoinType, NullHandling, UnnestOptions},
    logical_expr::{Expr as Engine, LogicalPlanBuilder, expr::ScalarFunction, lit},
    sql::sqlparser::ast::{JoinConstraint, Spanned, TableFactor},
};

use super::{
    SqlResult,
    error::{At, error, refuse, start},
    planner::Planner,
    relation::is_true,
    scope::{Env, Relation, ScopeField, Typed},
    tokens::name,
};
use crate::{ErrorName, TrinoType, functions::unnest_ordinals};

/// A list that is unfolded.
struct Unfolded {
    column: String,
    of: TrinoType,
    is_stored: bool,
    /// Whether its elements are rows whose fields become columns.
    is_row: bool,
}

impl Planner<'_> {
    /// A relation with UNNEST of expressions over its columns.
    pub(super) fn unnest_joined(
        &self,
        left: Relation,
        factor: &TableFactor,
        kind: JoinType,
        constraint: &JoinConstraint,
        env: &Env<'_>,
    ) -> SqlResult<Relation> {
        let at = start(factor.span());
        let TableFactor::UNNEST { alias, array_exprs, with_offset: false, with_offset_alias: None, with_ordinality } =
            factor
        else {
            return refuse(at, "this form of UNNEST");
        };
        if !(matches!(constraint, JoinConstraint::None) || is_true(constraint)) {
            let kind = kind.to_string().to_uppercase();
            let message = format!("{kind} JOIN involving UNNEST is only supported with condition ON TRUE");
            return error(ErrorName::NotSupported, at, message);
        }
        if !matches!(kind, JoinType::Inner | JoinType::Left) {
            // These keep rows of UNNEST that have none on the left, so that it cannot depend on the left.
            let none = Relation { plan: LogicalPlanBuilder::empty(true).build().at(at)?, fields: Vec::new() };
            let right = self.unnest_joined(none, factor, JoinType::Inner, &JoinConstraint::None, env)?;
            let plan = LogicalPlanBuilder::from(left.plan).join_on(right.plan, kind, [lit(true)]);
            let plan = plan.and_then(LogicalPlanBuilder::build).at(at)?;
            return Ok(Relation { plan, fields: [left.fields, right.fields].concat() });
        }
        let own = Env { fields: &left.fields, ..*env };
        let values = array_exprs.iter().map(|expr| self.expr(expr, &own)).collect::<SqlResult<Vec<_>>>()?;
        for value in &values {
            super::group::refuse_aggregates(value, "UNNEST")?;
        }
        let (mut unfolded, lists) = self.lists(values, *with_ordinality)?;
        let mut outputs: Vec<_> = left.fields.iter().map(|field| Engine::Column(field.column.clone())).collect();
        for (list, unfolded) in lists.into_iter().zip(&mut unfolded) {
            unfolded.column = self.unique("unnest");
            outputs.push(list.alias(&unfolded.column));
        }
        let columns = unfolded.iter().map(|list| Column::new_unqualified(&list.column)).collect();
        let null_handling = match kind {
            JoinType::Left => NullHandling::PreserveAndExpandEmpty,
            _ => NullHandling::Drop,
        };
        let options = UnnestOptions { null_handling, ..UnnestOptions::default() };
        let plan = LogicalPlanBuilder::from(left.plan)
            .project(outputs)
            .and_then(|plan| plan.unnest_columns_with_options(columns, options))
            .and_then(LogicalPlanBuilder::build)
            .at(at)?;
        let (columns, fields) = self.unfolded_columns(&unfolded, at)?;
        let kept = left.fields.iter().map(|field| Engine::Column(field.column.clone()));
        let plan =
            LogicalPlanBuilder::from(plan).project(kept.chain(columns)).and_then(LogicalPlanBuilder::build).at(at)?;
        let fields = named(fields, alias.as_ref())?;
        Ok(Relation { plan, fields: [left.fields, fields].concat() })
    }

    /// The lists to unfold, with the numbers of their elements as the last one if they are wanted.
    fn lists(&self, values: Vec<Typed>, with_ordinality: bool) -> SqlResult<(Vec<Unfolded>, Vec<Engine>)> {
        let (mut unfolded, mut lists) = (Vec::new(), Vec::new());
        let add =
            |of: &TrinoType, is_stored, is_row| Unfolded { column: String::new(), of: of.clone(), is_stored, is_row };
        for value in values {
            match &value.of {
                TrinoType::Array(of) => {
                    unfolded.push(add(of, value.is_stored, matches!(**of, TrinoType::Row(_))));
                    lists.push(value.expr);
                }
                TrinoType::Map(keys, values) => {
                    unfolded.push(add(keys, value.is_stored, false));
                    unfolded.push(add(values, value.is_stored, false));
                    lists.push(datafusion::functions_nested::expr_fn::map_keys(value.expr.clone()));
                    lists.push(datafusion::functions_nested::expr_fn::map_values(value.expr));
                }
                other => {
                    return error(ErrorName::InvalidFunctionArgument, value.at, format!("Cannot unnest type: {other}"));
                }
            }
        }
        if with_ordinality {
            let function = unnest_ordinals();
            lists.push(Engine::ScalarFunction(ScalarFunction::new_udf(function, lists.clone())));
            unfolded.push(add(&TrinoType::Bigint, false, false));
        }
        Ok((unfolded, lists))
    }

    /// The columns of what was unfolded.
    fn unfolded_columns(
        &self,
        unfolded: &[Unfolded],
        at: super::error::Place,
    ) -> SqlResult<(Vec<Engine>, Vec<ScopeField>)> {
        let (mut columns, mut fields) = (Vec::new(), Vec::new());
        for list in unfolded {
            let element = Column::new_unqualified(&list.column);
            let mut element = Typed::new(Engine::Column(element), list.of.clone(), at);
            element.is_stored = list.is_stored;
            let parts = match (&list.of, list.is_row) {
                (TrinoType::Row(of), true) => (0..of.len())
                    .map(|index| Ok((of[index].0.clone(), self.row_field(element.clone(), index)?)))
                    .collect::<SqlResult<Vec<_>>>()?,
                _ => vec![(None, element)],
            };
            for (name, part) in parts {
                let unique = self.unique("u");
                fields.push(ScopeField {
                    relation: Vec::new(),
                    name: name.map(|name| name.to_lowercase()),
                    column: Column::new_unqualified(&unique),
                    of: part.of.clone(),
                    held_as: part.of.data_type(),
                    is_stored: part.is_stored,
                });
                columns.push(part.output(&unique));
            }
        }
        Ok((columns, fields))
    }
}

fn named(
    mut fields: Vec<ScopeField>,
    alias: Option<&datafusion::sql::sqlparser::ast::TableAlias>,
) -> SqlResult<Vec<ScopeField>> {
    let Some(alias) = alias else { return Ok(fields) };
    let called = name(&alias.name);
    if !alias.columns.is_empty() && alias.columns.len() != fields.len() {
        let message = format!(
            "Column alias list has {} entries but '{called}' has {} columns available",
            alias.columns.len(),
            fields.len()
        );
        return error(ErrorName::MismatchedColumnAliases, start(alias.name.span), message);
    }
    for (at, field) in fields.iter_mut().enumerate() {
        field.relation = vec![called.clone()];
        if let Some(column) = alias.columns.get(at) {
            field.name = Some(name(&column.name));
        }
    }
    Ok(fields)
}
