//! The catalog as DataFusion asks for it.
//!
//! A name is looked up each time a statement is planned. A table of the lake becomes its current version; an external one
//! the files that are at its location, or at those of its partitions, at that moment; a view the plan of its query.

mod allowed_values;
mod describe;
mod external;
mod files;
mod partition_rows;
mod projection;
mod row_format;
mod schema;
mod session_catalog;
mod view;

pub use row_format::file_format;
pub use session_catalog::SessionCatalog;
pub use view::{ViewColumn, ViewText, view_table};
