//! SELECT: rows that are filtered, grouped, windowed, named, made distinct and sorted, in this order.

use datafusion::{
    common::Column,
    logical_expr::{
        Expr as Engine, LogicalPlan, LogicalPlanBuilder,
        utils::{find_aggregate_exprs, find_window_exprs},
    },
    sql::sqlparser::ast::{
        Distinct, Expr, NamedWindowExpr, OrderByExpr, Select, SelectFlavor, SelectItem,
        SelectItemQualifiedWildcardKind, Spanned, WildcardAdditionalOptions, WindowSpec,
    },
};

use super::{
    SqlResult,
    error::{At, NOWHERE, Place, error, refuse, start},
    lattice::is_comparable,
    planner::{Planner, parts},
    query::{Ties, tied},
    scope::{Env, NO_NAMES, Relation, ScopeField, Typed},
    tokens::name,
};
use crate::ErrorName;

/// A column of the result: its name, if it has one, and value.
type Output = (Option<String>, Typed);

impl Planner<'_> {
    pub(super) fn select(
        &self,
        select: &Select,
        order_by: &[OrderByExpr],
        ties: Option<Ties>,
        outer: &Env<'_>,
    ) -> SqlResult<Relation> {
        check(select)?;
        let base = Env { outer: outer.outer, ..NO_NAMES };
        let from = self.from(&select.from, &base)?;
        let windows = named_windows(select)?;
        let env = Env { fields: &from.fields, windows: &windows, ..base };
        let mut plan = from.plan.clone();
        if let Some(condition) = &select.selection {
            let condition = self.condition(condition, &env, "WHERE clause")?;
            plan = LogicalPlanBuilder::from(plan)
                .filter(condition.expr)
                .and_then(LogicalPlanBuilder::build)
                .at(condition.at)?;
        }
        let mut outputs = self.outputs(&select.projection, &env)?;
        let numbered: Vec<_> = outputs.iter().map(|(_, value)| Some(value.clone())).collect();
        let grouping = self.grouping(&select.group_by, &numbered, &env)?;
        let mut having = select.having.as_ref().map(|having| self.having(having, &env)).transpose()?;
        let mut orders = self.orders(order_by, &outputs, &env)?;
        let is_grouped = grouping.is_some() || having.is_some() || {
            let values = outputs.iter().map(|(_, value)| value).chain(&orders);
            !find_aggregate_exprs(values.map(|value| &value.expr)).is_empty()
        };
        if is_grouped {
            let mut values: Vec<&mut Typed> = outputs.iter_mut().map(|(_, value)| value).chain(&mut orders).collect();
            values.extend(having.as_mut());
            plan = self.aggregated(plan, grouping, &mut values)?;
        }
        if let Some(having) = having {
            plan =
                LogicalPlanBuilder::from(plan).filter(having.expr).and_then(LogicalPlanBuilder::build).at(having.at)?;
        }
        plan = self.windowed(plan, outputs.iter_mut().map(|(_, value)| value).chain(&mut orders).collect())?;
        let is_distinct = matches!(select.distinct, Some(Distinct::Distinct));
        self.projected(plan, outputs, is_distinct, (order_by, orders), ties)
    }

    fn having(&self, having: &Expr, env: &Env<'_>) -> SqlResult<Typed> {
        let value = self.expr(having, env)?;
        let mut value = self.boolean(value, "HAVING clause")?;
        value.expr = super::relation::decisive(value.expr);
        if !find_window_exprs([&value.expr]).is_empty() {
            return error(ErrorName::NestedWindow, value.at, "HAVING clause cannot contain window functions");
        }
        Ok(value)
    }

    fn orders(&self, order_by: &[OrderByExpr], outputs: &[Output], env: &Env<'_>) -> SqlResult<Vec<Typed>> {
        let aliases: Vec<_> = outputs.iter().filter_map(|(name, value)| Some((name.clone()?, value.clone()))).collect();
        let env = Env { aliases: &aliases, ..*env };
        let values: Vec<_> = outputs.iter().map(|(_, value)| value.clone()).collect();
        order_by.iter().map(|order| self.order_value(order, &values, &env)).collect()
    }

    /// The columns of SELECT.
    fn outputs(&self, items: &[SelectItem], env: &Env<'_>) -> SqlResult<Vec<Output>> {
        let mut outputs = Vec::new();
        for item in items {
            let at = start(item.span());
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let value = self.expr(expr, env)?;
                    outputs.push((own_name(expr), value));
                }
                SelectItem::ExprWithAlias { expr, alias } => outputs.push((Some(name(alias)), self.expr(expr, env)?)),
                SelectItem::Wildcard(options) => {
                    refuse_options(options, at)?;
                    if env.fields.is_empty() {
                        return error(
                            ErrorName::SyntaxError,
                            at,
                            "SELECT * not allowed in queries without FROM clause",
                        );
                    }
                    let seen = env.fields.iter().filter(|field| !field.is_hidden());
                    outputs.extend(seen.map(|field| (field.name.clone(), field.typed(at))));
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(relation), options) => {
                    refuse_options(options, at)?;
                    outputs.extend(self.all_of(&parts(relation), env, at)?);
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expr), options) => {
                    refuse_options(options, at)?;
                    outputs.extend(self.fields_of(self.expr(expr, env)?)?);
                }
                other => return refuse(at, format!("{other}")),
            }
        }
        Ok(outputs)
    }

    /// `t.*`, or the fields of a row.
    fn all_of(&self, relation: &[String], env: &Env<'_>, at: Place) -> SqlResult<Vec<Output>> {
        let is_of = |field: &&ScopeField| field.relation.ends_with(relation) && !field.is_hidden();
        let all: Vec<_> = env.fields.iter().filter(is_of).collect();
        if !all.is_empty() {
            return Ok(all.into_iter().map(|field| (field.name.clone(), field.typed(at))).collect());
        }
        if let [column] = relation
            && let super::scope::Found::One(row) = env.find(&[], column, at)
        {
            return self.fields_of(row);
        }
        error(ErrorName::TableNotFound, at, format!("Unable to resolve reference {}", relation.join(".")))
    }

    fn fields_of(&self, row: Typed) -> SqlResult<Vec<Output>> {
        let crate::TrinoType::Row(fields) = row.of.clone() else {
            return error(ErrorName::TypeMismatch, row.at, format!("expected a row, not {}", row.of));
        };
        let named = fields.into_iter().enumerate();
        named.map(|(index, (name, _))| Ok((name, self.row_field(row.clone(), index)?))).collect()
    }

    /// Names the outputs, makes rows distinct and sorts them.
    fn projected(
        &self,
        plan: LogicalPlan,
        outputs: Vec<Output>,
        is_distinct: bool,
        (order_by, orders): (&[OrderByExpr], Vec<Typed>),
        ties: Option<Ties>,
    ) -> SqlResult<Relation> {
        let mut fields: Vec<ScopeField> = Vec::new();
        let (mut columns, mut known) = (Vec::new(), Vec::new());
        for (at, (name, value)) in outputs.into_iter().enumerate() {
            if is_distinct && !is_comparable(&value.of) {
                let message = format!("DISTINCT can only be applied to comparable types (actual: {})", value.of);
                return error(ErrorName::TypeMismatch, value.at, message);
            }
            let shown = name.clone().unwrap_or_else(|| format!("_col{at}"));
            let is_taken = fields.iter().any(|field| field.column.name == shown);
            let unique = if is_taken { self.unique(&shown) } else { shown };
            let column = Column::new_unqualified(&unique);
            known.push((value.expr.clone(), column.clone()));
            let value = if is_distinct { self.with_one_nan(value)? } else { value };
            // What was hidden has been named.
            let is_stored = value.is_stored && name.as_ref().is_none_or(|name| !name.starts_with('$'));
            let of = value.of.clone();
            // A name of the engine's own keeps its qualifier away from other relations.
            let output = match value.output(&unique) {
                column @ Engine::Column(_) => column.alias(&unique),
                other => other,
            };
            columns.push(output);
            let held_as = of.data_type();
            fields.push(ScopeField { relation: Vec::new(), name, column, of, held_as, is_stored });
        }
        let mut sorts = Vec::new();
        let visible = columns.len();
        for (order, value) in order_by.iter().zip(orders) {
            let column = match known.iter().find(|(expr, _)| *expr == value.expr) {
                Some((_, column)) => column.clone(),
                None if is_distinct => {
                    let message = "For SELECT DISTINCT, ORDER BY expressions must appear in select list";
                    return error(ErrorName::ExpressionNotInDistinct, value.at, message);
                }
                None => {
                    let unique = self.unique("order");
                    columns.push(value.expr.clone().alias(&unique));
                    Column::new_unqualified(unique)
                }
            };
            sorts.push(self.sort(order, Typed { expr: Engine::Column(column), ..value })?);
        }
        let has_more = columns.len() > visible;
        let mut plan = LogicalPlanBuilder::from(plan).project(columns).at(NOWHERE)?;
        if is_distinct {
            plan = plan.distinct().at(NOWHERE)?;
        }
        if let Some(ties) = ties {
            plan = tied(plan, &sorts, ties).at(NOWHERE)?;
        }
        if !sorts.is_empty() {
            plan = plan.sort(sorts).at(NOWHERE)?;
        }
        if has_more {
            plan = plan.project(fields.iter().map(|field| Engine::Column(field.column.clone()))).at(NOWHERE)?;
        }
        let plan = plan.build().at(NOWHERE)?;
        for (field, own) in fields.iter_mut().zip(plan.schema().fields()) {
            field.held_as = own.data_type().clone();
        }
        Ok(Relation { plan, fields })
    }
}

