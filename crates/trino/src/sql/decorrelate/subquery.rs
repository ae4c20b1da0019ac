//! Scalar subqueries, EXISTS and IN as columns of a join.

use datafusion::{
    common::{
        Column, JoinType,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    functions_aggregate::{expr_fn::count, first_last::first_value},
    logical_expr::{
        Expr, FetchType, LogicalPlan, LogicalPlanBuilder, Operator, binary_expr,
        expr::{Exists, InSubquery},
        lit,
        logical_plan::check_subquery_expr,
    },
    optimizer::decorrelate::PullUpCorrelatedExpr,
};

use super::{
    Each, place_of,
    reference::{columns_of, equal_or_null},
    subquery_of,
};
use crate::{
    TrinoType,
    sql::{
        SqlResult,
        error::{At, Place, refuse},
        planner::Planner,
        scope::Typed,
    },
};

/// Whether DataFusion makes a join of a subquery, or computes it once.
pub(super) fn is_left_to_the_engine(expr: &Expr, node: &LogicalPlan, input: &LogicalPlan) -> bool {
    let Some(subquery) = subquery_of(expr) else { return true };
    let inner = subquery.subquery.as_ref();
    let references = inner.all_out_ref_exprs();
    let is_filter = matches!(node, LogicalPlan::Filter(_));
    let is_scalar = matches!(expr, Expr::ScalarSubquery(_));
    if references.is_empty() {
        return is_scalar || is_filter;
    }
    let is_own = columns_of(inner, input.schema()).len() == references.len();
    let has_place = is_filter || is_scalar && matches!(node, LogicalPlan::Projection(_));
    // Without rows such an aggregation still has one, which a join would lack.
    let is_one =
        if is_scalar { yields_one(inner) && aggregations_of_all(inner) <= 1 } else { aggregations_of_all(inner) == 0 };
    if !(is_own && has_place && is_one) || check_subquery_expr(node, inner, expr).is_err() {
        return false;
    }
    let mut pull_up = match expr {
        Expr::Exists(_) => PullUpCorrelatedExpr::new().with_exists_sub_query(true),
        Expr::InSubquery(_) => PullUpCorrelatedExpr::new(),
        _ => PullUpCorrelatedExpr::new().with_need_handle_count_bug(true),
    };
    inner.clone().rewrite(&mut pull_up).is_ok() && pull_up.can_pull_up
}

/// How many aggregations without groups a plan has above what it refers to.
fn aggregations_of_all(plan: &LogicalPlan) -> usize {
    let mut count = 0;
    let counted = plan.apply(|node| {
        let is_of_all = matches!(node, LogicalPlan::Aggregate(inner) if inner.group_expr.is_empty());
        count += usize::from(is_of_all && !node.all_out_ref_exprs().is_empty());
        Ok(TreeNodeRecursion::Continue)
    });
    counted.map_or(usize::MAX, |_| count)
}

/// Whether a plan is an aggregation without groups.
fn yields_one(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(inner) => yields_one(&inner.input),
        LogicalPlan::SubqueryAlias(inner) => yields_one(&inner.input),
        LogicalPlan::Aggregate(inner) => inner.group_expr.is_empty(),
        _ => false,
    }
}

/// Whether a plan cannot have more rows than one.
fn yields_at_most_one(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(inner) => yields_at_most_one(&inner.input),
        LogicalPlan::SubqueryAlias(inner) => yields_at_most_one(&inner.input),
        LogicalPlan::Filter(inner) => yields_at_most_one(&inner.input),
        LogicalPlan::Limit(limit) => matches!(limit.get_fetch_type(), Ok(FetchType::Literal(Some(0 | 1)))),
        LogicalPlan::EmptyRelation(_) => true,
        other => yields_one(other),
    }
}

