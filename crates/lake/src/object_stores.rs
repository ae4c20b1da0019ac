//! One client per bucket, shared by everything in the process.

use std::{
    path::{Component, PathBuf},
    sync::Arc,
    time::Duration,
};

use dashmap::DashMap;
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem, path::Path,
};
use url::Url;

use crate::{Error, Result, metered_store::MeteredStore};

/// Longest wait for a connection to an object store.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for one request to an object store, body included. Requests are for a part of a slice or
/// of a row group, tens of MB at most.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Retries of one request on connection failures, 5xx and slow-down answers.
const MAX_RETRIES: usize = 8;
/// Longest time that one request may take with all its retries; several requests may hang before it is over.
const RETRY_TIMEOUT: Duration = Duration::from_secs(120);

/// Cache of object store clients, keyed by scheme and bucket.
///
/// S3 settings come from the `AWS_*` environment variables (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
/// `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`, web identity and instance profiles), so credentials never travel in plans or
/// session settings: every process holds its own.
#[derive(Debug, Default)]
pub struct ObjectStores {
    clients: DashMap<String, Arc<dyn ObjectStore>>,
}

impl ObjectStores {
    /// Makes an empty cache; clients are built from the environment at first use.
    pub fn from_env() -> Self {
        Self::default()
    }

    /// Turns what a person types (a path, `file://…`, `s3://bucket/prefix`) into a URL of a folder or object.
    ///
    /// # Errors
    /// [`Error::InvalidUrl`] if it is neither.
    pub fn parse_url(text: &str) -> Result<Url> {
        let invalid = |reason: String| Error::InvalidUrl { url: text.to_owned(), reason };
        if text.is_empty() {
            return Err(invalid("it is empty".to_owned()));
        }
        if !text.contains("://") {
            let path = std::path::absolute(PathBuf::from(text)).map_err(|error| invalid(error.to_string()))?;
            return Url::from_file_path(without_dots(&path))
                .map_err(|()| invalid("it is not an absolute path".to_owned()));
        }
        let url = Url::parse(text).map_err(|error| invalid(error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            // Said without the address: it would end up in logs, plans and the database.
            let reason = "it has a user or password in it; credentials come from AWS_ACCESS_KEY_ID and \
                          AWS_SECRET_ACCESS_KEY"
                .to_owned();
            return Err(Error::InvalidUrl { url: format!("{}://…", url.scheme()), reason });
        }
        match url.scheme() {
            "file" => Ok(url),
            "s3" | "s3a" if url.host_str().is_some() => Ok(url),
            "s3" | "s3a" => Err(invalid("the bucket is missing".to_owned())),
            scheme => Err(invalid(format!("the scheme `{scheme}` is not known"))),
        }
    }

    /// Returns the client for the URL's bucket (or the local disk), and the URL's path within it.
    ///
    /// # Errors
    /// [`Error::InvalidUrl`] for an unknown scheme or a path that object stores cannot express,
    /// [`Error::ObjectStore`] if the S3 settings of the environment are wrong.
    pub fn resolve(&self, url: &Url) -> Result<(Arc<dyn ObjectStore>, Path)> {
        let invalid = |reason: String| Error::InvalidUrl { url: url.to_string(), reason };
        let path = Path::from_url_path(url.path()).map_err(|error| invalid(error.to_string()))?;
        Ok((self.client(url)?, path))
    }

    /// Returns the client for the URL's bucket (or the local disk).
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn client(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        let key = format!("{}://{}", url.scheme(), url.authority());
        if let Some(client) = self.clients.get(&key) {
            return Ok(Arc::clone(&client));
        }
        let client: Arc<dyn ObjectStore> = match url.scheme() {
            "file" => Arc::new(LocalFileSystem::new().with_automatic_cleanup(false)),
            "s3" | "s3a" => Arc::new(MeteredStore::new(s3_client(url)?)),
            scheme => {
                let reason = format!("the scheme `{scheme}` is not known");
                return Err(Error::InvalidUrl { url: url.to_string(), reason });
            }
        };
        Ok(Arc::clone(&self.clients.entry(key).or_insert(client)))
    }

    /// Uses this client for the URL's scheme and bucket from now on, and returns the one that it replaces.
    pub fn register(&self, url: &Url, client: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.clients.insert(format!("{}://{}", url.scheme(), url.authority()), client)
    }

    /// Forgets the client of the URL's bucket, so that the next use builds a new one.
    pub fn deregister(&self, url: &Url) -> Option<Arc<dyn ObjectStore>> {
        self.clients.remove(&format!("{}://{}", url.scheme(), url.authority())).map(|(_, client)| client)
    }
}

/// A path whose `..` are resolved by its text alone, as those of a `file://` address are.
fn without_dots(path: &std::path::Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::CurDir => {}
            other => resolved.push(other),
        }
    }
    resolved
}

fn s3_client(url: &Url) -> Result<object_store::aws::AmazonS3> {
    let bucket = url.host_str().unwrap_or_default();
    let retry =
        RetryConfig { backoff: BackoffConfig::default(), max_retries: MAX_RETRIES, retry_timeout: RETRY_TIMEOUT };
    let client = ClientOptions::new().with_connect_timeout(CONNECT_TIMEOUT).with_timeout(REQUEST_TIMEOUT);
    // `with_client_options` would forget AWS_ALLOW_HTTP, so the builder reads the environment last.
    AmazonS3Builder::new()
        .with_client_options(client)
        .merge_env()
        .with_bucket_name(bucket)
        .with_retry(retry)
        .build()
        .map_err(Error::store("configure the S3 client for", &Path::from(bucket)))
}

trait MergeEnv {
    fn merge_env(self) -> Self;
}

impl MergeEnv for AmazonS3Builder {
    /// Applies every `AWS_*` variable that names an S3 setting, as [`AmazonS3Builder::from_env`] does.
    fn merge_env(mut self) -> Self {
        for (name, value) in std::env::vars() {
            if let Some(key) = name.strip_prefix("AWS_")
                && let Ok(key) = format!("aws_{}", key.to_ascii_lowercase()).parse()
            {
                self = self.with_config(key, value);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = match ObjectStores::parse_url(text) {
            Ok(url) => url.to_string(),
            Err(error) => error.to_string(),
        };
        assert!(shown.starts_with(expected), "{text}: {shown}");
    }

    #[test]
    fn parses_what_people_type() {
        check("/data/lake", "file:///data/lake");
        check("file:///data/lake", "file:///data/lake");
        check("/data/x/.././lake", "file:///data/lake");
        check("file:///data/x/../lake", "file:///data/lake");
        check("/../data", "file:///data");
        check("s3://bucket/prefix", "s3://bucket/prefix");
        check("/with space/é", "file:///with%20space/%C3%A9");
        check("s3:///prefix", "`s3:///prefix` is not a place that segue can open");
        check("gopher://x", "`gopher://x` is not a place that segue can open: the scheme `gopher` is not known");
        check("s3://KEY:SECRET@bucket/x", "`s3://…` is not a place that segue can open: it has a user or password");
        check("", "`` is not a place that segue can open: it is empty");
    }

    #[test]
    fn shares_one_client_per_bucket() {
        let stores = ObjectStores::from_env();
        let first = stores.client(&Url::parse("file:///a").unwrap()).unwrap();
        let second = stores.client(&Url::parse("file:///b/c").unwrap()).unwrap();
        assert!(Arc::ptr_eq(&first, &second));
    }
}
