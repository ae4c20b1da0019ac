//! Which versions of the lake's tables a step reads.

use std::collections::BTreeMap;

use lake::Lake;

use crate::{Error, Result, Step};

/// Versions of tables by name.
pub(crate) type Versions = BTreeMap<&'static str, u64>;

/// Current versions of what a run reads and does not write itself.
pub(crate) async fn of_run(lake: &Lake, steps: &[Step]) -> Result<Versions> {
    let mut versions = Versions::new();
    let mut written: Vec<&str> = Vec::new();
    for &step in steps {
        for &table in step.inputs().iter().filter(|table| !written.contains(table)) {
            versions.insert(table, current(lake, step, table).await?);
        }
        written.extend(step.table());
    }
    Ok(versions)
}

/// Current versions of what a step reads.
pub(crate) async fn of_step(lake: &Lake, step: Step) -> Result<Versions> {
    let mut versions = Versions::new();
    for &table in step.inputs() {
        versions.insert(table, current(lake, step, table).await?);
    }
    Ok(versions)
}

async fn current(lake: &Lake, step: Step, table: &'static str) -> Result<u64> {
    lake.table(table)?.latest_version().await?.ok_or(Error::MissingInput { step, table })
}
