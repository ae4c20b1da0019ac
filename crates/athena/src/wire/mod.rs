//! Requests and answers of Athena. Names, and what they mean, are those of the API reference, version 2017-05-18.
//!
//! Every member of a request may be missing: what must be there is checked where it is used, so that the error names it.
#![expect(missing_docs, reason = "members are described in AWS's API reference under these names")]

mod data_catalog;
mod named_query;
mod prepared_statement;
mod query_execution;
mod result_set;
mod tag;
mod work_group;

pub use data_catalog::*;
pub use named_query::*;
pub use prepared_statement::*;
pub use query_execution::*;
pub use result_set::*;
pub use tag::*;
pub use work_group::*;
