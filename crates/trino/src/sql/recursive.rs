//! WITH RECURSIVE.
//!
//! As Trino does, the steps are written out: each reads the one before, and their union is the result. So nothing but
//! ordinary operators is left, which run on executors as everything else does.
//!
//! ```text
//! first ─ step 1 ─ … ─ step RECURSION_DEPTH ─ one more, of which a row is an error
//!   └────────┴───── union ──┴──────────┘
//! ```

use std::{ops::ControlFlow, sync::Arc};

use datafusion::{
    catalog::cte_worktable::CteWorkTable,
    common::{
        TableReference,
        tree_node::{Transformed, TreeNodeRecursion},
    },
    datasource::provider_as_source,
    error::Result,
    logical_expr::{LogicalPlan, LogicalPlanBuilder},
    sql::sqlparser::ast::{Cte, SetExpr, SetOperator, SetQuantifier, visit_relations},
};

use super::{
    SqlResult,
    error::{At, NOWHERE, Place, error, refuse, start},
    planner::{Planner, parts},
    scope::{Env, Relation, Typed},
};
use crate::{ErrorName, TrinoType, functions::RECURSION_DEPTH};

/// Whether a query of WITH reads what it is itself called.
pub(super) fn names_itself(cte: &Cte, called: &str) -> bool {
    let mut found = false;
    let _ = visit_relations(&cte.query, |relation| {
        found |= parts(relation) == [called];
        ControlFlow::<()>::Continue(())
    });
    found
}

impl Planner<'_> {
    /// A query that starts from rows and goes on from what it found last, until it finds nothing.
    pub(super) fn recursive(&self, cte: &Cte, called: &str, outer: &Env<'_>) -> SqlResult<Relation> {
        let at = start(cte.alias.name.span);
        let SetExpr::SetOperation { op: SetOperator::Union, set_quantifier: SetQuantifier::All, left, right } =
            cte.query.body.as_ref()
        else {
            return refuse(at, "a recursive query that is not two queries with UNION ALL");
        };
        let is_bare = cte.query.with.is_none()
            && cte.query.order_by.is_none()
            && cte.query.limit_clause.is_none()
            && cte.query.fetch.is_none();
        if !is_bare {
            return refuse(at, "WITH, ORDER BY or LIMIT in a recursive query");
        }
        let first = self.aliased(self.body(left, outer)?, Some(&cte.alias))?;
        let types: Vec<_> = first.fields.iter().map(|field| field.of.clone()).collect();
        let names: Vec<_> = first.fields.iter().map(|field| field.name.clone()).collect();
        let named = |plan: LogicalPlan| {
            let mut relation = Relation::new(plan, &[called.to_owned()], names.clone(), false);
            for (field, of) in relation.fields.iter_mut().zip(&types) {
                field.of = of.clone();
            }
            relation
        };
        let first = self.project_to(first, &types, at)?.plan;

        // What the last step found is a table, in whose place the plan of that step is put.
        let work = self.unique(called);
        let fields = first.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
        let schema = arrow::datatypes::Schema::new(fields.collect::<Vec<_>>());
        let table = provider_as_source(Arc::new(CteWorkTable::new(&work, Arc::new(schema))));
        let scan = LogicalPlanBuilder::scan(work.as_str(), table, None).and_then(LogicalPlanBuilder::build).at(at)?;
        self.named.borrow_mut().push((called.to_owned(), named(scan)));
        let step = self.body(right, outer);
        self.named.borrow_mut().pop();
        let step = self.project_to(step?, &types, at)?.plan;
        if scans_of(&step, &work).at(at)? > 1 {
            let message = "multiple recursive references in the step relation of recursive query";
            return error(ErrorName::InvalidRecursiveReference, at, message);
        }

        let mut last = first.clone();
        let mut all = LogicalPlanBuilder::from(first);
        for _ in 0..RECURSION_DEPTH {
            last = in_place_of(&work, &step, &last).at(at)?;
            all = all.union(last.clone()).at(at)?;
        }
        let more = self.none(in_place_of(&work, &step, &last).at(at)?, &types, at)?;
        Ok(named(all.union(more).and_then(LogicalPlanBuilder::build).at(at)?))
    }

    /// The rows of a plan, of which the first is an error. Below the limit no condition is put, so that it stays the last.
    fn none(&self, plan: LogicalPlan, types: &[TrinoType], at: Place) -> SqlResult<LogicalPlan> {
        let columns = plan.schema().columns().into_iter().zip(types);
        let values = columns.map(|(column, of)| Typed::new(column.into(), of.clone(), NOWHERE)).collect();
        let is_none = self.call("$too_deep", values, at)?;
        let first = LogicalPlanBuilder::from(plan).limit(0, Some(1));
        first.and_then(|plan| plan.filter(is_none.expr)).and_then(LogicalPlanBuilder::build).at(at)
    }
}

/// How often a plan reads a table.
fn scans_of(plan: &LogicalPlan, table: &str) -> Result<usize> {
    let mut count = 0;
    plan.apply_with_subqueries(|node| {
        count += usize::from(is_scan_of(node, table));
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(count)
}

fn is_scan_of(node: &LogicalPlan, table: &str) -> bool {
    matches!(node, LogicalPlan::TableScan(scan) if scan.table_name.table() == table)
}

/// A plan with another one, of the same columns, in place of a table.
fn in_place_of(table: &str, plan: &LogicalPlan, with: &LogicalPlan) -> Result<LogicalPlan> {
    let changed = plan.clone().transform_up_with_subqueries(|node| {
        if !is_scan_of(&node, table) {
            return Ok(Transformed::no(node));
        }
        let named = LogicalPlanBuilder::from(with.clone()).alias(TableReference::bare(table))?.build()?;
        Ok(Transformed::yes(named))
    });
    Ok(changed?.data)
}
