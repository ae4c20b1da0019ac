//! Workgroups.

use serde::{Deserialize, Serialize};

use super::{EngineVersion, ResultConfiguration, Tag};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WorkGroupRequest {
    pub work_group: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateWorkGroupRequest {
    pub name: Option<String>,
    pub configuration: Option<WorkGroupConfiguration>,
    pub description: Option<String>,
    pub tags: Option<Vec<Tag>>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateWorkGroupRequest {
    pub work_group: Option<String>,
    pub description: Option<String>,
    pub state: Option<String>,
    pub configuration_updates: Option<WorkGroupConfigurationUpdates>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WorkGroupConfigurationUpdates {
    pub enforce_work_group_configuration: Option<bool>,
    pub result_configuration_updates: Option<ResultConfigurationUpdates>,
    pub publish_cloud_watch_metrics_enabled: Option<bool>,
    pub bytes_scanned_cutoff_per_query: Option<i64>,
    pub remove_bytes_scanned_cutoff_per_query: Option<bool>,
    pub requester_pays_enabled: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResultConfigurationUpdates {
    pub output_location: Option<String>,
    pub remove_output_location: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WorkGroup {
    pub name: String,
    pub state: String,
    pub configuration: WorkGroupConfiguration,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub creation_time: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WorkGroupConfiguration {
    pub result_configuration: ResultConfiguration,
    pub enforce_work_group_configuration: bool,
    pub publish_cloud_watch_metrics_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_scanned_cutoff_per_query: Option<i64>,
    pub requester_pays_enabled: bool,
    pub enable_minimum_encryption_configuration: bool,
    pub engine_version: EngineVersion,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct WorkGroupSummary {
    pub name: String,
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub creation_time: f64,
    pub engine_version: EngineVersion,
}
