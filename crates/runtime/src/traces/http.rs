//! Requests to the collector by the HTTP client that everything else here uses.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

/// A client that gives up after a while.
#[derive(Debug)]
pub(super) struct OtlpClient {
    client: reqwest::Client,
}

impl OtlpClient {
    /// # Errors
    /// That of the client's builder, for want of certificates for example.
    pub(super) fn try_new(timeout: Duration) -> reqwest::Result<Self> {
        Ok(Self { client: reqwest::Client::builder().timeout(timeout).build()? })
    }
}

#[async_trait]
impl HttpClient for OtlpClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.client.execute(request.try_into()?).await?;
        let mut response = Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.clone_from(answer.headers());
        }
        Ok(response.body(answer.bytes().await?)?)
    }
}
