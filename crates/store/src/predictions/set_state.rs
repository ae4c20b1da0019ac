//! How a set of predictions stands.

use std::fmt;

use serde::Serialize;

/// The state of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SetState {
    /// Rows are being loaded; no reader sees them.
    Loading,
    /// It is current, or was current before. Its rows do not change.
    Published,
    /// It is being deleted.
    Pruning,
}

impl SetState {
    const ALL: [Self; 3] = [Self::Loading, Self::Published, Self::Pruning];

    /// The name under which it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Published => "published",
            Self::Pruning => "pruning",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|state| state.as_str() == text);
        known.ok_or_else(|| format!("unknown state of a prediction set `{text}`"))
    }
}

impl fmt::Display for SetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
