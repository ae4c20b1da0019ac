//! Next tracks for every playlist of the lake, as a table.

mod prediction_batch;
mod predictor;
mod report;
mod source;

pub use predictor::{PredictOptions, predict};
pub use report::PredictionReport;
pub use source::Source;

pub(crate) use predictor::source;
