//! What was measured while a job ran.

use std::time::Duration;

use ballista_core::{
    error::BallistaError,
    serde::protobuf::{
        GetJobMetricsParams, GetJobMetricsResult, OperatorMetricsSet, scheduler_grpc_client::SchedulerGrpcClient,
    },
    utils::{GrpcClientConfig, create_grpc_client_endpoint},
};
use datafusion::{
    error::{DataFusionError, Result},
    physical_plan::metrics::MetricsSet,
};

/// Longest wait for the scheduler's answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The stages of a job that has ended: their operators, each with its measures. A query that needed no cluster has none.
///
/// # Errors
/// An execution error if the scheduler does not tell them.
pub(crate) async fn measured(
    job_id: Option<String>,
    scheduler_url: &str,
    settings: &GrpcClientConfig,
) -> Result<String> {
    let Some(job_id) = job_id else { return Ok(String::new()) };
    let failed =
        |reason: String| DataFusionError::Execution(format!("cannot read what job {job_id} measured: {reason}"));
    let url = scheduler_url.replacen("df://", "http://", 1);
    let endpoint = create_grpc_client_endpoint(url, Some(settings)).map_err(|error| failed(error.to_string()))?;
    let asking = async {
        let connection = endpoint.connect().await.map_err(|error| failed(error.to_string()))?;
        let mut client = SchedulerGrpcClient::new(connection);
        let answer = client.get_job_metrics(GetJobMetricsParams { job_id: job_id.clone() }).await;
        answer.map_err(|status| failed(status.to_string()))
    };
    let answer = tokio::time::timeout(TIMEOUT, asking).await.map_err(|_| failed("no answer".to_owned()))??;
    told(answer.into_inner())
}

fn told(measures: GetJobMetricsResult) -> Result<String> {
    let mut stages = measures.stages;
    stages.sort_by_key(|stage| stage.stage_id);
    let mut lines = Vec::new();
    for stage in stages {
        lines.push(format!("Stage {}, {} partitions", stage.stage_id, stage.partitions));
        for operator in stage.operators {
            let measures: std::result::Result<MetricsSet, BallistaError> =
                OperatorMetricsSet { metrics: operator.metrics }.try_into();
            let measures = measures.map_err(|error| DataFusionError::Execution(error.to_string()))?;
            let measures = measures.aggregate_by_name().sorted_for_display().timestamps_removed();
            let indent = "  ".repeat(operator.depth as usize + 1);
            lines.push(format!("{indent}{}, metrics=[{measures}]", operator.operator_desc));
        }
    }
    Ok(lines.join("\n"))
}
