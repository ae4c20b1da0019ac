//! Raw slices as a table.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    datasource::{
        TableType,
        listing::PartitionedFile,
        physical_plan::{FileGroup, FileScanConfigBuilder},
        source::DataSourceExec,
    },
    error::{DataFusionError, Result},
    execution::object_store::ObjectStoreUrl,
    logical_expr::Expr,
    physical_plan::ExecutionPlan,
};
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, path::Path};
use url::Url;

use super::{source::SliceSource, spec::ScanSpec};

/// Endings of the files that a scan reads; others in the folder are left alone.
const ENDINGS: [&str; 3] = [".json", ".jsonl", ".ndjson"];

/// The playlists (or the rejects) of all slices below a folder, or of one file.
///
/// The files are listed when a query is planned, in the order of their playlists.
#[derive(Debug, Clone)]
pub struct SliceTable {
    url: Url,
    spec: ScanSpec,
    schema: SchemaRef,
}

impl SliceTable {
    /// A table over the slices at `url`.
    ///
    /// # Errors
    /// A plan error if the spec names a track field that does not exist.
    pub fn try_new(url: Url, spec: ScanSpec) -> Result<Self> {
        Ok(Self { schema: spec.schema()?, url, spec })
    }

    /// The same slices with another spec.
    ///
    /// # Errors
    /// As [`Self::try_new`].
    pub(crate) fn with_spec(&self, spec: ScanSpec) -> Result<Self> {
        Self::try_new(self.url.clone(), spec)
    }

    /// Folder or file of the slices.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// What the table yields and does.
    pub fn spec(&self) -> &ScanSpec {
        &self.spec
    }

    /// Lists the slices, sorted by the number in their name, as names are not zero-padded.
    ///
    /// # Errors
    /// A plan error if there is none, an object-store error if the place cannot be listed.
    pub async fn files(&self, store: &dyn ObjectStore) -> Result<Vec<ObjectMeta>> {
        let path = Path::from_url_path(self.url.path()).map_err(|error| DataFusionError::Plan(error.to_string()))?;
        let mut files = Vec::new();
        if is_slice(&path) {
            files.extend(store.head(&path).await.ok());
        }
        if files.is_empty() {
            let listed = store.list(Some(&path)).try_filter(|meta| std::future::ready(is_slice(&meta.location)));
            files = listed.try_collect().await.map_err(|error| DataFusionError::ObjectStore(Box::new(error)))?;
        }
        if files.is_empty() {
            return Err(DataFusionError::Plan(format!(
                "no slices at {}: expected files ending in .json, .jsonl or .ndjson, plain or with .gz or .zst",
                self.url
            )));
        }
        files.sort_by_cached_key(|meta| (first_pid(&meta.location), meta.location.clone()));
        Ok(files)
    }
}

fn is_slice(path: &Path) -> bool {
    let name = path.filename().unwrap_or_default();
    let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
    !name.starts_with(['.', '_']) && ENDINGS.iter().any(|ending| plain.ends_with(ending))
}

/// The first number in a name such as `mpd.slice.1000-1999.json`; names without one come last.
fn first_pid(path: &Path) -> u64 {
    let name = path.filename().unwrap_or_default();
    let digits = name.trim_start_matches(|character: char| !character.is_ascii_digit());
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(u64::MAX)
}

/// Deals the files out so that every partition gets about as many bytes as the others.
fn balance(files: Vec<ObjectMeta>, partitions: usize) -> Vec<FileGroup> {
    let partitions = partitions.clamp(1, files.len().max(1));
    let mut groups: Vec<(u64, Vec<PartitionedFile>)> = vec![(0, Vec::new()); partitions];
    for meta in files {
        let lightest = groups.iter_mut().min_by_key(|(bytes, _)| *bytes);
        if let Some((bytes, group)) = lightest {
            *bytes += meta.size;
            group.push(PartitionedFile::from(meta));
        }
    }
    groups.into_iter().map(|(_, group)| FileGroup::new(group)).collect()
}

#[async_trait]
impl TableProvider for SliceTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let store_url = ObjectStoreUrl::parse(&self.url[..url::Position::BeforePath])?;
        let store = state.runtime_env().object_store(&store_url)?;
        let files = self.files(store.as_ref()).await?;
        let groups = balance(files, state.config().target_partitions());
        let source = SliceSource::try_new(self.spec.clone())?;
        let config = FileScanConfigBuilder::new(store_url, Arc::new(source))
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
