//! Buckets: folders of the configured one.

use std::{io, path::Path, sync::Arc, time::SystemTime};

use axum::{
    body::Body,
    http::{HeaderValue, Method, request::Parts},
    response::Response,
};
use object_store::ObjectStore;
use serde::Serialize;

use super::{
    body::BodyReader,
    error::{S3Error, S3Result},
    listing, objects, parameter, xml,
};
use crate::{Service, local_buckets};

/// A bucket that is there.
pub(super) struct Bucket {
    pub(super) name: String,
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) is_read_only: bool,
}

impl Bucket {
    /// # Errors
    /// `AccessDenied` if nothing may be written there.
    pub(super) fn check_writable(&self) -> S3Result<()> {
        if !self.is_read_only {
            return Ok(());
        }
        Err(S3Error::denied("The lake's files are changed by statements and runs only: this bucket can be read"))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
    creation_date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Buckets {
    bucket: Vec<Named>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListAllMyBucketsResult {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    buckets: Buckets,
}

#[derive(Serialize)]
struct LocationConstraint {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
}

/// The bucket of this name.
pub(super) fn open(service: &Service, name: &str) -> S3Result<Bucket> {
    let found = local_buckets::open(service, name).map_err(|error| S3Error::internal(error.to_string()))?;
    let (store, is_read_only) = found.ok_or_else(|| S3Error::no_such_bucket(name))?;
    Ok(Bucket { name: name.to_owned(), store, is_read_only })
}

/// ListBuckets.
pub(super) fn list(service: &Service) -> S3Result<Response> {
    let names = local_buckets::names(service).map_err(|error| S3Error::internal(error.to_string()))?;
    let created = |at: SystemTime| xml_time(at);
    let bucket = names.into_iter().map(|(name, at)| Named { name, creation_date: created(at) }).collect();
    xml::response(&ListAllMyBucketsResult { namespace: xml::NAMESPACE, buckets: Buckets { bucket } })
}

fn xml_time(at: SystemTime) -> String {
    let seconds = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let at = chrono::DateTime::from_timestamp(i64::try_from(seconds).unwrap_or_default(), 0).unwrap_or_default();
    at.format("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// An operation on a bucket as a whole.
pub(super) async fn operate(
    service: &Service,
    root: &Path,
    name: &str,
    head: &Parts,
    body: BodyReader,
) -> S3Result<Response> {
    let query = head.uri.query();
    if let Some(what) = refused_of(query) {
        return Err(S3Error::not_implemented(what));
    }
    match head.method {
        Method::PUT => create(service, root, name),
        Method::DELETE => delete(service, root, name),
        Method::HEAD => {
            open(service, name)?;
            let mut response = Response::new(Body::empty());
            response.headers_mut().insert("x-amz-bucket-region", HeaderValue::from_static("us-east-1"));
            Ok(response)
        }
        Method::GET if parameter(query, "location").is_some() => {
            open(service, name)?;
            xml::response(&LocationConstraint { namespace: xml::NAMESPACE })
        }
        Method::GET => listing::list(&open(service, name)?, query).await,
        Method::POST if parameter(query, "delete").is_some() => objects::delete_many(&open(service, name)?, body).await,
        _ => Err(S3Error::method_not_allowed()),
    }
}

/// Parts of a bucket that S3 has and folders have not.
fn refused_of(query: Option<&str>) -> Option<&'static str> {
    const PARTS: [&str; 17] = [
        "accelerate",
        "acl",
        "analytics",
        "cors",
        "encryption",
        "lifecycle",
        "logging",
        "notification",
        "object-lock",
        "ownershipControls",
        "policy",
        "publicAccessBlock",
        "replication",
        "tagging",
        "uploads",
        "versioning",
        "versions",
    ];
    PARTS.into_iter().find(|name| parameter(query, name).is_some())
}

fn create(service: &Service, root: &Path, name: &str) -> S3Result<Response> {
    if !local_buckets::is_name(name) || local_buckets::is_reserved(service, name) {
        return Err(S3Error::invalid(format!("The name `{name}` is not one that a bucket can have here")));
    }
    std::fs::create_dir_all(root.join(name)).map_err(|error| S3Error::internal(error.to_string()))?;
    open(service, name)?;
    let mut response = Response::new(Body::empty());
    if let Ok(location) = HeaderValue::from_str(&format!("/{name}")) {
        response.headers_mut().insert("location", location);
    }
    Ok(response)
}

/// Removes the folder, which must hold no file.
fn delete(service: &Service, root: &Path, name: &str) -> S3Result<Response> {
    open(service, name)?.check_writable()?;
    remove_folders(&root.join(name)).map_err(|error| match error.kind() {
        io::ErrorKind::DirectoryNotEmpty => S3Error::bucket_not_empty(),
        _ => S3Error::internal(error.to_string()),
    })?;
    local_buckets::forget(service, name);
    objects::no_content()
}

/// Removes a folder of folders that have no files.
fn remove_folders(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        remove_folders(&entry.path())?;
    }
    std::fs::remove_dir(folder)
}
