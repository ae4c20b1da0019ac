//! How neighbours, network and factorisation are mixed.

use serde::{Deserialize, Serialize};

use super::model::check_range;
use crate::Result;

/// Settings of the search for the blend's weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlendConfig {
    /// Steps between network alone and neighbours alone that are tried on the validation playlists; default 10, from 1 to
    /// 1,000. Both ends are always tried, so that the blend is never worse there than the better of the two. A factorisation
    /// is then given shares in as many steps, from none to just below all.
    pub steps: u32,
}

impl Default for BlendConfig {
    fn default() -> Self {
        Self { steps: 10 }
    }
}

impl BlendConfig {
    pub(super) fn validate(&self) -> Result<()> {
        check_range("blend.steps", self.steps, 1, 1_000)
    }
}
