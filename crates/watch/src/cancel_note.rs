//! Remembers in the database on which slices a run was cancelled, so that a watch that begins anew does not begin it, too.

use pipeline::PIPELINE;
use udfs::scan::SliceVersions;

use crate::{digest, lake_runs::LakeRuns};

/// What stands there while no run is cancelled.
const NONE: &str = "none";

/// The note of a lake.
#[derive(Debug, Clone)]
pub(crate) struct CancelNote {
    runs: LakeRuns,
}

impl CancelNote {
    pub(crate) fn of(runs: LakeRuns) -> Self {
        Self { runs }
    }

    /// A run on these slices was cancelled.
    pub(crate) async fn take(&self, slices: &SliceVersions) -> Result<(), store::Error> {
        self.runs.store.record_notice(&self.key(), &state(slices)).await
    }

    /// Forgets it, if there is anything to forget.
    pub(crate) async fn clear(&self) -> Result<(), store::Error> {
        let known = self.runs.store.notice(&self.key()).await?;
        match known.is_some_and(|known| known != NONE) {
            true => self.runs.store.record_notice(&self.key(), NONE).await,
            false => Ok(()),
        }
    }

    /// Whether a run on just these slices was the last, and was cancelled.
    pub(crate) async fn is_about(&self, slices: &SliceVersions) -> Result<bool, store::Error> {
        Ok(self.runs.store.notice(&self.key()).await?.is_some_and(|known| known == state(slices)))
    }

    fn key(&self) -> String {
        self.runs.key(&format!("{PIPELINE}/cancelled"))
    }
}

fn state(slices: &SliceVersions) -> String {
    digest::of(slices.iter().flat_map(|(path, version)| [path.as_bytes(), version.as_bytes()]))
}
