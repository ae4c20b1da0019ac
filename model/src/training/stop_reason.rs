//! Why training ended.

use serde::{Deserialize, Serialize};

/// Why training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All planned passes are done.
    Epochs,
    /// Validation had not improved for as long as patience lasts.
    EarlyStopping,
    /// The wall-clock budget was spent; another run may end elsewhere.
    TimeBudget,
}
