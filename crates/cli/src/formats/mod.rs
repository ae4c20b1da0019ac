//! The forms in which the rows of a query are written.

mod csv;
mod json;
mod markdown;
mod parquet;
mod result_format;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use result_format::{Demand, OutputFormat, ResultFormat};