/// The name of a column that is given none.
fn own_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(ident) => Some(name(ident)),
        Expr::CompoundIdentifier(idents) => idents.last().map(name),
        Expr::CompoundFieldAccess { access_chain, .. } => match access_chain.last() {
            Some(datafusion::sql::sqlparser::ast::AccessExpr::Dot(field)) => own_name(field),
            _ => None,
        },
        Expr::Nested(inner) => own_name(inner),
        _ => None,
    }
}

fn refuse_options(options: &WildcardAdditionalOptions, at: Place) -> SqlResult<()> {
    let is_plain = options.opt_ilike.is_none()
        && options.opt_exclude.is_none()
        && options.opt_except.is_none()
        && options.opt_replace.is_none()
        && options.opt_rename.is_none()
        && options.opt_alias.is_none();
    if is_plain { Ok(()) } else { refuse(at, "a * with exceptions") }
}

fn named_windows(select: &Select) -> SqlResult<Vec<(String, WindowSpec)>> {
    let windows = select.named_window.iter().map(|definition| match &definition.1 {
        NamedWindowExpr::WindowSpec(spec) => Ok((name(&definition.0), spec.clone())),
        NamedWindowExpr::NamedWindow(other) => refuse(start(other.span), "a window that is another name of a window"),
    });
    windows.collect()
}

/// Refuses what other dialects have.
fn check(select: &Select) -> SqlResult<()> {
    let at = select.select_token.0.span.start;
    let is_plain = select.optimizer_hints.is_empty()
        && select.select_modifiers.is_none()
        && select.top.is_none()
        && select.exclude.is_none()
        && select.into.is_none()
        && select.lateral_views.is_empty()
        && select.prewhere.is_none()
        && select.connect_by.is_empty()
        && select.cluster_by.is_empty()
        && select.distribute_by.is_empty()
        && select.sort_by.is_empty()
        && select.qualify.is_none()
        && select.value_table_mode.is_none()
        && select.flavor == SelectFlavor::Standard
        && !matches!(select.distinct, Some(Distinct::On(_)));
    if is_plain { Ok(()) } else { refuse(at, "a clause that Trino does not have") }
}
