//! The runs on one lake: a database may know those on several.

use pipeline::{PIPELINE, Step};
use store::{RunRecord, StepRecord, Store};

/// Runs that are looked at, those on other lakes included.
const LOOKED_AT: u32 = 500;

/// What the database knows of a lake's runs.
#[derive(Debug, Clone)]
pub(crate) struct LakeRuns {
    pub(crate) store: Store,
    /// Address of the lake, as runs are recorded with it.
    pub(crate) lake: String,
}

impl LakeRuns {
    /// The newest runs, the newest first.
    pub(crate) async fn newest(&self) -> Result<Vec<RunRecord>, store::Error> {
        let runs = self.store.list_runs(LOOKED_AT).await?;
        Ok(runs.into_iter().filter(|run| run.options["lake"] == self.lake.as_str()).collect())
    }

    /// The newest attempt after which what a step yields was up to date.
    pub(crate) async fn latest_done(&self, step: Step) -> Result<Option<StepRecord>, store::Error> {
        self.store.latest_done(PIPELINE, &self.lake, step.name()).await
    }

    /// The name under which the database knows what people were told last of this lake: lakes do not answer for each
    /// other. It is a hash of the address, which may be long.
    pub(crate) fn key(&self, topic: &str) -> String {
        format!("{topic}@{}", crate::digest::of([self.lake.as_bytes()]))
    }
}
