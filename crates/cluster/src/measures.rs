//! What was measured while a job ran.

use std::time::Duration;

use ballista_core::{
    error::BallistaError,
    serde::protobuf::{
        GetJobMetricsParams, GetJobMetricsResult, OperatorMetricsSet, OperatorWithMetrics,
        scheduler_grpc_client::SchedulerGrpcClient,
    },
};
use datafusion::{
    error::{DataFusionError, Result},
    physical_plan::metrics::MetricsSet,
};

use crate::job::Connecting;

/// Longest wait for the scheduler's answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How the description of a scan of files begins, and what it says of those that count what they read.
const FILE_SCAN: &str = "DataSourceExec: file_groups=";
const OF_PARQUET: &str = ", file_type=parquet";

/// The stages of a job that has ended: their operators, each with its measures. A query that needed no cluster has none.
///
/// # Errors
/// An execution error if the scheduler does not tell them.
pub(crate) async fn measured(job_id: Option<String>, scheduler_url: &str, connecting: &Connecting) -> Result<String> {
    match job_id {
        Some(job_id) => told(asked(job_id, scheduler_url, connecting).await?),
        None => Ok(String::new()),
    }
}

/// Bytes that the scans of a job that has ended read of files; [`None`] if one of them does not count, as all do that
/// are not of Parquet.
///
/// # Errors
/// As [`measured`].
pub(crate) async fn scanned_bytes(
    job_id: Option<String>,
    scheduler_url: &str,
    connecting: &Connecting,
) -> Result<Option<u64>> {
    match job_id {
        Some(job_id) => scanned(asked(job_id, scheduler_url, connecting).await?),
        None => Ok(Some(0)),
    }
}

async fn asked(job_id: String, scheduler_url: &str, connecting: &Connecting) -> Result<GetJobMetricsResult> {
    let failed =
        |reason: String| DataFusionError::Execution(format!("cannot read what job {job_id} measured: {reason}"));
    let endpoint = connecting.endpoint(scheduler_url).map_err(|error| failed(error.to_string()))?;
    let asking = async {
        let connection = endpoint.connect().await.map_err(|error| failed(error.to_string()))?;
        let mut client = SchedulerGrpcClient::new(connection);
        let answer = client.get_job_metrics(GetJobMetricsParams { job_id: job_id.clone() }).await;
        answer.map_err(|status| failed(status.to_string()))
    };
    let answer = tokio::time::timeout(TIMEOUT, asking).await.map_err(|_| failed("no answer".to_owned()))??;
    Ok(answer.into_inner())
}

/// A job of which nothing is known any more counts nothing either.
fn scanned(measures: GetJobMetricsResult) -> Result<Option<u64>> {
    let mut bytes = (!measures.stages.is_empty()).then_some(0_u64);
    let operators = measures.stages.into_iter().flat_map(|stage| stage.operators);
    for scan in operators.filter(|operator| operator.operator_desc.starts_with(FILE_SCAN)) {
        if !scan.operator_desc.contains(OF_PARQUET) {
            return Ok(None);
        }
        let read = metrics(scan)?.sum_by_name("bytes_scanned").map_or(0, |read| read.as_usize());
        bytes = bytes.map(|bytes| bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX)));
    }
    Ok(bytes)
}

fn metrics(operator: OperatorWithMetrics) -> Result<MetricsSet> {
    let read: std::result::Result<MetricsSet, BallistaError> =
        OperatorMetricsSet { metrics: operator.metrics }.try_into();
    read.map_err(|error| DataFusionError::Execution(error.to_string()))
}

fn told(measures: GetJobMetricsResult) -> Result<String> {
    let mut stages = measures.stages;
    stages.sort_by_key(|stage| stage.stage_id);
    let mut lines = Vec::new();
    for stage in stages {
        lines.push(format!("Stage {}, {} partitions", stage.stage_id, stage.partitions));
        for operator in stage.operators {
            let indent = "  ".repeat(operator.depth as usize + 1);
            let description = operator.operator_desc.clone();
            let measures = metrics(operator)?.aggregate_by_name().sorted_for_display().timestamps_removed();
            lines.push(format!("{indent}{description}, metrics=[{measures}]"));
        }
    }
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use ballista_core::serde::protobuf::JobStageMetrics;
    use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder};

    use super::*;

    /// An operator that counted so many bytes in each of its files.
    fn operator(description: &str, bytes: &[usize]) -> OperatorWithMetrics {
        let counted = ExecutionPlanMetricsSet::new();
        for (at, bytes) in bytes.iter().enumerate() {
            MetricBuilder::new(&counted)
                .with_new_label("filename", at.to_string())
                .counter("bytes_scanned", 0)
                .add(*bytes);
            MetricBuilder::new(&counted).counter("row_groups_pruned", 0).add(9);
        }
        let set: OperatorMetricsSet = counted.clone_inner().try_into().unwrap();
        OperatorWithMetrics { operator_desc: description.to_owned(), metrics: set.metrics, ..Default::default() }
    }

    #[track_caller]
    fn check(stages: Vec<Vec<OperatorWithMetrics>>, expected: Option<u64>) {
        let stages = stages.into_iter().map(|operators| JobStageMetrics { operators, ..Default::default() });
        let measures = GetJobMetricsResult { stages: stages.collect() };
        assert_eq!(scanned(measures).unwrap(), expected);
    }

    #[test]
    fn what_scans_of_parquet_read_adds_up() {
        let parquet = "DataSourceExec: file_groups={1 group: [[a.parquet]]}, projection=[a], file_type=parquet";
        let text = "DataSourceExec: file_groups={1 group: [[a.txt]]}, projection=[a], file_type=hive_rows";
        let filter = || operator("FilterExec: a > 1", &[1_000]);
        check(vec![vec![filter(), operator(parquet, &[5, 7])], vec![operator(parquet, &[1])]], Some(13));
        check(vec![vec![operator(parquet, &[])]], Some(0));
        check(vec![vec![operator("DataSourceExec: partitions=1", &[])]], Some(0));
        check(vec![vec![operator(parquet, &[5])], vec![operator(text, &[])]], None);
        check(Vec::new(), None);
    }
}
