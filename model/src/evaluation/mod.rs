//! Judges recommenders on playlists of which a part is hidden: full ranking, seeds excluded, the same code for all.

mod coverage;
mod evaluate;
mod evaluation_set;
mod metrics_report;
mod protocol;
mod recommender_metrics;

pub use coverage::Coverage;
pub(crate) use evaluate::mean;
pub use evaluate::{Evaluation, evaluate, mean_of, values_of};
pub use evaluation_set::EvaluationSet;
pub use metrics_report::{Comparison, MetricsReport, PlaylistCounts};
pub use protocol::Protocol;
pub use recommender_metrics::RecommenderMetrics;
