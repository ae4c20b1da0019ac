//! Types and values as Athena shows them.

mod column;
mod java_number;
mod text;

pub use column::column_info;
pub use text::{CellText, column_text};
