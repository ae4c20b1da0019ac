//! What is at the input that the lake has not seen.

use std::time::{Duration, SystemTime};

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

/// Compares the input with the lake. Slices that are gone are news only if a run would do something about them.
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
    let known = known(&workspace.lake.table(Step::PlaylistTracks.name())?).await?;
    let changed = slices.iter().filter(|(path, version)| known.get(*path) != Some(version)).count();
    let gone = match options.removed_slices {
        RemovedSlices::Keep => 0,
        RemovedSlices::Remove | RemovedSlices::Fail => known.keys().filter(|path| !slices.contains_key(*path)).count(),
    };
    let newest_age = newest.map(|newest| newest.elapsed().unwrap_or_default());
    Ok(News { pending: changed + gone, newest_age, slices })
}

/// The slices that a table has the rows of.
async fn known(table: &Table) -> Result<SliceVersions> {
    let Some(version) = table.latest_version().await? else { return Ok(SliceVersions::new()) };
    Ok(table.manifest(version).await?.origin.map(|origin| origin.sources).unwrap_or_default())
}
