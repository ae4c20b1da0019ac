//! The division of `cooccurrence` among tasks.
//!
//! ```text
//! CooccurrenceExec            P partitions: each counts its share of the items, against all groups
//!   CoalescePartitionsExec    stage boundary: every task reads all encoded groups
//!     CooccurrenceEncodeExec  N partitions: rows become runs of small numbers and one dictionary
//!       <query>
//!   DataSourceExec            P partitions: which share
//! ```
//!
//! Counting the row of one item needs the groups of that item and nothing else, so items divide the work freely. What
//! is replicated is the encoded input, four bytes a row and each distinct item once per encoding task; the pairs and
//! the result stay where they are made.

mod collect;
mod count;
mod dictionary;
mod encode;
mod encoded;
mod encoder;
mod runs;
mod shared;
mod text_dictionary;
mod value_places;

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, UInt32Array},
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use datafusion::{datasource::memory::MemorySourceConfig, error::Result, physical_plan::ExecutionPlan};

pub(crate) use self::count::output_schema;
pub(crate) use self::{
    collect::{Collected, Collector, Groups},
    encoder::Encoder,
};
pub use self::{
    count::{CooccurrenceExec, CooccurrenceSpec},
    encode::CooccurrenceEncodeExec,
};

/// A plan that counts the rows of `input`, whose columns are group, item and, if there is one, position.
///
/// # Errors
/// DataFusion's if the plan cannot be made.
pub fn divided_cooccurrence(input: Arc<dyn ExecutionPlan>, spec: CooccurrenceSpec) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = Arc::new(Schema::new(vec![Field::new("part", DataType::UInt32, false)]));
    let parts: Result<Vec<Vec<RecordBatch>>> = (0..spec.parts)
        .map(|part| {
            let part: ArrayRef = Arc::new(UInt32Array::from(vec![part]));
            Ok(vec![RecordBatch::try_new(Arc::clone(&schema), vec![part])?])
        })
        .collect();
    let parts = MemorySourceConfig::try_new_exec(&parts?, schema, None)?;
    let encoded = Arc::new(CooccurrenceEncodeExec::try_new(input)?);
    Ok(Arc::new(CooccurrenceExec::try_new(encoded, parts, spec)?))
}
