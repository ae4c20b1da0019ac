//! Named queries.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamedQueryRequest {
    pub named_query_id: Option<String>,
    pub named_query_ids: Option<Vec<String>>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub database: Option<String>,
    pub query_string: Option<String>,
    pub work_group: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NamedQuery {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub database: String,
    pub query_string: String,
    pub named_query_id: String,
    pub work_group: String,
}
