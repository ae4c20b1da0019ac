//! An S3 server, and key prefixes that belong to one test.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStore;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::Signer;
use reqwest::{Method, StatusCode};
use url::Url;
use uuid::Uuid;

use super::fault_proxy::FaultProxy;
use super::require::{refuse, required};
use crate::environment::variable;

const ENDPOINT_VARIABLE: &str = "TEST_S3_ENDPOINT";
const DEFAULT_BUCKET: &str = "segue-test";
const DEFAULT_REGION: &str = "us-east-1";
/// How long the server may take to make a bucket.
const BUCKET_TIMEOUT: Duration = Duration::from_secs(30);

/// Finds the server that `TEST_S3_ENDPOINT`, `TEST_S3_ACCESS_KEY_ID` and `TEST_S3_SECRET_ACCESS_KEY` describe.
///
/// `TEST_S3_REGION` is `us-east-1` and `TEST_S3_BUCKET` is `segue-test` unless they are set. The bucket
/// must exist.
///
/// # Panics
/// If a variable makes no sense, or one of the three is not set although `CI` is.
pub fn s3() -> Option<S3Endpoint> {
    let text = required(ENDPOINT_VARIABLE)?;
    let endpoint = Url::parse(&text).unwrap_or_else(|error| refuse(ENDPOINT_VARIABLE, error));
    Some(S3Endpoint {
        endpoint,
        access_key_id: required("TEST_S3_ACCESS_KEY_ID")?,
        secret_access_key: required("TEST_S3_SECRET_ACCESS_KEY")?,
        region: variable("TEST_S3_REGION").unwrap_or_else(|| DEFAULT_REGION.to_owned()),
        bucket: variable("TEST_S3_BUCKET").unwrap_or_else(|| DEFAULT_BUCKET.to_owned()),
    })
}

/// An S3 server and the bucket that the tests share.
#[derive(Clone)]
pub struct S3Endpoint {
    endpoint: Url,
    access_key_id: String,
    secret_access_key: String,
    region: String,
    bucket: String,
}

impl S3Endpoint {
    /// Returns the address of the server.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Returns the bucket that the tests share.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Returns a location in the bucket that no other test knows, such as `s3://segue-test/<unique>`.
    ///
    /// It has no slash at its end, and nothing stands there yet. What is written stays until the server stops.
    pub fn fresh_prefix(&self) -> String {
        format!("s3://{}/{}", self.bucket, Uuid::now_v7().simple())
    }

    /// Returns the variables with which a program, or any AWS SDK in it, reaches this server.
    pub fn env_pairs(&self) -> Vec<(String, String)> {
        let endpoint = self.endpoint.as_str().trim_end_matches('/');
        [
            ("AWS_ACCESS_KEY_ID", self.access_key_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_access_key.as_str()),
            ("AWS_REGION", self.region.as_str()),
            ("AWS_DEFAULT_REGION", self.region.as_str()),
            ("AWS_ENDPOINT", endpoint),
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_ALLOW_HTTP", "true"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Returns a client of the bucket, to look at what a program under test has done.
    ///
    /// # Errors
    /// If the settings do not make a client.
    pub fn object_store(&self) -> Result<Arc<dyn ObjectStore>> {
        Ok(Arc::new(self.client()?))
    }

    /// Returns the same server with another bucket, which is made if it is not there, and has nothing in it.
    ///
    /// For a program that is told a bucket's name by somebody else than the test. The bucket belongs to one test only.
    ///
    /// # Errors
    /// If the server does not make or empty it.
    pub async fn with_empty_bucket(mut self, bucket: &str) -> Result<Self> {
        bucket.clone_into(&mut self.bucket);
        let client = self.client()?;
        // The address of no key is that of the bucket.
        let url = client.signed_url(Method::PUT, &Path::default(), BUCKET_TIMEOUT).await?;
        let asking = reqwest::Client::builder().no_proxy().timeout(BUCKET_TIMEOUT).build()?.put(url).body("").send();
        let status = asking.await.with_context(|| format!("making the bucket `{bucket}`"))?.status();
        // Some servers say of one's own bucket that it is there already.
        ensure!(status.is_success() || status == StatusCode::CONFLICT, "the bucket `{bucket}` is not made: {status}");
        let objects: Vec<Path> = client.list(None).map_ok(|object| object.location).try_collect().await?;
        let deleted = client.delete_stream(futures::stream::iter(objects).map(Ok).boxed());
        deleted.try_for_each(|_| async { Ok(()) }).await.with_context(|| format!("emptying the bucket `{bucket}`"))?;
        Ok(self)
    }

    fn client(&self) -> Result<AmazonS3> {
        AmazonS3Builder::new()
            .with_endpoint(self.endpoint.as_str().trim_end_matches('/'))
            .with_allow_http(true)
            .with_region(&self.region)
            .with_bucket_name(&self.bucket)
            .with_access_key_id(&self.access_key_id)
            .with_secret_access_key(&self.secret_access_key)
            .build()
            .context("making a client of the server of TEST_S3_ENDPOINT")
    }

    /// Returns `host:port` of the server.
    pub fn authority(&self) -> String {
        let port = self.endpoint.port_or_known_default().unwrap_or(80);
        format!("{}:{port}", self.endpoint.host_str().unwrap_or_default())
    }

    /// Returns the same server as it is reached through a proxy.
    #[must_use]
    pub fn through(mut self, proxy: &FaultProxy) -> Self {
        // An address of this machine is a URL.
        if let Ok(endpoint) = Url::parse(&format!("http://{}", proxy.address())) {
            self.endpoint = endpoint;
        }
        self
    }

    /// Returns the same server with another secret, which it must refuse.
    #[must_use]
    pub fn with_secret_access_key(mut self, secret_access_key: &str) -> Self {
        secret_access_key.clone_into(&mut self.secret_access_key);
        self
    }
}

impl fmt::Debug for S3Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("S3Endpoint")
            .field("endpoint", &self.endpoint.as_str())
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}
