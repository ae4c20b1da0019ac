//! How the endpoint is told to behave.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use athena::signature::Credentials;
use runtime::tls::ServerTls;

/// Settings of the endpoint.
#[derive(Debug, Clone)]
pub struct EndpointOptions {
    /// Address to listen on; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Keys that are accepted. Without keys, callers are not asked who they are, which only a loopback address allows.
    pub credentials: Credentials,
    /// Where results go that neither the client nor a workgroup gives a place: a path, `file://` or `s3://` address.
    pub output_location: Option<String>,
    /// Folder that stands for S3: a bucket is a folder in it, made when a statement names it. Only where the executors
    /// are in this process, as others would look for the bucket in S3.
    pub local_buckets: Option<PathBuf>,
    /// Certificate and key, for HTTPS; without them the endpoint speaks HTTP.
    pub tls: Option<ServerTls>,
    /// Domain below which a host is `bucket.domain` or `bucket.s3.domain`, for clients of S3 that do not put the bucket
    /// into the path; default `localhost`.
    pub s3_domain: String,
    /// Queries that run at the same time; default 8. Too low makes queries wait while executors are idle, too high
    /// divides executors among many.
    pub max_running: usize,
    /// Queries of one workgroup that run at the same time; by default as many as of all.
    pub max_running_per_work_group: Option<usize>,
    /// Queries that wait; default 400. More are refused as too many.
    pub max_queued: usize,
    /// Queries of one workgroup that wait; default 300, so that no workgroup fills the queue.
    pub max_queued_per_work_group: usize,
    /// How long a query may run; default 30 min, as Athena's.
    pub query_timeout: Duration,
    /// How long the history of a query is kept; default 45 days, as Athena's.
    pub history: Duration,
}

impl EndpointOptions {
    /// The defaults on this address.
    #[must_use]
    pub fn on(bind: SocketAddr) -> Self {
        Self {
            bind,
            credentials: Credentials::anonymous(),
            output_location: None,
            local_buckets: None,
            tls: None,
            s3_domain: "localhost".to_owned(),
            max_running: 8,
            max_running_per_work_group: None,
            max_queued: 400,
            max_queued_per_work_group: 300,
            query_timeout: Duration::from_secs(30 * 60),
            history: Duration::from_secs(45 * 24 * 3600),
        }
    }
}
