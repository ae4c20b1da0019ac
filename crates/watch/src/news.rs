//! What is at the input that the lake has not seen.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use datafusion::error::DataFusionError;
use lake::Table;
use pipeline::{RemovedSlices, RunOptions, Step, Workspace};
use udfs::scan::{ScanSpec, SliceTable, SliceVersions, version_of};

use crate::Result;

/// The slices at the input beside those that the lake has the rows of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// Slices that are new, others than they were, or gone.
    pub(crate) pending: usize,
    /// How long ago the newest slice was written.
    pub(crate) newest_age: Option<Duration>,
    /// The slices that are there.
    pub(crate) slices: SliceVersions,
}

/// Compares the input with the tables that the steps of a run make of slices; without such steps nothing is news. Slices that are gone are news only if a run would do something about them.
pub(crate) async fn look(workspace: &Workspace, options: &RunOptions) -> Result<News> {
    let input = &options.input;
    let failed = |source: DataFusionError| pipeline::Error::Query { step: Step::Playlists, source: Box::new(source) };
    let table = SliceTable::try_new(input.clone(), ScanSpec::rejects()).map_err(failed)?;
    let client = workspace.stores.client(input)?;
    let files = match table.files(client.as_ref()).await {
        Ok(files) => files,
        // There is nothing yet.
        Err(DataFusionError::Plan(_)) => Vec::new(),
        Err(error) => return Err(failed(error).into()),
    };
    let newest = files.iter().map(|file| SystemTime::from(file.last_modified)).max();
    let slices: SliceVersions = files.iter().map(|file| (file.location.to_string(), version_of(file))).collect();
    let mut pending = BTreeSet::new();
    for step in options.steps.iter().filter(|step| step.slice_column().is_some()) {
        let known = known(&workspace.lake.table(step.name())?).await?;
        pending.extend(unlike(&slices, &known, options.removed_slices));
    }
    let newest_age = newest.map(|newest| newest.elapsed().unwrap_or_default());
    Ok(News { pending: pending.len(), newest_age, slices })
}

/// Slices that a table has not the rows of, and those that it should have them no more of.
fn unlike(slices: &SliceVersions, known: &SliceVersions, removed: RemovedSlices) -> BTreeSet<String> {
    let changed = slices.iter().filter(|(path, version)| known.get(*path) != Some(version)).map(|(path, _)| path);
    let gone = known.keys().filter(|path| removed != RemovedSlices::Keep && !slices.contains_key(*path));
    changed.chain(gone).cloned().collect()
}

/// The slices that a table has the rows of.
async fn known(table: &Table) -> Result<SliceVersions> {
    let Some(version) = table.latest_version().await? else { return Ok(SliceVersions::new()) };
    Ok(table.manifest(version).await?.origin.map(|origin| origin.sources).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(slices: &[(&str, &str)]) -> SliceVersions {
        slices.iter().map(|(path, version)| ((*path).to_owned(), (*version).to_owned())).collect()
    }

    #[test]
    fn slices_that_are_gone_are_news_unless_they_are_kept() {
        let now = versions(&[("a", "1"), ("b", "2"), ("d", "1")]);
        let known = versions(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let of = |removed| unlike(&now, &known, removed).into_iter().collect::<Vec<_>>();
        assert_eq!(of(RemovedSlices::Remove), ["b", "c", "d"]);
        assert_eq!(of(RemovedSlices::Fail), ["b", "c", "d"]);
        assert_eq!(of(RemovedSlices::Keep), ["b", "d"]);
        assert_eq!(unlike(&now, &now, RemovedSlices::Keep), BTreeSet::new());
    }
}
