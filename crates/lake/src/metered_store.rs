//! Counts the requests to S3, which its client tells of in its log only.

use std::{
    fmt,
    sync::{Arc, LazyLock},
    time::Instant,
};

use async_trait::async_trait;
use futures::{FutureExt, StreamExt, stream::BoxStream};
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart, path::Path,
};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts};

/// A store whose requests are counted by operation and outcome.
///
/// A request counts once however often its client tries it, and a listing once however many pages it has. A deletion
/// counts once for each object.
#[derive(Debug)]
pub(crate) struct MeteredStore<S> {
    inner: S,
    requests: Requests,
}

impl<S: ObjectStore> MeteredStore<S> {
    /// Counts in the process's registry.
    pub(crate) fn new(inner: S) -> Self {
        Self { inner, requests: Requests::of_process() }
    }
}

impl<S: fmt::Display> fmt::Display for MeteredStore<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(formatter)
    }
}

/// The counts; `None` where somebody else in the process has taken their names.
#[derive(Debug, Clone)]
struct Requests {
    metrics: Option<Arc<Metrics>>,
}

#[derive(Debug)]
struct Metrics {
    requests: IntCounterVec,
    seconds: HistogramVec,
}

impl Metrics {
    fn try_new() -> prometheus::Result<Self> {
        let requests = Opts::new("segue_object_store_requests_total", "Requests to S3, by operation and outcome.");
        let seconds = HistogramOpts::new(
            "segue_object_store_request_duration_seconds",
            "Time of a request to S3 with all its retries, until its body begins.",
        );
        let buckets = prometheus::exponential_buckets(0.005, 4.0, 8)?;
        Ok(Self {
            requests: IntCounterVec::new(requests, &["operation", "outcome"])?,
            seconds: HistogramVec::new(seconds.buckets(buckets), &["operation"])?,
        })
    }

    fn registered() -> prometheus::Result<Self> {
        let metrics = Self::try_new()?;
        prometheus::default_registry().register(Box::new(metrics.requests.clone()))?;
        prometheus::default_registry().register(Box::new(metrics.seconds.clone()))?;
        Ok(metrics)
    }
}

impl Requests {
    fn of_process() -> Self {
        static METRICS: LazyLock<Option<Arc<Metrics>>> = LazyLock::new(|| Metrics::registered().ok().map(Arc::new));
        Self { metrics: METRICS.clone() }
    }

    fn note(&self, operation: &'static str, began: Instant, error: Option<&Error>) {
        if let Some(metrics) = &self.metrics {
            metrics.requests.with_label_values(&[operation, outcome(error)]).inc();
            metrics.seconds.with_label_values(&[operation]).observe(began.elapsed().as_secs_f64());
        }
    }

    async fn counted<T>(&self, operation: &'static str, request: impl Future<Output = Result<T>>) -> Result<T> {
        let began = Instant::now();
        let result = request.await;
        self.note(operation, began, result.as_ref().err());
        result
    }

    /// Counts a listing when its first page has come, and again if a later one fails.
    fn counted_listing(
        &self,
        entries: BoxStream<'static, Result<ObjectMeta>>,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let (requests, began) = (self.clone(), Instant::now());
        futures::stream::unfold((entries, requests, true), move |(mut entries, requests, is_first)| async move {
            let entry = entries.next().await;
            let error = entry.as_ref().and_then(|entry| entry.as_ref().err());
            if is_first || error.is_some() {
                requests.note("list", began, error);
            }
            entry.map(|entry| (entry, (entries, requests, false)))
        })
        .boxed()
    }
}

/// How a request ended. What a conditional write or a look for something finds is no failure.
fn outcome(error: Option<&Error>) -> &'static str {
    match error {
        None => "success",
        Some(Error::NotFound { .. }) => "not_found",
        Some(Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotModified { .. }) => "precondition",
        Some(Error::PermissionDenied { .. } | Error::Unauthenticated { .. }) => "denied",
        Some(_) => "error",
    }
}

#[async_trait]
impl<S: ObjectStore> ObjectStore for MeteredStore<S> {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.requests.counted("put", self.inner.put_opts(location, payload, options)).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let begun = self.inner.put_multipart_opts(location, options);
        let inner = self.requests.counted("create_multipart", begun).await?;
        Ok(Box::new(MeteredUpload { inner, requests: self.requests.clone() }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let operation = if options.head { "head" } else { "get" };
        self.requests.counted(operation, self.inner.get_opts(location, options)).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let (requests, began) = (self.requests.clone(), Instant::now());
        let deleted = self.inner.delete_stream(locations);
        deleted.inspect(move |deleted| requests.note("delete", began, deleted.as_ref().err())).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.requests.counted_listing(self.inner.list(prefix))
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.requests.counted_listing(self.inner.list_with_offset(prefix, offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.requests.counted("list", self.inner.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.requests.counted("copy", self.inner.copy_opts(from, to, options)).await
    }
}

/// An upload in parts, each of which is a request.
#[derive(Debug)]
struct MeteredUpload {
    inner: Box<dyn MultipartUpload>,
    requests: Requests,
}

#[async_trait]
impl MultipartUpload for MeteredUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (requests, part) = (self.requests.clone(), self.inner.put_part(data));
        async move { requests.counted("put_part", part).await }.boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.requests.counted("complete_multipart", self.inner.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        self.requests.counted("abort_multipart", self.inner.abort()).await
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;
    use object_store::{ObjectStoreExt, PutMode, memory::InMemory};

    use super::*;

    #[tokio::test]
    async fn requests_count_by_operation_and_outcome() {
        let metrics = Arc::new(Metrics::try_new().unwrap());
        let requests = Requests { metrics: Some(Arc::clone(&metrics)) };
        let store = MeteredStore { inner: InMemory::new(), requests };
        let (here, there) = (Path::from("a/here"), Path::from("a/there"));
        store.put(&here, PutPayload::from_static(b"x")).await.unwrap();
        store.put_opts(&here, PutPayload::new(), PutMode::Create.into()).await.unwrap_err();
        store.get(&here).await.unwrap();
        store.get_range(&here, 0..1).await.unwrap();
        store.head(&there).await.unwrap_err();
        store.copy(&here, &there).await.unwrap();
        assert_eq!(store.list(None).try_collect::<Vec<_>>().await.unwrap().len(), 2);
        let mut upload = store.put_multipart(&there).await.unwrap();
        upload.put_part(PutPayload::from_static(b"y")).await.unwrap();
        upload.complete().await.unwrap();
        store.delete(&here).await.unwrap();
        let expected = [
            ("put", "success", 1),
            ("put", "precondition", 1),
            ("get", "success", 2),
            ("head", "not_found", 1),
            ("copy", "success", 1),
            ("list", "success", 1),
            ("create_multipart", "success", 1),
            ("put_part", "success", 1),
            ("complete_multipart", "success", 1),
            ("delete", "success", 1),
        ];
        for (operation, outcome, count) in expected {
            let found = metrics.requests.with_label_values(&[operation, outcome]).get();
            assert_eq!(found, count, "{operation} {outcome}");
        }
        assert_eq!(metrics.seconds.with_label_values(&["put"]).get_sample_count(), 2);
    }
}
