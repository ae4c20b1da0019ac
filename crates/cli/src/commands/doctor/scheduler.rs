//! The cluster.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::timeout;

use super::check::Check;
use crate::{failure::message, settings::Settings};

const NAME: &str = "scheduler";
/// Longest wait for the answer to a query that reads nothing.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Whether the scheduler, if one is named, has executors that answer a query.
pub(super) async fn check(settings: &Settings) -> Option<Check> {
    let address = settings.scheduler.as_deref().filter(|address| !address.is_empty())?;
    let outcome = timeout(TIMEOUT, query(settings)).await;
    Some(match outcome {
        Ok(Ok(())) => Check::ok(NAME, format!("{address} answers queries")),
        Ok(Err(error)) => {
            Check::fail(NAME, message(&error), "check --scheduler and the scheduler's log; all must be of one version")
        }
        Err(_) => {
            let finding = format!("{address} did not answer a query within {} s", TIMEOUT.as_secs());
            Check::fail(NAME, finding, "start a segue-executor for it, or see whether all of them are busy")
        }
    })
}

async fn query(settings: &Settings) -> Result<()> {
    let engine = settings.open_engine().await?;
    // A query without a table is answered by executors, too.
    let rows = engine.session().await?.sql("SELECT hash_bucket(42, 20)").await?.count().await?;
    ensure!(rows == 1, "a query that yields one row yielded {rows}");
    Ok(())
}
