//! The protocol of Amazon Athena and, as far as its clients need them, of AWS Glue and STS.
//!
//! - [`target`]: which service and operation a request is for;
//! - [`wire`] and [`glue`]: requests and answers, under AWS's own names;
//! - [`ApiError`]: errors as clients know them;
//! - [`constraints`]: what a request may hold;
//! - [`signature`]: SigV4, verified;
//! - [`values`]: names, precisions and text forms of types;
//! - [`files`]: the result files `.csv`, `.txt` and `.metadata`.
//!
//! The crate knows Arrow, for the rows of results, and neither a query engine nor a network.

pub mod constraints;
mod exception;
pub mod files;
pub mod glue;
pub mod signature;
pub mod target;
pub mod values;
pub mod wire;

pub use exception::{ApiError, Exception};
