//! Buckets on this disk, so that statements and clients that insist on `s3://` work without an S3 server.

use std::{io, path::Path, sync::Arc, time::SystemTime};

use athena::wire::QueryExecution;
use object_store::{ObjectStore, local::LocalFileSystem};
use url::Url;

use crate::{
    Service,
    error::{QueryError, QueryResult},
};

/// The bucket that shows the files of a lake on this disk.
pub(crate) const LAKE_BUCKET: &str = "lake";

/// Makes the buckets that a query names, if buckets are folders here. Those that others made meanwhile become known.
pub(crate) fn provide(service: &Service, execution: &QueryExecution) -> QueryResult<()> {
    let Some(root) = &service.options.local_buckets else { return Ok(()) };
    let output = execution.result_configuration.output_location.as_deref().unwrap_or_default();
    for bucket in buckets_of(output).chain(buckets_of(&execution.query)) {
        if is_reserved(service, bucket) {
            let message = format!("not supported: s3://{bucket} is the lake itself; name its tables");
            return Err(QueryError::not_supported(message));
        }
        let failed = |error: io::Error| QueryError::internal(format!("cannot make the bucket {bucket}: {error}"));
        std::fs::create_dir_all(root.join(bucket)).map_err(failed)?;
        register(service, root, bucket).map_err(failed)?;
    }
    provide_existing(service).map_err(|error| QueryError::internal(format!("cannot look for buckets: {error}")))
}

/// Makes the buckets known that are there, which tables of the catalog may be in.
pub(crate) fn provide_existing(service: &Service) -> io::Result<()> {
    let Some(root) = &service.options.local_buckets else { return Ok(()) };
    for (name, _) in folders(root)? {
        register(service, root, &name)?;
    }
    Ok(())
}

/// The files of a bucket, if there is one of this name, and whether they can be read only.
pub(crate) fn open(service: &Service, name: &str) -> io::Result<Option<(Arc<dyn ObjectStore>, bool)>> {
    if is_reserved(service, name) {
        let folder = lake_folder(service).filter(|folder| folder.is_dir());
        return folder.map(|folder| Ok((store_of(&folder)?, true))).transpose();
    }
    let Some(root) = &service.options.local_buckets else { return Ok(None) };
    if !is_name(name) || !root.join(name).is_dir() {
        return Ok(None);
    }
    Ok(Some((register(service, root, name)?, false)))
}

/// The buckets that there are, and since when.
pub(crate) fn names(service: &Service) -> io::Result<Vec<(String, SystemTime)>> {
    let Some(root) = &service.options.local_buckets else { return Ok(Vec::new()) };
    let mut names = folders(root)?;
    if let Some(folder) = lake_folder(service).filter(|folder| folder.is_dir()) {
        names.retain(|(name, _)| name != LAKE_BUCKET);
        names.push((LAKE_BUCKET.to_owned(), folder.metadata()?.modified()?));
    }
    names.sort();
    Ok(names)
}

/// Forgets a bucket whose folder is gone.
pub(crate) fn forget(service: &Service, name: &str) {
    if let Ok(url) = Url::parse(&format!("s3://{name}")) {
        service.places.stores.deregister(&url);
    }
}

/// Whether the name is the lake's.
pub(crate) fn is_reserved(service: &Service, name: &str) -> bool {
    name == LAKE_BUCKET && lake_folder(service).is_some()
}

/// Where clients find a file or folder of the lake: in its bucket, if it is on this disk and buckets are folders here.
pub(crate) fn address_in_lake(service: &Service, location: &str) -> Option<String> {
    service.options.local_buckets.as_ref()?;
    let root = service.catalog().lake()?.url();
    let below = location.strip_prefix(root.as_str().trim_end_matches('/'))?;
    (root.scheme() == "file").then(|| format!("s3://{LAKE_BUCKET}{below}"))
}

fn lake_folder(service: &Service) -> Option<std::path::PathBuf> {
    service.catalog().lake()?.url().to_file_path().ok()
}

/// Whether it can be the name of a bucket, as S3 has them.
pub(crate) fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let ends_well = !name.starts_with(['.', '-']) && !name.ends_with(['.', '-']);
    (3..=63).contains(&name.len()) && name.bytes().all(fits) && !name.contains("..") && ends_well
}

/// What stands between `s3://` and a slash, where it is the name of a bucket.
fn buckets_of(text: &str) -> impl Iterator<Item = &str> {
    text.split("s3://").skip(1).filter_map(|rest| rest.split(['/', '\'', '"']).next().filter(|name| is_name(name)))
}

fn folders(root: &Path) -> io::Result<Vec<(String, SystemTime)>> {
    let mut found = Vec::new();
    // Without the folder, there are none.
    let Ok(folders) = std::fs::read_dir(root) else { return Ok(found) };
    for folder in folders {
        let folder = folder?;
        let name = folder.file_name().to_string_lossy().into_owned();
        if is_name(&name) && folder.path().is_dir() {
            found.push((name, folder.metadata()?.modified()?));
        }
    }
    Ok(found)
}

fn store_of(folder: &Path) -> io::Result<Arc<dyn ObjectStore>> {
    Ok(Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?))
}

fn register(service: &Service, root: &Path, bucket: &str) -> io::Result<Arc<dyn ObjectStore>> {
    let store = store_of(&root.join(bucket))?;
    let url = Url::parse(&format!("s3://{bucket}")).map_err(io::Error::other)?;
    service.places.stores.register(&url, Arc::clone(&store));
    Ok(store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_found_in_statements() {
        let sql = "UNLOAD (SELECT 's3://') TO 's3://my-bucket/x/' -- s3://../etc s3://.uploads/ s3://UPPER/ s3://b";
        assert_eq!(buckets_of(sql).collect::<Vec<_>>(), ["my-bucket"]);
        assert_eq!(buckets_of("s3://results/a.csv").collect::<Vec<_>>(), ["results"]);
    }
}
