//! Tables of the lake in SQL: reads see one committed version, inserts are parallel and atomic.

mod file_statistics;
mod provider;
mod schema_provider;

pub use provider::{LakeTable, Reading};
pub use schema_provider::LakeSchemaProvider;
