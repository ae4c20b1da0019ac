//! What is hidden of a playlist, and how the search for it is judged.

use serde::{Deserialize, Serialize};

use crate::metrics::{self, Metric, Ndcg};

/// What is hidden of a playlist, and how the search for it is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
#[value(rename_all = "kebab-case")]
pub enum Protocol {
    /// Some playlists are kept out of training; their first half is shown and the second half is to be found.
    #[default]
    Continuation,
    /// Every playlist trains, but for its last two items: the last one tests, the one before it validates. Usual for
    /// public interaction sets.
    LeaveOneOut,
}

impl Protocol {
    /// All metrics that are reported.
    pub fn metrics(self) -> Vec<&'static dyn Metric> {
        match self {
            Self::Continuation => metrics::continuation().to_vec(),
            Self::LeaveOneOut => metrics::leave_one_out().to_vec(),
        }
    }

    /// The metric by which training stops and everything that is chosen is chosen.
    pub fn validation_metric(self) -> &'static dyn Metric {
        match self {
            Self::Continuation => &Ndcg::AT_500,
            Self::LeaveOneOut => &Ndcg::AT_10,
        }
    }
}
