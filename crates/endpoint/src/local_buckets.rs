//! Buckets on this disk, so that statements and clients that insist on `s3://` work without an S3 server.

use std::{path::Path, sync::Arc};

use athena::wire::QueryExecution;
use object_store::local::LocalFileSystem;
use url::Url;

use crate::{
    Service,
    error::{QueryError, QueryResult},
};

/// Makes the buckets that a query names, if buckets are folders here.
pub(crate) fn provide(service: &Service, execution: &QueryExecution) -> QueryResult<()> {
    let Some(root) = &service.options.local_buckets else { return Ok(()) };
    let output = execution.result_configuration.output_location.as_deref().unwrap_or_default();
    for bucket in buckets_of(output).chain(buckets_of(&execution.query)) {
        provide_bucket(service, root, bucket)?;
    }
    Ok(())
}

/// Makes the buckets that are there, which tables of the catalog may be in.
pub(crate) fn provide_existing(service: &Service) -> QueryResult<()> {
    let Some(root) = &service.options.local_buckets else { return Ok(()) };
    // Without the folder, there are none.
    let Ok(folders) = std::fs::read_dir(root) else { return Ok(()) };
    for folder in folders.flatten() {
        let name = folder.file_name().to_string_lossy().into_owned();
        for bucket in buckets_of(&format!("s3://{name}/")) {
            provide_bucket(service, root, bucket)?;
        }
    }
    Ok(())
}

/// What stands between `s3://` and a slash, where it is the name of a bucket.
fn buckets_of(text: &str) -> impl Iterator<Item = &str> {
    text.split("s3://").skip(1).filter_map(|rest| {
        let name = rest.split(['/', '\'', '"']).next()?;
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
        let is_name = (3..=63).contains(&name.len()) && name.bytes().all(fits) && !name.contains("..");
        is_name.then_some(name)
    })
}

fn provide_bucket(service: &Service, root: &Path, bucket: &str) -> QueryResult<()> {
    let failed = |reason: String| QueryError::internal(format!("cannot make the bucket {bucket}: {reason}"));
    let folder = root.join(bucket);
    std::fs::create_dir_all(&folder).map_err(|error| failed(error.to_string()))?;
    let store = LocalFileSystem::new_with_prefix(&folder).map_err(|error| failed(error.to_string()))?;
    let url = Url::parse(&format!("s3://{bucket}")).map_err(|error| failed(error.to_string()))?;
    service.places.stores.register(&url, Arc::new(store));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_found_in_statements() {
        let sql = "UNLOAD (SELECT 's3://') TO 's3://my-bucket/x/' -- s3://../etc s3://UPPER/ s3://b";
        assert_eq!(buckets_of(sql).collect::<Vec<_>>(), ["my-bucket"]);
        assert_eq!(buckets_of("s3://results/a.csv").collect::<Vec<_>>(), ["results"]);
    }
}
