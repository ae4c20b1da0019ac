//! From a statement to its plan.

use anyhow::{Context, Result, anyhow};
use datafusion::{
    logical_expr::{DdlStatement, LogicalPlan, PlanType, ToStringifiedPlan},
    prelude::SessionContext,
};
use trino::sql::{Planned, Written};

use super::statements::{Statement, explained};
use crate::failure::UsageError;

/// A plan, and the names of its columns if they are not those of the plan.
pub(super) struct Plan {
    pub(super) plan: LogicalPlan,
    pub(super) names: Option<Vec<String>>,
}

/// Plans a statement on a session.
pub(super) async fn of_statement(session: &SessionContext, statement: Statement) -> Result<Plan> {
    let text = match statement {
        Statement::Datafusion(parsed) => {
            return Ok(Plan { plan: session.state().statement_to_plan(*parsed).await?, names: None });
        }
        Statement::Trino(text) => text,
    };
    match Written::of(&text).map_err(invalid)? {
        Written::Query(query) => {
            let Planned { plan, columns } = planned(session, query).await?;
            Ok(Plan { plan, names: Some(columns.into_iter().map(|(name, _)| name).collect()) })
        }
        Written::Explain { before, query } => {
            let plan = planned(session, &trino::sql::in_place(before, query)).await?.plan;
            around(session, before, plan).await
        }
        Written::CreateTableAs { before, query } => {
            let planned = planned(session, &trino::sql::in_place(before, query)).await?;
            let plan = planned.under_its_names().map_err(invalid)?;
            around(session, before, plan).await
        }
        Written::Insert { before, query } => {
            let plan = trino::sql::plan_insert(&session.state(), before, query).await.map_err(invalid)?;
            Ok(Plan { plan, names: None })
        }
        Written::Show => {
            let plan = session.state().create_logical_plan(&text).await.map_err(explained)?;
            Ok(Plan { plan, names: None })
        }
        Written::Other(word) => Err(UsageError(format!(
            "--dialect trino has queries, EXPLAIN, CREATE TABLE AS, INSERT, SHOW and DESCRIBE, and no {word}: run this statement \
             with --dialect datafusion"
        ))
        .into()),
    }
}

async fn planned(session: &SessionContext, query: &str) -> Result<Planned> {
    trino::sql::plan(&session.state(), query).await.map_err(invalid)
}

fn invalid(error: trino::sql::SqlError) -> anyhow::Error {
    anyhow!("invalid SQL: {error}")
}

/// What the engine plans of the words before a query, with the query's own plan within.
async fn around(session: &SessionContext, before: &str, query: LogicalPlan) -> Result<Plan> {
    let outer = session.state().create_logical_plan(&format!("{before} SELECT 1 AS x")).await.map_err(explained)?;
    let plan = match outer {
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(mut create)) => {
            create.input = query.into();
            LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(create))
        }
        LogicalPlan::Explain(mut explain) => {
            explain.stringified_plans = vec![query.to_stringified(PlanType::InitialLogicalPlan)];
            explain.plan = query.into();
            LogicalPlan::Explain(explain)
        }
        LogicalPlan::Analyze(mut analyze) => {
            analyze.input = query.into();
            LogicalPlan::Analyze(analyze)
        }
        other => return Err(anyhow!("{}", other.display())).context("a statement was planned as something else"),
    };
    Ok(Plan { plan, names: None })
}
