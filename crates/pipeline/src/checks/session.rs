//! Runs the checks of a step on a candidate.

use std::sync::Arc;

use arrow::{
    array::{AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use datafusion::{error::DataFusionError, prelude::SessionContext};
use lake::Table;
use udfs::lake_table::{LakeTable, Reading};

use super::{Check, CheckOutcome};
use crate::{Error, Result, RunOptions, Step};

/// Name under which a check finds the rows that the step brings.
const WRITTEN: &str = "written";

/// Runs the checks of a step on the write that waits as a candidate; fails at the first that does not pass.
///
/// A check that needs a table which the lake does not have is left out: the step was then run without those before it.
pub(crate) async fn run(
    context: &SessionContext,
    options: &RunOptions,
    step: Step,
    table: &Table,
    write_id: &str,
) -> Result<Vec<CheckOutcome>> {
    let failed = Error::query(step);
    let candidate = LakeTable::of_snapshot(&table.preview(write_id).await?);
    let written = candidate.clone().reading(Reading::Written { write_id: write_id.to_owned() });
    let preview = candidate.reading(Reading::Preview { write_id: write_id.to_owned() });
    context.register_table(step.name(), Arc::new(preview)).map_err(&failed)?;
    context.register_table(WRITTEN, Arc::new(written)).map_err(&failed)?;
    let mut outcomes = Vec::new();
    for check in Check::of(step) {
        if !has_inputs(context, check).await.map_err(&failed)? {
            continue;
        }
        let outcome = evaluate(context, options, check).await.map_err(&failed)?;
        if !outcome.passed() {
            return Err(Error::CheckFailed { step, outcome });
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

async fn has_inputs(context: &SessionContext, check: Check) -> datafusion::error::Result<bool> {
    for input in check.inputs() {
        match context.table_provider(input).await {
            Ok(_) => {}
            Err(DataFusionError::Plan(_)) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

async fn evaluate(
    context: &SessionContext,
    options: &RunOptions,
    check: Check,
) -> datafusion::error::Result<CheckOutcome> {
    let batches = context.sql(check.sql).await?.collect().await?;
    let row = batches.iter().find(|batch| batch.num_rows() > 0);
    let row = row.ok_or_else(|| DataFusionError::Execution(format!("check `{}` yielded no row", check.name)))?;
    let example = cast(column(row, check, "example")?, &DataType::Utf8)?;
    Ok(CheckOutcome {
        check: check.name,
        checked: number(row, check, "checked")?,
        violations: number(row, check, "violations")?,
        allowed: options.allowed.get(check.name).copied().unwrap_or_else(|| check.allowed()),
        example: example.as_string::<i32>().iter().next().flatten().map(str::to_owned),
    })
}

fn number(row: &RecordBatch, check: Check, name: &str) -> datafusion::error::Result<i64> {
    let column = cast(column(row, check, name)?, &DataType::Int64)?;
    Ok(column.as_primitive::<Int64Type>().value(0))
}

fn column<'a>(
    row: &'a RecordBatch,
    check: Check,
    name: &str,
) -> datafusion::error::Result<&'a Arc<dyn arrow::array::Array>> {
    let missing = || DataFusionError::Execution(format!("check `{}` yields no column `{name}`", check.name));
    row.column_by_name(name).ok_or_else(missing)
}
