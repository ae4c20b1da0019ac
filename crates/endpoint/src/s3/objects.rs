//! Objects: get, head, put, copy, delete.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use object_store::{
    GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, PutResult, WriteMultipart, path::Path,
};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::{
    body::BodyReader,
    buckets::{self, Bucket},
    error::{S3Error, S3Result},
    parameter,
    uploads::append,
    xml,
};
use crate::Service;

/// Bytes of a file that are written at once, and pieces that may be on their way.
const PART_BYTES: usize = 1024 * 1024;
const PARTS_AT_ONCE: usize = 4;
/// A list of 1,000 keys of 1,024 bytes, with its tags and escapes.
const MAX_DELETE_BYTES: usize = 8 * 1024 * 1024;
const HTTP_TIME: &str = "%a, %d %b %Y %H:%M:%S GMT";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CopyResult {
    last_modified: String,
    #[serde(rename = "ETag")]
    etag: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Delete {
    #[serde(default)]
    object: Vec<KeyToDelete>,
    #[serde(default)]
    quiet: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyToDelete {
    key: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NotDeleted {
    key: String,
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteResult {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    deleted: Vec<KeyToDelete>,
    error: Vec<NotDeleted>,
}

pub(super) async fn operate(
    service: &Service,
    bucket: &Bucket,
    key: &str,
    head: &Parts,
    body: BodyReader,
) -> S3Result<Response> {
    for part in ["acl", "tagging", "retention", "legal-hold", "torrent", "restore", "attributes", "versionId"] {
        if parameter(head.uri.query(), part).is_some() {
            return Err(S3Error::not_implemented(part));
        }
    }
    refuse_conditions(head)?;
    match head.method {
        Method::GET | Method::HEAD => get(bucket, key, head).await,
        Method::PUT if head.headers.contains_key("x-amz-copy-source") => copy(service, bucket, key, head).await,
        Method::PUT => put(bucket, key, body).await,
        Method::DELETE => {
            delete(bucket, key).await?;
            no_content()
        }
        _ => Err(S3Error::method_not_allowed()),
    }
}

/// Conditions and encryption of writes are refused rather than taken and not kept.
pub(super) fn refuse_conditions(head: &Parts) -> S3Result<()> {
    if matches!(head.method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let is_refused = |name: &str| {
        ["if-match", "if-none-match", "x-amz-acl", "x-amz-tagging"].contains(&name)
            || [
                "x-amz-server-side-encryption",
                "x-amz-copy-source-if-none",
                "x-amz-copy-source-if-modified",
                "x-amz-copy-source-if-unmodified",
                "x-amz-object-lock",
            ]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    match head.headers.keys().find(|name| is_refused(name.as_str())) {
        Some(name) => Err(S3Error::not_implemented(&format!("the header {name} of a write"))),
        None => Ok(()),
    }
}

/// The path of a key; folders have no file of their own.
pub(super) fn path_of(key: &str) -> S3Result<Option<Path>> {
    if key.ends_with('/') { Ok(None) } else { Ok(Some(Path::parse(key)?)) }
}

pub(super) fn etag(meta: &ObjectMeta) -> String {
    format!("\"{}\"", meta.e_tag.as_deref().unwrap_or_default().trim_matches('"'))
}

pub(super) fn no_content() -> S3Result<Response> {
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn get(bucket: &Bucket, key: &str, head: &Parts) -> S3Result<Response> {
    let path = path_of(key)?.ok_or_else(S3Error::no_such_key)?;
    let text = |name: header::HeaderName| head.headers.get(name)?.to_str().ok().map(str::to_owned);
    let tag = |name: header::HeaderName| text(name).map(|tag| tag.trim_matches('"').to_owned());
    let mut options = GetOptions {
        if_match: tag(header::IF_MATCH),
        if_none_match: tag(header::IF_NONE_MATCH),
        head: head.method == Method::HEAD,
        ..GetOptions::default()
    };
    let range = text(header::RANGE).and_then(|text| range_of(&text));
    if let Some(range) = &range {
        let size = bucket.store.head(&path).await?.size;
        let fits = match range {
            GetRange::Bounded(range) => range.start < size,
            GetRange::Offset(from) => *from < size,
            GetRange::Suffix(bytes) => *bytes > 0 && size > 0,
        };
        if !fits {
            return Err(S3Error::invalid_range());
        }
    }
    options.range = range.clone();
    let found = bucket.store.get_opts(&path, options).await?;
    let (meta, range_found) = (found.meta.clone(), found.range.clone());
    let is_head = head.method == Method::HEAD;
    let body = if is_head { Body::empty() } else { Body::from_stream(found.into_stream()) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    if range.is_some() {
        let said = format!("bytes {}-{}/{}", range_found.start, range_found.end.saturating_sub(1), meta.size);
        insert(headers, header::CONTENT_RANGE, &said);
    }
    insert(headers, header::CONTENT_LENGTH, &(range_found.end - range_found.start).to_string());
    insert(headers, header::CONTENT_TYPE, "binary/octet-stream");
    insert(headers, header::ACCEPT_RANGES, "bytes");
    insert(headers, header::ETAG, &etag(&meta));
    insert(headers, header::LAST_MODIFIED, &meta.last_modified.format(HTTP_TIME).to_string());
    if range.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// One range; several, and what is none, are passed over, as HTTP says.
pub(super) fn range_of(text: &str) -> Option<GetRange> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    match (from.trim(), to.trim()) {
        ("", last) => Some(GetRange::Suffix(last.parse().ok()?)),
        (from, "") => Some(GetRange::Offset(from.parse().ok()?)),
        (from, to) => {
            let (from, to): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
            (from <= to).then(|| GetRange::Bounded(from..to.saturating_add(1)))
        }
    }
}

async fn put(bucket: &Bucket, key: &str, body: BodyReader) -> S3Result<Response> {
    bucket.check_writable()?;
    let Some(path) = path_of(key)? else {
        // A marker of a folder; folders are there when files are.
        body.all(0).await?;
        return Ok(StatusCode::OK.into_response());
    };
    let put = store_body(bucket.store.as_ref(), &path, body).await?;
    let mut response = StatusCode::OK.into_response();
    insert(response.headers_mut(), header::ETAG, &format!("\"{}\"", put.e_tag.unwrap_or_default()));
    Ok(response)
}

/// Writes a body to a file, which appears when all of it has come and is as it was signed.
pub(super) async fn store_body(store: &dyn ObjectStore, path: &Path, mut body: BodyReader) -> S3Result<PutResult> {
    let mut upload = WriteMultipart::new_with_chunk_size(store.put_multipart(path).await?, PART_BYTES);
    let written = async {
        while let Some(piece) = body.next().await? {
            upload.wait_for_capacity(PARTS_AT_ONCE).await?;
            upload.put(piece);
        }
        Ok(())
    }
    .await;
    match written {
        Ok(()) => Ok(upload.finish().await?),
        Err(error) => {
            // The error that ended it is the one to tell.
            let _ = upload.abort().await;
            Err(error)
        }
    }
}

/// The bucket and path that a copy is made of, if its source is still the one that is meant.
pub(super) async fn copy_source(service: &Service, headers: &HeaderMap) -> S3Result<(Bucket, Path)> {
    let source = headers.get("x-amz-copy-source").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let source = source.split('?').next().unwrap_or_default();
    let source = percent_decode_str(source).decode_utf8().map_err(|_| S3Error::invalid("The source is not UTF-8"))?;
    let (name, key) = source.trim_start_matches('/').split_once('/').unwrap_or((&source, ""));
    let path = path_of(key)?.ok_or_else(S3Error::no_such_key)?;
    let from = buckets::open(service, name)?;
    if let Some(wanted) = headers.get("x-amz-copy-source-if-match").and_then(|value| value.to_str().ok()) {
        let found = etag(&from.store.head(&path).await?);
        if found.trim_matches('"') != wanted.trim_matches('"') {
            return Err(S3Error::precondition_failed());
        }
    }
    Ok((from, path))
}

/// The answer of a copy.
pub(super) fn copied(root: &'static str, meta: &ObjectMeta) -> S3Result<Response> {
    let result =
        CopyResult { last_modified: meta.last_modified.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(), etag: etag(meta) };
    let body =
        quick_xml::se::to_string_with_root(root, &result).map_err(|error| S3Error::internal(error.to_string()))?;
    let mut response = Response::new(Body::from(body));
    insert(response.headers_mut(), header::CONTENT_TYPE, "application/xml");
    Ok(response)
}

async fn copy(service: &Service, bucket: &Bucket, key: &str, head: &Parts) -> S3Result<Response> {
    bucket.check_writable()?;
    let (from, source) = copy_source(service, &head.headers).await?;
    let target = path_of(key)?.ok_or_else(|| S3Error::invalid("A folder cannot be the target of a copy"))?;
    if from.name == bucket.name && source == target {
        return copied("CopyObjectResult", &bucket.store.head(&target).await?);
    }
    if from.name == bucket.name {
        bucket.store.copy(&source, &target).await?;
    } else {
        let found = from.store.get(&source).await?;
        let mut writing = WriteMultipart::new_with_chunk_size(bucket.store.put_multipart(&target).await?, PART_BYTES);
        append(&mut writing, found).await?;
        writing.finish().await?;
    }
    copied("CopyObjectResult", &bucket.store.head(&target).await?)
}

/// Deletes a file; that there is none is as good.
async fn delete(bucket: &Bucket, key: &str) -> S3Result<()> {
    bucket.check_writable()?;
    let Some(path) = path_of(key)? else { return Ok(()) };
    match bucket.store.delete(&path).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// DeleteObjects.
pub(super) async fn delete_many(bucket: &Bucket, body: BodyReader) -> S3Result<Response> {
    let request: Delete = xml::parsed(&body.all(MAX_DELETE_BYTES).await?)?;
    if request.object.len() > 1000 {
        return Err(S3Error::malformed_xml());
    }
    let mut answer = DeleteResult { namespace: xml::NAMESPACE, deleted: Vec::new(), error: Vec::new() };
    for KeyToDelete { key } in request.object {
        match delete(bucket, &key).await {
            Ok(()) if request.quiet => {}
            Ok(()) => answer.deleted.push(KeyToDelete { key }),
            Err(error) => {
                answer.error.push(NotDeleted { key, code: error.code(), message: error.message().to_owned() });
            }
        }
    }
    xml::response(&answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_http() {
        assert_eq!(range_of("bytes=0-9"), Some(GetRange::Bounded(0..10)));
        assert_eq!(range_of("bytes=5-"), Some(GetRange::Offset(5)));
        assert_eq!(range_of("bytes=-8"), Some(GetRange::Suffix(8)));
        for other in ["bytes=9-5", "bytes=0-1,4-5", "lines=1-2", "bytes=x-"] {
            assert_eq!(range_of(other), None, "{other}");
        }
    }

    #[test]
    fn keys_do_not_lead_out_of_the_bucket() {
        for key in ["../x", "a/../../x", "a//b", "./a"] {
            assert!(path_of(key).is_err(), "{key}");
        }
        assert_eq!(path_of("a/b c=1/é.csv").unwrap().unwrap().as_ref(), "a/b c=1/é.csv");
        assert_eq!(path_of("a/").unwrap(), None);
    }
}