impl Planner<'_> {
    /// `joined` with what a subquery yields for its rows, and the expression that stands for the subquery. `outer` is
    /// what was joined before: the rows that the subquery may refer to.
    pub(super) fn joined(
        &self,
        joined: &LogicalPlan,
        outer: &LogicalPlan,
        expr: Expr,
    ) -> SqlResult<(LogicalPlan, Expr)> {
        let Some(subquery) = subquery_of(&expr) else { return refuse(crate::sql::error::NOWHERE, &expr) };
        let (inner, at) = (subquery.subquery.as_ref().clone(), place_of(subquery));
        let each = self.for_each(outer, &inner, at)?;
        let keys: Vec<_> = each.keys.iter().map(|(own, other)| equal_or_null(own, other)).collect();
        let column = Column::new_unqualified(self.unique("sub"));
        let (plan, mut conditions, value) = match expr {
            Expr::ScalarSubquery(_) => {
                let plan = self.one_for_each(each, &inner, &column, at)?;
                (plan, keys, Expr::Column(column))
            }
            Expr::Exists(Exists { negated, .. }) => {
                let plan = marked(each, Vec::new(), &column).at(at)?;
                (plan, keys, found(column, negated))
            }
            Expr::InSubquery(InSubquery { expr, negated, .. }) => {
                let element = self.unique("element");
                let first = Expr::Column(inner.schema().columns()[0].clone()).alias(&element);
                let plan = marked(each, vec![first], &column).at(at)?;
                let element = Expr::Column(Column::new_unqualified(element));
                let is_element = binary_expr(*expr, Operator::Eq, element);
                (plan, [keys, vec![is_element]].concat(), found(column, negated))
            }
            other => return refuse(at, other),
        };
        if conditions.is_empty() {
            conditions.push(lit(true));
        }
        let plan = LogicalPlanBuilder::from(joined.clone()).join_on(plan, JoinType::Left, conditions);
        Ok((plan.and_then(LogicalPlanBuilder::build).at(at)?, value))
    }

    /// The one value of a subquery for each combination; more than one are an error when it is computed.
    fn one_for_each(&self, each: Each, inner: &LogicalPlan, column: &Column, at: Place) -> SqlResult<LogicalPlan> {
        let value = inner.schema().columns()[0].clone();
        let keys: Vec<_> = each.keys.iter().map(|(_, own)| Expr::Column(own.clone())).collect();
        let builder = LogicalPlanBuilder::from(each.plan);
        if yields_at_most_one(inner) {
            let columns = std::iter::once(Expr::Column(value).alias(&column.name)).chain(keys);
            return builder.project(columns).and_then(LogicalPlanBuilder::build).at(at);
        }
        let of = TrinoType::of_field(inner.schema().field(0));
        let [first, rows] = [self.unique("first"), self.unique("rows")];
        let values = vec![first_value(Expr::Column(value), Vec::new()).alias(&first), count(lit(1_i64)).alias(&rows)];
        let grouped = builder.aggregate(keys.clone(), values).at(at)?;
        let part = |name: String, of: TrinoType| Typed::new(Expr::Column(Column::new_unqualified(name)), of, at);
        let single = self.call("$single", vec![part(first, of), part(rows, TrinoType::Bigint)], at)?;
        let columns = std::iter::once(single.expr.alias(&column.name)).chain(keys);
        grouped.project(columns).and_then(LogicalPlanBuilder::build).at(at)
    }
}

fn found(mark: Column, negated: bool) -> Expr {
    let mark = Expr::Column(mark);
    if negated { mark.is_null() } else { mark.is_not_null() }
}

/// Each combination of the keys and of further columns once, with a mark.
fn marked(each: Each, more: Vec<Expr>, mark: &Column) -> datafusion::error::Result<LogicalPlan> {
    let keys = each.keys.iter().map(|(_, own)| Expr::Column(own.clone()));
    let columns: Vec<_> = keys.chain(more).collect();
    let builder = LogicalPlanBuilder::from(each.plan);
    let distinct = if columns.is_empty() {
        builder.project([lit(true).alias("found")])?.limit(0, Some(1))?
    } else {
        builder.project(columns)?.distinct()?
    };
    let all = distinct.schema().columns().into_iter().map(Expr::Column).chain([lit(true).alias(&mark.name)]);
    distinct.clone().project(all.collect::<Vec<_>>())?.build()
}
