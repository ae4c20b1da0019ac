//! Metrics of a process that ends before Prometheus asks for them, told to a Pushgateway.
//!
//! They are added to what is there (POST), so that a run that failed early takes nothing away that an earlier one told.

use std::time::Duration;

use prometheus::{Encoder, TextEncoder};

/// Longest wait for the gateway.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Tells a Pushgateway at an address (`http://host:9091`) what the process's registry has, under the name of a job.
///
/// # Errors
/// Why the gateway did not take it; its address is not repeated, as it may hold a password.
pub async fn push(gateway: &str, job: &str) -> Result<(), String> {
    let said = |error: reqwest::Error| error.without_url().to_string();
    let encoder = TextEncoder::new();
    let mut body = Vec::new();
    encoder.encode(&prometheus::gather(), &mut body).map_err(|error| error.to_string())?;
    let client = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(said)?;
    let request = client.post(format!("{}/metrics/job/{job}", gateway.trim_end_matches('/')));
    let request = request.header(reqwest::header::CONTENT_TYPE, encoder.format_type()).body(body);
    request.send().await.and_then(reqwest::Response::error_for_status).map(drop).map_err(said)
}
