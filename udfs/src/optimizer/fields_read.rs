//! Which fields of a column of structs a query reads.
//!
//! The column is followed upwards from where it is made, through projections, filters and unnests, and every
//! `get_field` on it is noted.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::{
    common::{
        Column, DFSchema, ScalarValue,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{Expr, LogicalPlan, Unnest},
};

/// Says which column of a node holds the structs, if the node makes them. They may stand in lists.
pub(super) type Source = fn(&LogicalPlan) -> Option<usize>;

/// The fields that a query reads of the structs that a source makes; none if there is no source in it, or if a struct
/// is used whole.
pub(super) fn fields_read(plan: &LogicalPlan, source: Source) -> Result<Option<BTreeSet<String>>> {
    if !plan.exists(|node| Ok(source(node).is_some()))? {
        return Ok(None);
    }
    let mut usage = Usage { source, fields: BTreeSet::new(), all: false };
    let carried = usage.follow(plan)?;
    let is_whole = usage.all || carried.contains(&true) || has_subquery(plan)?;
    Ok((!is_whole).then_some(usage.fields))
}

fn has_subquery(plan: &LogicalPlan) -> Result<bool> {
    plan.exists(|node| {
        let mut found = false;
        node.apply_expressions(|expr| {
            found |= expr
                .exists(|expr| Ok(matches!(expr, Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_))))?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(found)
    })
}

/// What the query reads.
struct Usage {
    source: Source,
    fields: BTreeSet<String>,
    all: bool,
}

impl Usage {
    /// Notes the uses in `plan` and below; says which output columns still carry the structs.
    fn follow(&mut self, plan: &LogicalPlan) -> Result<Vec<bool>> {
        let mut inputs = Vec::new();
        for input in plan.inputs() {
            inputs.push(self.follow(input)?);
        }
        if let Some(column) = (self.source)(plan) {
            self.all |= inputs.iter().flatten().any(|carried| *carried);
            return Ok((0..plan.schema().fields().len()).map(|index| index == column).collect());
        }
        match (plan, inputs.as_slice()) {
            (LogicalPlan::Projection(projection), [carried]) => {
                let schema = projection.input.schema();
                Ok(projection.expr.iter().map(|expr| self.follow_expr(expr, schema, carried)).collect())
            }
            (LogicalPlan::Unnest(unnest), [carried]) => Ok(self.follow_unnest(unnest, carried)),
            (LogicalPlan::SubqueryAlias(_) | LogicalPlan::Limit(_), [carried]) => Ok(carried.clone()),
            (LogicalPlan::Filter(_) | LogicalPlan::Sort(_), [carried]) => {
                self.follow_uses(plan, carried)?;
                Ok(carried.clone())
            }
            (_, inputs) => {
                self.all |= inputs.iter().flatten().any(|carried| *carried);
                Ok(vec![false; plan.schema().fields().len()])
            }
        }
    }

    fn follow_unnest(&mut self, unnest: &Unnest, carried: &[bool]) -> Vec<bool> {
        // Unnesting the struct itself spreads all its fields into columns.
        self.all |= unnest.struct_type_columns.iter().any(|index| carried[*index]);
        unnest.dependency_indices.iter().map(|index| carried[*index]).collect()
    }

    fn follow_uses(&mut self, plan: &LogicalPlan, carried: &[bool]) -> Result<()> {
        let schema = Arc::clone(plan.inputs()[0].schema());
        plan.apply_expressions(|expr| {
            if self.follow_expr(expr, &schema, carried) {
                self.all = true;
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(())
    }

    /// Notes the uses in an expression; says whether its value is a column that carries the structs.
    fn follow_expr(&mut self, expr: &Expr, schema: &DFSchema, carried: &[bool]) -> bool {
        let carries = |column: &Column| schema.index_of_column(column).is_ok_and(|index| carried[index]);
        match expr {
            Expr::Alias(alias) => return self.follow_expr(&alias.expr, schema, carried),
            Expr::Column(column) => return carries(column),
            Expr::ScalarFunction(call) if call.func.name() == "get_field" => {
                if let [subject, Expr::Literal(ScalarValue::Utf8(Some(field)), _), ..] = &call.args[..]
                    && let Expr::Column(column) = unaliased(subject)
                    && carries(column)
                {
                    self.fields.insert(field.clone());
                    return false;
                }
            }
            _ => {}
        }
        let walked = expr.apply_children(|child| {
            if self.follow_expr(child, schema, carried) {
                self.all = true;
            }
            Ok(TreeNodeRecursion::Continue)
        });
        self.all |= walked.is_err();
        false
    }
}

/// The expression under its names, which rules that merge projections leave inside of expressions.
fn unaliased(mut expr: &Expr) -> &Expr {
    while let Expr::Alias(alias) = expr {
        expr = &alias.expr;
    }
    expr
}
