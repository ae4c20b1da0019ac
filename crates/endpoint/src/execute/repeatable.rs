//! Whether a query yields the same rows when nothing has changed.

use datafusion::{
    common::tree_node::{TreeNode, TreeNodeRecursion},
    error::Result,
    logical_expr::{Expr, LogicalPlan, Volatility},
};

/// Whether a plan calls no function whose value changes from query to query, such as `now()` and `random()`, and does not
/// ask what tables there are.
pub(super) fn is_repeatable(plan: &LogicalPlan) -> bool {
    let mut repeatable = true;
    // What cannot be walked is not known.
    let walked = plan.apply_with_subqueries(|node| {
        repeatable = repeatable && node_is_repeatable(node)?;
        Ok(if repeatable { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
    });
    walked.is_ok() && repeatable
}

fn node_is_repeatable(node: &LogicalPlan) -> Result<bool> {
    // Tables of rows that stand in the plan are there under their name alone.
    let name = match node {
        LogicalPlan::TableScan(scan) => Some(&scan.table_name),
        LogicalPlan::SubqueryAlias(alias) => Some(&alias.alias),
        _ => None,
    };
    if name.is_some_and(|name| name.schema() == Some("information_schema")) {
        return Ok(false);
    }
    if let LogicalPlan::TableScan(scan) = node {
        // The query of a view.
        if scan.source.get_logical_plan().is_some_and(|view| !is_repeatable(&view)) {
            return Ok(false);
        }
    }
    let mut repeatable = true;
    node.apply_expressions(|expr| {
        expr.apply(|expr| {
            let volatility = match expr {
                Expr::ScalarFunction(call) => call.func.signature().volatility,
                Expr::AggregateFunction(call) => call.func.signature().volatility,
                _ => Volatility::Immutable,
            };
            repeatable = repeatable && volatility == Volatility::Immutable;
            Ok(if repeatable { TreeNodeRecursion::Continue } else { TreeNodeRecursion::Stop })
        })
    })?;
    Ok(repeatable)
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{SessionConfig, SessionContext};

    use super::*;

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "no plan leaves the test")]
    async fn functions_that_change_are_found_wherever_they_are() {
        let config = SessionConfig::new().with_information_schema(true);
        let context = SessionContext::new_with_config(config);
        context.sql("CREATE VIEW v AS SELECT now() AS at").await.unwrap();
        context.sql("CREATE VIEW w AS SELECT 1 AS a").await.unwrap();
        for (sql, expected) in [
            ("SELECT 1, upper('a'), sum(a) FROM w", true),
            ("SELECT now()", false),
            ("SELECT a FROM w WHERE random() < 0.5", false),
            ("SELECT a FROM w WHERE a IN (SELECT cast(random() AS INT) FROM w)", false),
            ("SELECT * FROM v", false),
            ("SELECT a FROM w ORDER BY uuid()", false),
            ("SELECT count(*) FROM information_schema.tables AS t", false),
        ] {
            let plan = context.state().create_logical_plan(sql).await.unwrap();
            assert_eq!(is_repeatable(&plan), expected, "{sql}");
        }
    }
}
