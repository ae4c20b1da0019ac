//! Segue's own SQL functions, one per file.
//!
//! To add one: write its file, list it in [`scalar_functions`] or [`aggregate_functions`]; every session, on client,
//! scheduler and executor, then has it, and the contract test of the cluster covers it.

mod array_agg_ordered;
pub mod cooccurrence;
mod hash_bucket;
mod normalize_title;
mod travelling_window;

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};

pub(crate) use travelling_window::TravellingWindow;

/// All scalar functions.
pub fn scalar_functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        Arc::new(ScalarUDF::from(hash_bucket::HashBucketFunc::new())),
        Arc::new(ScalarUDF::from(normalize_title::NormalizeTitleFunc::new())),
    ]
}

/// All aggregate functions.
pub fn aggregate_functions() -> Vec<Arc<AggregateUDF>> {
    vec![
        Arc::new(AggregateUDF::from(array_agg_ordered::ArrayAggOrdered::new())),
        Arc::new(AggregateUDF::from(cooccurrence::Cooccurrence::new())),
    ]
}
