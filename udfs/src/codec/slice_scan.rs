//! The scan of raw slices on the wire: files, columns and what it yields.

use std::sync::Arc;

use datafusion::{
    datasource::{
        listing::PartitionedFile,
        physical_plan::{FileGroup, FileScanConfig, FileScanConfigBuilder},
        source::DataSourceExec,
    },
    error::Result,
    execution::object_store::ObjectStoreUrl,
    physical_plan::ExecutionPlan,
};
use serde::{Deserialize, Serialize};

use crate::{
    file_path::whole_file,
    scan::{ScanSpec, SliceSource},
};

/// A scan as it travels; the file's path and size are all that a task needs to know of a file.
#[derive(Serialize, Deserialize)]
pub(crate) struct SliceScanNode {
    spec: ScanSpec,
    store_url: String,
    file_groups: Vec<Vec<(String, u64)>>,
    columns: Vec<usize>,
    limit: Option<usize>,
    batch_size: Option<usize>,
}

impl SliceScanNode {
    /// The scan behind a data source, if it is one of raw slices.
    pub(crate) fn try_of(exec: &DataSourceExec) -> Result<Option<Self>> {
        let source: &dyn std::any::Any = exec.data_source().as_ref();
        let Some(config) = source.downcast_ref::<FileScanConfig>() else { return Ok(None) };
        let Some(slices) = config.file_source().downcast_ref::<SliceSource>() else { return Ok(None) };
        let file = |file: &PartitionedFile| (file.object_meta.location.to_string(), file.object_meta.size);
        Ok(Some(Self {
            spec: slices.spec().clone(),
            store_url: config.object_store_url.as_str().to_owned(),
            file_groups: config.file_groups.iter().map(|group| group.iter().map(file).collect()).collect(),
            columns: slices.projected_columns()?.into_iter().map(|(index, _)| index).collect(),
            limit: config.limit,
            batch_size: config.batch_size,
        }))
    }

    pub(crate) fn into_plan(self) -> Result<Arc<dyn ExecutionPlan>> {
        let group = |files: Vec<(String, u64)>| {
            let files: Result<Vec<_>> = files.into_iter().map(|(path, size)| whole_file(&path, size)).collect();
            Ok(FileGroup::new(files?))
        };
        let groups: Result<Vec<FileGroup>> = self.file_groups.into_iter().map(group).collect();
        let source = SliceSource::try_new(self.spec)?;
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::parse(&self.store_url)?, Arc::new(source))
            .with_file_groups(groups?)
            .with_projection_indices(Some(self.columns))?
            .with_limit(self.limit)
            .with_batch_size(self.batch_size)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
