//! Raw slices as a table.

use std::{collections::BTreeMap, sync::Arc};

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
    physical_plan::{ExecutionPlan, empty::EmptyExec},
};
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt, path::Path};
use url::Url;

use super::{source::SliceSource, spec::ScanSpec};

/// Endings of the files that a scan reads; others in the folder are left alone.
const ENDINGS: [&str; 3] = [".json", ".jsonl", ".ndjson"];

/// Versions of slices by their path in the object store.
pub type SliceVersions = BTreeMap<String, String>;

/// What changes when the content of a slice does: its ETag, or the time of its last change where the store has none.
pub fn version_of(meta: &ObjectMeta) -> String {
    meta.e_tag.clone().unwrap_or_else(|| meta.last_modified.to_rfc3339())
}

/// The playlists (or the rejects) of all slices below a folder, or of one file.
///
/// The files are listed when a query is planned, in the order of their playlists.
#[derive(Debug, Clone)]
pub struct SliceTable {
    url: Url,
    spec: ScanSpec,
    schema: SchemaRef,
    only: Option<SliceVersions>,
}

impl SliceTable {
    /// A table over the slices at `url`.
    ///
    /// # Errors
    /// A plan error if the spec names a track field that does not exist.
    pub fn try_new(url: Url, spec: ScanSpec) -> Result<Self> {
        Ok(Self { schema: spec.schema()?, url, spec, only: None })
    }

    /// The same table over these slices only, of which there may be none. A scan fails if one of them is gone or has
    /// another version by then.
    #[must_use]
    pub fn only(mut self, versions: SliceVersions) -> Self {
        self.only = Some(versions);
        self
    }

    /// The slices to which the table is limited.
    pub fn versions(&self) -> Option<&SliceVersions> {
        self.only.as_ref()
    }

    /// The same slices with another spec.
    ///
    /// # Errors
    /// As [`Self::try_new`].
    pub(crate) fn with_spec(&self, spec: ScanSpec) -> Result<Self> {
        Ok(Self { only: self.only.clone(), ..Self::try_new(self.url.clone(), spec)? })
    }

    /// Folder or file of the slices.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// What the table yields and does.
    pub fn spec(&self) -> &ScanSpec {
        &self.spec
    }

    /// Lists all slices, sorted by the number in their name, as names are not zero-padded.
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

/// Those of the listed files that are wanted, as they are wanted.
fn wanted(files: Vec<ObjectMeta>, versions: &SliceVersions) -> Result<Vec<ObjectMeta>> {
    let changed = |path: &str| {
        DataFusionError::Plan(format!(
            "slice `{path}` was changed or removed while it was worked on; begin again when the delivery is complete"
        ))
    };
    let mut found = Vec::with_capacity(versions.len());
    for file in files {
        match versions.get(file.location.as_ref()) {
            Some(version) if *version == version_of(&file) => found.push(file),
            Some(_) => return Err(changed(file.location.as_ref())),
            None => {}
        }
    }
    if found.len() < versions.len() {
        let missing = versions.keys().find(|path| !found.iter().any(|file| file.location.as_ref() == path.as_str()));
        return Err(changed(missing.map_or("", String::as_str)));
    }
    Ok(found)
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
        let files = match &self.only {
            Some(versions) if versions.is_empty() => Vec::new(),
            Some(versions) => wanted(self.files(store.as_ref()).await?, versions)?,
            None => self.files(store.as_ref()).await?,
        };
        if files.is_empty() {
            let schema = match projection {
                Some(columns) => Arc::new(self.schema.project(columns)?),
                None => Arc::clone(&self.schema),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
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
