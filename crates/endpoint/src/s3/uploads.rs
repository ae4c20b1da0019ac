//! Multipart uploads. Parts are files of a folder beside the buckets until the upload is completed.

use std::{path::Path as FilePath, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, Method, header, request::Parts},
    response::Response,
};
use futures::TryStreamExt;
use object_store::{
    GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart,
    local::LocalFileSystem, path::Path,
};
use serde::{Deserialize, Serialize};
use tracing::info;
use uuid::Uuid;

use super::{
    body::BodyReader,
    buckets::Bucket,
    error::{S3Error, S3Result},
    objects::{copied, copy_source, etag, no_content, path_of, range_of, refuse_conditions, store_body},
    parameter, xml,
};
use crate::Service;

/// Folder of parts; no bucket can have this name.
const UPLOADS: &str = ".uploads";
const MAX_PARTS: usize = 10_000;
/// A list of 10,000 parts.
const MAX_LIST_BYTES: usize = 4 * 1024 * 1024;
const PART_BYTES: usize = 1024 * 1024;
const PARTS_AT_ONCE: usize = 4;
/// Age at which uploads are given up that nobody completed.
const ABANDONED_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InitiateMultipartUploadResult {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    bucket: String,
    key: String,
    upload_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CompleteMultipartUpload {
    #[serde(default)]
    part: Vec<CompletedPart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CompletedPart {
    part_number: usize,
    #[serde(rename = "ETag", default)]
    etag: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CompleteMultipartUploadResult {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    bucket: String,
    key: String,
    #[serde(rename = "ETag")]
    etag: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedPart {
    part_number: usize,
    #[serde(rename = "ETag")]
    etag: String,
    size: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListPartsResult {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    bucket: String,
    key: String,
    upload_id: String,
    is_truncated: bool,
    part: Vec<ListedPart>,
}

/// An upload that was begun.
struct Upload {
    store: LocalFileSystem,
    id: String,
}

impl Upload {
    /// The upload of an id, if it is for this object.
    async fn find(root: &FilePath, id: String, target: &str) -> S3Result<Self> {
        // Other ids could lead elsewhere.
        if Uuid::try_parse(&id).is_err() {
            return Err(S3Error::no_such_upload());
        }
        let store = parts_store(root)?;
        let upload = Self { store, id };
        let said = upload.store.get(&upload.file("target")).await.map_err(|_| S3Error::no_such_upload())?;
        if said.bytes().await? != target.as_bytes() {
            return Err(S3Error::no_such_upload());
        }
        Ok(upload)
    }

    fn file(&self, name: &str) -> Path {
        Path::from_iter([self.id.as_str(), name])
    }

    fn part(&self, number: usize) -> Path {
        self.file(&format!("{number:05}"))
    }

    async fn files(&self) -> S3Result<Vec<ObjectMeta>> {
        let folder = Path::from(self.id.as_str());
        let mut files: Vec<ObjectMeta> = self.store.list(Some(&folder)).try_collect().await?;
        files.sort_by(|one, other| one.location.cmp(&other.location));
        Ok(files)
    }

    async fn remove(&self) -> S3Result<()> {
        for file in self.files().await? {
            self.store.delete(&file.location).await?;
        }
        Ok(())
    }
}

fn parts_store(root: &FilePath) -> S3Result<LocalFileSystem> {
    let folder = root.join(UPLOADS);
    std::fs::create_dir_all(&folder).map_err(|error| S3Error::internal(error.to_string()))?;
    Ok(LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true))
}

/// Whether a request is a step of an upload.
pub(super) fn is_of_upload(method: &Method, query: Option<&str>) -> bool {
    parameter(query, "uploadId").is_some() || (method == Method::POST && parameter(query, "uploads").is_some())
}

pub(super) async fn operate(
    service: &Service,
    root: &FilePath,
    bucket: &Bucket,
    key: &str,
    head: &Parts,
    body: BodyReader,
) -> S3Result<Response> {
    bucket.check_writable()?;
    refuse_conditions(head)?;
    let path = path_of(key)?.ok_or_else(|| S3Error::invalid("A folder cannot be uploaded"))?;
    let target = format!("{}/{path}", bucket.name);
    let query = head.uri.query();
    let Some(id) = parameter(query, "uploadId") else {
        return begin(root, bucket, key, &target).await;
    };
    let upload = Upload::find(root, id, &target).await?;
    match head.method {
        Method::PUT => {
            let number = parameter(query, "partNumber").and_then(|text| text.parse().ok());
            let number = number.filter(|number| (1..=MAX_PARTS).contains(number));
            let number = number.ok_or_else(|| S3Error::invalid("partNumber is no number from 1 to 10000"))?;
            if head.headers.contains_key("x-amz-copy-source") {
                return copy_part(service, &upload, number, head).await;
            }
            let put = store_body(&upload.store, &upload.part(number), body).await?;
            let mut response = Response::new(Body::empty());
            if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", put.e_tag.unwrap_or_default())) {
                response.headers_mut().insert(header::ETAG, value);
            }
            Ok(response)
        }
        Method::GET => list(&upload, bucket, key).await,
        Method::POST => complete(&upload, bucket, key, &path, body).await,
        Method::DELETE => {
            upload.remove().await?;
            no_content()
        }
        _ => Err(S3Error::method_not_allowed()),
    }
}

async fn begin(root: &FilePath, bucket: &Bucket, key: &str, target: &str) -> S3Result<Response> {
    let upload = Upload { store: parts_store(root)?, id: Uuid::new_v4().to_string() };
    give_up_old(&upload.store).await?;
    upload.store.put(&upload.file("target"), PutPayload::from(target.as_bytes().to_vec())).await?;
    xml::response(&InitiateMultipartUploadResult {
        namespace: xml::NAMESPACE,
        bucket: bucket.name.clone(),
        key: key.to_owned(),
        upload_id: upload.id,
    })
}

/// Removes what is left of uploads that nobody will complete.
async fn give_up_old(store: &LocalFileSystem) -> S3Result<()> {
    let files: Vec<ObjectMeta> = store.list(None).try_collect().await?;
    let is_old = |meta: &ObjectMeta| {
        let age = std::time::SystemTime::now().duration_since(meta.last_modified.into());
        age.is_ok_and(|age| age > ABANDONED_AFTER)
    };
    for meta in files.into_iter().filter(is_old) {
        info!(file = %meta.location, "part of an abandoned upload removed");
        store.delete(&meta.location).await?;
    }
    Ok(())
}

async fn copy_part(service: &Service, upload: &Upload, number: usize, head: &Parts) -> S3Result<Response> {
    let (from, source) = copy_source(service, &head.headers).await?;
    let said = head.headers.get("x-amz-copy-source-range").and_then(|value| value.to_str().ok());
    let range = said.map(|text| range_of(text).ok_or_else(S3Error::invalid_range)).transpose()?;
    if let Some(GetRange::Bounded(range)) = &range
        && range.end > from.store.head(&source).await?.size
    {
        return Err(S3Error::invalid_range());
    }
    let found = from.store.get_opts(&source, GetOptions { range, ..GetOptions::default() }).await?;
    let part = upload.part(number);
    let mut writing = WriteMultipart::new_with_chunk_size(upload.store.put_multipart(&part).await?, PART_BYTES);
    append(&mut writing, found).await?;
    writing.finish().await?;
    copied("CopyPartResult", &upload.store.head(&part).await?)
}

/// Adds the bytes of a file to another.
pub(super) async fn append(writing: &mut WriteMultipart, found: GetResult) -> S3Result<()> {
    let mut pieces = found.into_stream();
    while let Some(piece) = pieces.try_next().await? {
        writing.wait_for_capacity(PARTS_AT_ONCE).await?;
        writing.put(piece);
    }
    Ok(())
}

async fn list(upload: &Upload, bucket: &Bucket, key: &str) -> S3Result<Response> {
    let number = |meta: &ObjectMeta| meta.location.filename()?.parse().ok();
    let listed =
        |meta: ObjectMeta| Some(ListedPart { part_number: number(&meta)?, etag: etag(&meta), size: meta.size });
    xml::response(&ListPartsResult {
        namespace: xml::NAMESPACE,
        bucket: bucket.name.clone(),
        key: key.to_owned(),
        upload_id: upload.id.clone(),
        is_truncated: false,
        part: upload.files().await?.into_iter().filter_map(listed).collect(),
    })
}

async fn complete(upload: &Upload, bucket: &Bucket, key: &str, path: &Path, body: BodyReader) -> S3Result<Response> {
    let request: CompleteMultipartUpload = xml::parsed(&body.all(MAX_LIST_BYTES).await?)?;
    let is_ordered = request.part.is_sorted_by(|one, other| one.part_number < other.part_number);
    if request.part.is_empty() || !is_ordered {
        return Err(S3Error::malformed_xml());
    }
    for part in &request.part {
        let number = part.part_number;
        let meta = upload.store.head(&upload.part(number)).await.map_err(|_| S3Error::invalid_part(number))?;
        if !part.etag.is_empty() && part.etag.trim_matches('"') != etag(&meta).trim_matches('"') {
            return Err(S3Error::invalid_part(number));
        }
    }
    let mut writing = WriteMultipart::new_with_chunk_size(bucket.store.put_multipart(path).await?, PART_BYTES);
    for part in &request.part {
        append(&mut writing, upload.store.get(&upload.part(part.part_number)).await?).await?;
    }
    writing.finish().await?;
    upload.remove().await?;
    xml::response(&CompleteMultipartUploadResult {
        namespace: xml::NAMESPACE,
        bucket: bucket.name.clone(),
        key: key.to_owned(),
        etag: etag(&bucket.store.head(path).await?),
    })
}
