//! Queries: one job of the cluster, whose rows go to a `.csv` file as they come.

use std::time::{Duration, Instant};

use athena::files::{csv_header, csv_rows};
use cluster::{Job, JobHandle};
use datafusion::{arrow::array::RecordBatch, prelude::SessionContext};
use futures::StreamExt;
use tracing::warn;

use super::{Done, Task, column::column_of, repeatable::is_repeatable, scanned::scanned_bytes, task::millis};
use crate::{
    error::{QueryError, QueryResult},
    queries::{Sources, is_stopped},
    sql::{plan, with_parameters},
};

/// Pause between two looks for the name of a job that is being submitted.
const NAME_POLL: Duration = Duration::from_millis(20);
/// Looks for the name before a job is left to itself.
const NAME_LOOKS: u32 = 250;

pub(super) async fn select(task: &Task, sql: &str) -> QueryResult<Done> {
    let values = task.execution.execution_parameters.clone().unwrap_or_default();
    let sql = with_parameters(sql, &values)?;
    let began = Instant::now();
    let session = task.session().await?;
    let planned = plan(&session, &sql).await?;
    let columns = planned.names.iter().zip(&planned.types).map(|(name, of)| column_of(name, of)).collect();
    let sources = is_repeatable(&planned.plan).then(|| Sources(session.catalog.versions()));
    let planning_ms = millis(began);
    if let Some(caller) = &task.caller {
        return caller.answered(session, planned, &sql).await;
    }
    let mut job =
        Job::plan(&session.context, planned.plan).await.map_err(|error| QueryError::of_engine(&error, &sql))?;
    let mut file = task.object(task.output())?.writer();
    *file.buffer() = csv_header(planned.names.iter().map(String::as_str));
    let mut rows = Rows { task, context: &session.context, sql: &sql, job: &mut job };
    let written = async {
        while let Some(batch) = rows.next().await? {
            csv_rows(&batch, file.buffer()).map_err(|error| QueryError::internal(error.to_string()))?;
            file.flush().await?;
        }
        Ok(())
    }
    .await;
    if let Err(error) = written {
        file.abort().await;
        return Err(error);
    }
    file.finish().await?;
    task.write_metadata(columns, None).await?;
    let scanned_bytes = scanned_bytes(task, &session, &job.handle()).await;
    Ok(Done { scanned_bytes, planning_ms, sources, ..Done::default() })
}

/// The rows of a job, which is cancelled when its query is stopped.
pub(super) struct Rows<'r> {
    pub(super) task: &'r Task,
    pub(super) context: &'r SessionContext,
    pub(super) sql: &'r str,
    pub(super) job: &'r mut Job,
}

impl Rows<'_> {
    pub(super) async fn next(&mut self) -> QueryResult<Option<RecordBatch>> {
        let mut stopped = self.task.stopped.clone();
        let handle = self.job.handle();
        let next = tokio::select! {
            next = self.job.rows().next() => next,
            () = is_stopped(&mut stopped) => {
                self.cancel(&handle).await;
                return Err(QueryError::new("USER_CANCELED", "Query cancelled by user"));
            }
        };
        next.transpose().map_err(|error| QueryError::of_engine(&error, self.sql))
    }

    /// Ends the job. One that is on its way to the scheduler gets its name there first.
    async fn cancel(&mut self, handle: &JobHandle) {
        for _ in 0..NAME_LOOKS {
            if handle.job_id().is_some() {
                break;
            }
            let waited = tokio::time::timeout(NAME_POLL, self.job.rows().next()).await;
            if let Ok(None | Some(Err(_))) = waited {
                return;
            }
        }
        let url = self.task.service.places.cluster.url();
        if let Err(error) = handle.cancel(self.context, url).await {
            warn!(query_execution_id = %self.task.id(), error = %error, "cannot cancel the query's job");
        }
    }
}
