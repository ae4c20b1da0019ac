//! Physical operators of Segue, one per file.
//!
//! ```text
//! CommitExec                one task: makes the files of all tasks visible at once
//!   CoalescePartitionsExec  stage boundary: only what successful attempts reported gets here
//!     ParquetWriteExec      every task writes its own files
//!       <query>
//! ```

mod commit;
mod compressed_scan;
pub mod cooccurrence;
mod folded_names;
mod parquet_write;
mod write_format;
mod write_target;

use std::sync::Arc;

use datafusion::physical_plan::{ExecutionPlan, coalesce_partitions::CoalescePartitionsExec};

pub use commit::{CommitExec, CommitSpec, WriteOptions};
pub use compressed_scan::CompressedScanExec;
pub use folded_names::FoldedNamesExec;
pub use parquet_write::ParquetWriteExec;
pub use write_format::{ParquetCompression, RowCompression, WriteFormat};
pub use write_target::{Destination, WriteTarget};

/// A plan that writes the rows of `input` in every task and then commits once.
pub fn parallel_write(input: Arc<dyn ExecutionPlan>, spec: CommitSpec) -> Arc<dyn ExecutionPlan> {
    let write: Arc<dyn ExecutionPlan> = Arc::new(ParquetWriteExec::new(input, spec.target.clone()));
    Arc::new(CommitExec::new(Arc::new(CoalescePartitionsExec::new(write)), spec))
}
