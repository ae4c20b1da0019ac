//! ListObjects and ListObjectsV2.

use std::collections::BTreeMap;

use axum::response::Response;
use futures::TryStreamExt;
use object_store::{ObjectMeta, ObjectStore, path::Path};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;

use super::{
    buckets::Bucket,
    error::{S3Error, S3Result},
    objects::etag,
    parameter, xml,
};

const MAX_KEYS: usize = 1000;
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// What is asked for.
struct Request {
    prefix: String,
    delimiter: String,
    max_keys: usize,
    after: String,
    is_v2: bool,
    is_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Contents {
    key: String,
    last_modified: String,
    #[serde(rename = "ETag")]
    etag: String,
    size: u64,
    storage_class: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CommonPrefix {
    prefix: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListBucketResult {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    name: String,
    prefix: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    delimiter: String,
    max_keys: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_type: Option<&'static str>,
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_continuation_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_marker: Option<String>,
    contents: Vec<Contents>,
    common_prefixes: Vec<CommonPrefix>,
}

impl Request {
    fn of(query: Option<&str>) -> S3Result<Self> {
        let text = |name: &str| parameter(query, name).unwrap_or_default();
        let max_keys = match parameter(query, "max-keys") {
            Some(text) => text.parse().map_err(|_| S3Error::invalid("max-keys is no number"))?,
            None => MAX_KEYS,
        };
        let is_v2 = text("list-type") == "2";
        let token = text("continuation-token");
        let after = match (is_v2, token.is_empty()) {
            (true, false) => percent_decode_str(&token).decode_utf8_lossy().into_owned(),
            (true, true) => text("start-after"),
            (false, _) => text("marker"),
        };
        Ok(Self {
            prefix: text("prefix"),
            delimiter: text("delimiter"),
            max_keys: max_keys.min(MAX_KEYS),
            after,
            is_v2,
            is_encoded: text("encoding-type") == "url",
        })
    }

    fn shown(&self, text: &str) -> String {
        if self.is_encoded { encoded(text) } else { text.to_owned() }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

pub(super) async fn list(bucket: &Bucket, query: Option<&str>) -> S3Result<Response> {
    let request = Request::of(query)?;
    let mut entries = entries(bucket, &request).await?;
    let mut rest = entries.split_off(&request.after);
    rest.remove(&request.after);
    let is_truncated = rest.len() > request.max_keys && request.max_keys > 0;
    let page: Vec<(String, Option<ObjectMeta>)> = rest.into_iter().take(request.max_keys).collect();
    let last = page.last().filter(|_| is_truncated).map(|(key, _)| key.clone());
    let mut answer = ListBucketResult {
        namespace: xml::NAMESPACE,
        name: bucket.name.clone(),
        prefix: request.shown(&request.prefix),
        delimiter: request.shown(&request.delimiter),
        max_keys: request.max_keys,
        key_count: request.is_v2.then_some(page.len()),
        encoding_type: request.is_encoded.then_some("url"),
        is_truncated,
        next_continuation_token: last.as_deref().filter(|_| request.is_v2).map(encoded),
        next_marker: last.as_deref().filter(|_| !request.is_v2).map(|key| request.shown(key)),
        contents: Vec::new(),
        common_prefixes: Vec::new(),
    };
    for (key, meta) in page {
        let key = request.shown(&key);
        match meta {
            Some(meta) => answer.contents.push(Contents {
                key,
                last_modified: meta.last_modified.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
                etag: etag(&meta),
                size: meta.size,
                storage_class: "STANDARD",
            }),
            None => answer.common_prefixes.push(CommonPrefix { prefix: key }),
        }
    }
    xml::response(&answer)
}

/// All keys with the prefix, or what they have in common up to the delimiter.
async fn entries(bucket: &Bucket, request: &Request) -> S3Result<BTreeMap<String, Option<ObjectMeta>>> {
    let mut entries = BTreeMap::new();
    let folder = request.prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
    // A prefix that no file can have has no files.
    let Ok(folder) = Path::parse(folder) else { return Ok(entries) };
    let folder = (!folder.as_ref().is_empty()).then_some(&folder);
    if request.delimiter == "/" {
        let found = match bucket.store.list_with_delimiter(folder).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(entries),
            Err(error) => return Err(error.into()),
        };
        entries.extend(found.objects.into_iter().map(|meta| (meta.location.to_string(), Some(meta))));
        entries.extend(found.common_prefixes.into_iter().map(|prefix| (format!("{prefix}/"), None)));
        entries.retain(|key, _| key.starts_with(&request.prefix));
        return Ok(entries);
    }
    let mut listed = bucket.store.list(folder);
    while let Some(meta) = listed.try_next().await? {
        let key = meta.location.to_string();
        let Some(below) = key.strip_prefix(&request.prefix) else { continue };
        let cut = if request.delimiter.is_empty() { None } else { below.find(&request.delimiter) };
        match cut {
            Some(at) => {
                let end = request.prefix.len() + at + request.delimiter.len();
                entries.insert(key[..end].to_owned(), None);
            }
            None => {
                entries.insert(key, Some(meta));
            }
        }
    }
    Ok(entries)
}
