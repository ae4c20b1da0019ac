//! Partitions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StorageDescriptor;

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PartitionRequest {
    pub database_name: Option<String>,
    pub table_name: Option<String>,
    pub partition_values: Option<Vec<String>>,
    pub partition_value_list: Option<Vec<String>>,
    pub partition_input: Option<PartitionInput>,
    pub partition_input_list: Option<Vec<PartitionInput>>,
    pub partitions_to_delete: Option<Vec<PartitionValues>>,
    pub partitions_to_get: Option<Vec<PartitionValues>>,
    pub expression: Option<String>,
    pub segment: Option<Segment>,
    pub next_token: Option<String>,
    pub max_results: Option<i64>,
}

/// One of several parts of a list that are read side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Segment {
    pub segment_number: usize,
    pub total_segments: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PartitionValues {
    pub values: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PartitionInput {
    pub values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_descriptor: Option<StorageDescriptor>,
    pub parameters: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Partition {
    #[serde(flatten)]
    pub input: PartitionInput,
    pub database_name: String,
    pub table_name: String,
    pub creation_time: f64,
    pub catalog_id: String,
}
