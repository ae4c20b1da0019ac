//! Files that a catalog knows as a table: Parquet, or rows as Hive's `SerDe`s have them, in partitions or not.

mod file_set;
mod lines;
mod provider;
mod prune;
mod row_source;

pub use file_set::{FileCompression, FileFormat, FileSet, ListedFile};
pub use provider::FilesTable;
pub(crate) use provider::FilesTableParts;
pub use row_source::RowSource;
