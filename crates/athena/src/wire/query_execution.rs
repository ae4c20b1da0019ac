//! Queries.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StartQueryExecutionRequest {
    pub query_string: Option<String>,
    pub client_request_token: Option<String>,
    pub query_execution_context: Option<QueryExecutionContext>,
    pub result_configuration: Option<ResultConfiguration>,
    pub work_group: Option<String>,
    pub execution_parameters: Option<Vec<String>>,
    pub result_reuse_configuration: Option<ResultReuseConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryExecutionIdRequest {
    pub query_execution_id: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BatchGetQueryExecutionRequest {
    pub query_execution_ids: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListRequest {
    pub next_token: Option<String>,
    pub max_results: Option<i64>,
    pub work_group: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryExecutionContext {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResultConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_configuration: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_bucket_owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl_configuration: Option<serde_json::Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResultReuseConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_reuse_by_age_configuration: Option<ResultReuseByAgeConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResultReuseByAgeConfiguration {
    #[serde(default)]
    pub enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_in_minutes: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryExecution {
    pub query_execution_id: String,
    pub query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub substatement_type: Option<String>,
    pub result_configuration: ResultConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_reuse_configuration: Option<ResultReuseConfiguration>,
    pub query_execution_context: QueryExecutionContext,
    pub status: QueryExecutionStatus,
    pub statistics: QueryExecutionStatistics,
    pub work_group: String,
    pub engine_version: EngineVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_parameters: Option<Vec<String>>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryExecutionStatus {
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_change_reason: Option<String>,
    pub submission_date_time: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_date_time: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub athena_error: Option<AthenaError>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AthenaError {
    pub error_category: i32,
    pub error_type: i32,
    pub retryable: bool,
    pub error_message: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueryExecutionStatistics {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine_execution_time_in_millis: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_scanned_in_bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_manifest_location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_execution_time_in_millis: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_queue_time_in_millis: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_pre_processing_time_in_millis: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_planning_time_in_millis: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_processing_time_in_millis: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_reuse_information: Option<ResultReuseInformation>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResultReuseInformation {
    pub reused_previous_result: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EngineVersion {
    pub selected_engine_version: String,
    pub effective_engine_version: String,
}

impl Default for EngineVersion {
    fn default() -> Self {
        Self {
            selected_engine_version: "AUTO".to_owned(),
            effective_engine_version: "Athena engine version 3".to_owned(),
        }
    }
}
