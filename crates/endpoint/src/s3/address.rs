//! Which bucket and key a request is for.

use axum::http::{HeaderMap, Uri, header};
use percent_encoding::percent_decode_str;

use super::error::{S3Error, S3Result};

/// A bucket and a key in it, as far as they are named.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) bucket: Option<String>,
    pub(super) key: String,
}

impl Address {
    /// Reads `/bucket/key`, or `/key` where the host is `bucket.domain`.
    ///
    /// # Errors
    /// If the path is not UTF-8.
    pub(super) fn of(uri: &Uri, headers: &HeaderMap, domain: &str) -> S3Result<Self> {
        let path = percent_decode_str(uri.path().trim_start_matches('/')).decode_utf8();
        let path = path.map_err(|_| S3Error::invalid("The key is not UTF-8"))?;
        if let Some(bucket) = host_of(uri, headers).and_then(|host| bucket_of_host(&host, domain)) {
            return Ok(Self { bucket: Some(bucket), key: path.into_owned() });
        }
        let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
        Ok(Self { bucket: (!bucket.is_empty()).then(|| bucket.to_owned()), key: key.to_owned() })
    }
}

/// The host that a request names, in lower case and without the port.
pub(super) fn host_of(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let authority = uri.host().map(str::to_owned);
    let host = authority.or_else(|| headers.get(header::HOST)?.to_str().ok().map(str::to_owned))?.to_lowercase();
    let name = if host.starts_with('[') { host.split(']').next() } else { host.split(':').next() };
    name.map(|name| name.trim_start_matches('[').to_owned())
}

fn bucket_of_host(host: &str, domain: &str) -> Option<String> {
    let below = host.strip_suffix(domain)?.strip_suffix('.')?;
    // As in `bucket.s3.domain`.
    let bucket = below.strip_suffix(".s3").unwrap_or(below);
    (bucket != "s3" && !bucket.is_empty()).then(|| bucket.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(host: &'static str, path: &str, bucket: Option<&str>, key: &str) {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
        let found = Address::of(&path.parse().unwrap(), &headers, "localhost").unwrap();
        assert_eq!((found.bucket.as_deref(), found.key.as_str()), (bucket, key));
    }

    #[test]
    fn buckets_stand_in_the_path_or_in_the_host() {
        check("127.0.0.1:9100", "/", None, "");
        check("127.0.0.1:9100", "/results", Some("results"), "");
        check("localhost:9100", "/results/a/b%20c.csv", Some("results"), "a/b c.csv");
        check("results.localhost:9100", "/a/b.csv", Some("results"), "a/b.csv");
        check("my.bucket.s3.localhost", "/", Some("my.bucket"), "");
        check("s3.localhost:9100", "/results/x/", Some("results"), "x/");
        check("[::1]:9100", "/results/x", Some("results"), "x");
    }
}
