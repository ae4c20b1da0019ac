//! How one recommender did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Coverage;
use crate::metrics::Interval;

/// How one recommender did on the test playlists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecommenderMetrics {
    /// Means with 95 % confidence intervals, by name of the metric.
    pub metrics: BTreeMap<String, Interval>,
    /// What it showed.
    #[serde(flatten)]
    pub coverage: Coverage,
    /// Seconds that ranking the test playlists took.
    pub seconds: f64,
}
