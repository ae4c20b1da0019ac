//! Prepared statements.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PreparedStatementRequest {
    pub statement_name: Option<String>,
    pub work_group: Option<String>,
    pub query_statement: Option<String>,
    pub description: Option<String>,
    pub prepared_statement_names: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PreparedStatement {
    pub statement_name: String,
    pub query_statement: String,
    pub work_group_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub last_modified_time: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PreparedStatementSummary {
    pub statement_name: String,
    pub last_modified_time: f64,
}
