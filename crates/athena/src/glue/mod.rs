//! Requests and answers of Glue's data catalog. Names, and what they mean, are those of the API reference, version
//! 2017-03-31. What Segue does not interpret is kept as it came.
#![expect(missing_docs, reason = "members are described in AWS's API reference under these names")]

mod database;
mod partition;
mod table;

pub use database::*;
pub use partition::*;
pub use table::*;
