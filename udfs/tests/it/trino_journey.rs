//! Plans of Trino's queries travel: each line of its table of behaviours does the same after the journey.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::array::RecordBatch;
use datafusion::{
    error::Result,
    execution::SessionStateBuilder,
    logical_expr::LogicalPlan,
    physical_plan::collect,
    prelude::{DataFrame, SessionContext},
};
use trino::{TrinoError, sql};

use crate::{
    codec::{travel, travel_logically},
    fixture::{lines, session},
};

/// As the table of behaviours has it: arrays, maps and rows.
const NUMBERS: &str = "SELECT * FROM (VALUES \
    (1, 'one', make_array('a', 'b'), make_array(named_struct('x', CAST(1 AS INT), 'y', 'p'))), \
    (2, 'two', make_array('c'), make_array(named_struct('x', CAST(2 AS INT), 'y', 'q'), \
        named_struct('x', CAST(3 AS INT), 'y', NULL))), \
    (3, 'three', NULL, NULL), \
    (4, NULL, make_array(NULL, 'd'), NULL), \
    (5, 'two', NULL, make_array(named_struct('x', CAST(NULL AS INT), 'y', 'r'))), \
    (NULL, 'none', NULL, NULL), \
    (7, 'seven', make_array('e'), NULL)) AS t (n, word, words, rows)";

/// Windows that the engine turns around, and filters in windows.
const WINDOWS: [&str; 6] = [
    "SELECT n, lag(n) OVER (ORDER BY n), lag(n) OVER (ORDER BY n DESC) FROM numbers",
    "SELECT n, lead(n, 2, -1) OVER (ORDER BY n DESC), first_value(word) OVER (ORDER BY n) FROM numbers",
    "SELECT n, nth_value(n, 2) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING), \
     nth_value(n, 2) OVER (ORDER BY n DESC ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) FROM numbers",
    "SELECT n, last_value(word) IGNORE NULLS OVER (ORDER BY n), lead(word) IGNORE NULLS OVER (ORDER BY n DESC) FROM numbers",
    "SELECT n, sum(n) FILTER (WHERE n > 2) OVER (ORDER BY n), count(*) FILTER (WHERE word IS NOT NULL) OVER () FROM numbers",
    "SELECT n, avg(n) FILTER (WHERE n > 2) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM numbers",
];

/// A session in which nothing is computed while a query is planned, so that every call has to travel.
async fn without_folding() -> SessionContext {
    let state = session(2).state();
    let rules = state.optimizers().iter().filter(|rule| rule.name() != "simplify_expressions").map(Arc::clone);
    let state = SessionStateBuilder::new_from_existing(state.clone()).with_optimizer_rules(rules.collect()).build();
    let context = SessionContext::new_with_state(state);
    let numbers = context.sql(NUMBERS).await.unwrap().into_view();
    context.register_table("numbers", numbers).unwrap();
    context
}

fn queries(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            found.extend(queries(&path));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for line in
            text.lines().filter(|line| !line.is_empty() && !line.starts_with("--") && !line.starts_with("NAMES "))
        {
            let expression = line.rsplit_once(" =>").map_or(line, |(expression, _)| expression);
            let is_query = ["SELECT ", "WITH ", "VALUES ", "TABLE "].iter().any(|start| expression.starts_with(start));
            found.push(if is_query { expression.to_owned() } else { format!("SELECT {expression}") });
        }
    }
    found
}

/// The rows of a plan in an order of their own, or the first line of why there are none.
async fn outcome(context: &SessionContext, plan: LogicalPlan, travels: bool) -> Result<Vec<String>, String> {
    let rows = match travels {
        true => rows_after_the_journey(context, plan).await,
        false => DataFrame::new(context.state(), plan).collect().await,
    };
    let mut rows = rows.map(|batches| lines(&batches)).map_err(|error| {
        let text = error.find_root().to_string();
        text.lines().next().unwrap_or_default().to_owned()
    })?;
    rows.sort_unstable();
    Ok(rows)
}

async fn rows_after_the_journey(context: &SessionContext, plan: LogicalPlan) -> Result<Vec<RecordBatch>> {
    // A client sends what it has optimised.
    let plan = travel_logically(&context.state().optimize(&plan)?, context)?;
    let plan = DataFrame::new(context.state(), plan).create_physical_plan().await?;
    collect(travel(&plan, context)?, context.task_ctx()).await
}

#[tokio::test]
async fn every_behaviour_is_the_same_after_the_journey() {
    let context = without_folding().await;
    let mut all = queries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/trino/tests/behaviours"));
    assert!(all.len() > 1000, "the table has lines: {}", all.len());
    all.extend(WINDOWS.map(str::to_owned));
    let (mut travelled, mut wrong) = (0, Vec::new());
    for sql in &all {
        let planned = match sql::plan(&context.state(), sql).await {
            Ok(planned) => planned,
            Err(error) if WINDOWS.contains(&sql.as_str()) => panic!("{sql}: {error}"),
            Err(_) => continue,
        };
        travelled += 1;
        let here = outcome(&context, planned.plan.clone(), false).await;
        let there = outcome(&context, planned.plan, true).await;
        let is_same = match (&here, &there) {
            // One plan is stopped by the planner here and by the way there.
            (Err(here), Err(there)) => TrinoError::in_text(here) == TrinoError::in_text(there),
            (here, there) => here == there,
        };
        if !is_same {
            wrong.push(format!("{sql}\n    here  {here:?}\n    there {there:?}"));
        }
    }
    assert!(travelled * 2 > all.len(), "{travelled} of {} were planned", all.len());
    assert!(wrong.is_empty(), "{} of {travelled} differ:\n{}", wrong.len(), wrong.join("\n"));
}
