//! Physical operators of Segue, one per file.
//!
//! ```text
//! CommitExec                one task: makes the files of all tasks visible at once
//!   CoalescePartitionsExec  stage boundary: only what successful attempts reported gets here
//!     ParquetWriteExec      every task writes its own files
//!       <query>
//! ```

mod commit;
mod parquet_write;
mod write_target;

pub use commit::{CommitExec, CommitSpec, WriteOptions};
pub use parquet_write::ParquetWriteExec;
pub use write_target::WriteTarget;
