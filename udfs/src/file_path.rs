//! Files of a scan by their path as the store has it.

use datafusion::{
    datasource::listing::PartitionedFile,
    error::{DataFusionError, Result},
};
use object_store::{ObjectMeta, path::Path};

/// A whole file of a scan. `PartitionedFile::new` would escape characters that the path has for good (`%`, `#`, `[`).
pub(crate) fn whole_file(path: &str, bytes: u64) -> Result<PartitionedFile> {
    let location = Path::parse(path).map_err(|error| DataFusionError::Plan(error.to_string()))?;
    let meta = ObjectMeta { location, last_modified: Default::default(), size: bytes, e_tag: None, version: None };
    Ok(PartitionedFile::from(meta))
}
