//! References of a subquery to the rows around.

use datafusion::{
    common::{
        Column, DFSchema, DFSchemaRef,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Operator, binary_expr},
};

use crate::sql::planner::Planner;

/// Rows for each of which a subquery is computed.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) plan: LogicalPlan,
    /// Columns of the rows around, and what they are called in the plan.
    pub(super) of: Vec<(Column, Column)>,
}

impl Base {
    pub(super) fn columns(&self) -> impl Iterator<Item = Expr> {
        self.of.iter().map(|(_, own)| Expr::Column(own.clone()))
    }

    /// An expression with columns of the base instead of references.
    pub(super) fn resolved(&self, expr: Expr) -> Result<Expr> {
        let done = expr.transform_up(|expr| match &expr {
            Expr::OuterReferenceColumn(_, column) => Ok(match self.of.iter().find(|(outer, _)| outer == column) {
                Some((_, own)) => Transformed::yes(Expr::Column(own.clone())),
                None => Transformed::no(expr),
            }),
            _ => Ok(Transformed::no(expr)),
        })?;
        Ok(done.data)
    }

    /// Whether a plan refers to columns of the base.
    pub(super) fn is_referred_to_by(&self, plan: &LogicalPlan) -> bool {
        plan.all_out_ref_exprs().iter().any(|expr| self.has(expr))
    }

    fn has(&self, reference: &Expr) -> bool {
        matches!(reference, Expr::OuterReferenceColumn(_, column) if self.of.iter().any(|(outer, _)| outer == column))
    }
}

impl Planner<'_> {
    /// The distinct values of some columns of a plan.
    pub(super) fn base(&self, plan: &LogicalPlan, columns: Vec<Column>) -> Result<Base> {
        let base = self.renamed(plan, columns)?;
        Ok(Base { plan: LogicalPlanBuilder::from(base.plan).distinct()?.build()?, ..base })
    }

    /// Some columns of a plan under names that nothing else has.
    pub(super) fn renamed(&self, plan: &LogicalPlan, columns: Vec<Column>) -> Result<Base> {
        let of: Vec<_> = columns
            .into_iter()
            .map(|column| {
                let own = Column::new_unqualified(self.unique("of"));
                (column, own)
            })
            .collect();
        let named = of.iter().map(|(column, own)| Expr::Column(column.clone()).alias(&own.name));
        let plan = LogicalPlanBuilder::from(plan.clone()).project(named.collect::<Vec<_>>())?.build()?;
        Ok(Base { plan, of })
    }

    /// The same base a second time, its columns under other names.
    pub(super) fn again(&self, base: &Base) -> Result<Base> {
        let columns = base.of.iter().map(|(_, own)| own.clone()).collect();
        let again = self.renamed(&base.plan, columns)?;
        let of = base.of.iter().zip(again.of).map(|((outer, _), (_, own))| (outer.clone(), own)).collect();
        Ok(Base { plan: again.plan, of })
    }
}

/// `left IS NOT DISTINCT FROM right`, which the engine makes a key of a join of.
pub(super) fn equal_or_null(left: &Column, right: &Column) -> Expr {
    binary_expr(Expr::Column(left.clone()), Operator::IsNotDistinctFrom, Expr::Column(right.clone()))
}

/// The columns of a schema that a plan refers to.
pub(super) fn columns_of(plan: &LogicalPlan, schema: &DFSchema) -> Vec<Column> {
    let references = plan.all_out_ref_exprs().into_iter().filter_map(|expr| match expr {
        Expr::OuterReferenceColumn(_, column) if schema.has_column(&column) => Some(column),
        _ => None,
    });
    references.collect()
}

pub(super) fn refers_to(plan: &LogicalPlan, schema: &DFSchemaRef) -> bool {
    !columns_of(plan, schema).is_empty()
}

/// Whether a plan has the same rows each time that it is computed.
pub(super) fn is_repeatable(plan: &LogicalPlan) -> bool {
    let mut is_repeatable = true;
    let walked = plan.apply_with_subqueries(|node| {
        let takes_some = match node {
            LogicalPlan::Limit(_) | LogicalPlan::Window(_) => true,
            LogicalPlan::Sort(sort) => sort.fetch.is_some(),
            LogicalPlan::TableScan(scan) => scan.fetch.is_some(),
            _ => false,
        };
        is_repeatable &= !takes_some;
        node.apply_expressions(|expr| {
            is_repeatable &= !expr.is_volatile();
            Ok(TreeNodeRecursion::Continue)
        })
    });
    walked.is_ok() && is_repeatable
}
