//! What is said of a set of predictions when it is begun.

use crate::{ModelId, RunId, SetId};

/// A batch of predictions that is to become current as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PredictionSet {
    /// Its id; the same for every attempt to load the same predictions.
    pub set_id: SetId,
    /// The run that makes it, if one does.
    pub run_id: Option<RunId>,
    /// The model that predicts.
    pub model_id: ModelId,
}
