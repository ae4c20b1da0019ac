//! Spans of this process, told to an OpenTelemetry collector if one is named.
//!
//! ```text
//! span ends ─► bounded queue ─► a thread of its own ─► collector (OTLP over HTTP, protobuf)
//!                full: dropped      no answer in time: dropped        both are counted
//! ```
//!
//! Nothing of this is there without a collector's address. Spans that belong together are tied by the trace context of the
//! W3C: [`current_parent`] says where a span stands, and [`adopt`] continues there, in another process too.

mod context;
mod http;
mod queue;

use std::time::Duration;

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

pub use context::{adopt, current_parent, current_trace_id};
use http::OtlpClient;
use queue::Queue;

/// Longest time for the collector to take a batch, tries again included.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(10);
/// Where a collector takes spans, below its address.
const PATH: &str = "v1/traces";

/// Which collector is told of spans, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceOptions {
    /// Where spans go.
    endpoint: String,
    /// Name of the service that tells.
    service: &'static str,
}

impl TraceOptions {
    /// Spans of a service for the collector at an address (`http://host:4318`, `https://…`); [`None`] without one.
    ///
    /// # Errors
    /// A description if the address is none.
    pub fn new(service: &'static str, address: Option<&str>) -> Result<Option<Self>, String> {
        let Some(address) = address.map(str::trim).filter(|address| !address.is_empty()) else { return Ok(None) };
        let is_http = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
        if !is_http || address.parse::<reqwest::Url>().is_err() {
            return Err(format!(
                "`{address}` is no address of a collector: expected http://host:4318, as spans are told by OTLP over HTTP"
            ));
        }
        Ok(Some(Self { endpoint: format!("{}/{PATH}", address.trim_end_matches('/')), service }))
    }
}

/// The spans that are on their way. Dropped, it waits for the last of them, some seconds at most.
#[derive(Debug)]
pub(crate) struct Traces {
    provider: SdkTracerProvider,
}

impl Drop for Traces {
    fn drop(&mut self) {
        // What it could not deliver is counted, and said by the thread that tried.
        let _ended = self.provider.shutdown_with_timeout(queue::LAST_WORDS);
    }
}

/// The layer that follows spans, and what to keep until the process ends.
///
/// # Errors
/// A description if the exporter cannot be made.
pub(crate) fn layer<S>(options: &TraceOptions) -> Result<(impl Layer<S> + use<S>, Traces), String>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let failed = |error: &dyn std::fmt::Display| format!("cannot tell of spans at `{}`: {error}", options.endpoint);
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(OtlpClient::try_new(DELIVERY_TIMEOUT).map_err(|error| failed(&error))?)
        .with_endpoint(&options.endpoint)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(DELIVERY_TIMEOUT)
        .build()
        .map_err(|error| failed(&error))?;
    let queue = Queue::start(exporter).map_err(|error| failed(&error))?;
    let resource = Resource::builder()
        .with_service_name(options.service)
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("process.pid", i64::from(std::process::id())))
        .build();
    let provider = SdkTracerProvider::builder().with_resource(resource).with_span_processor(queue).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("segue"))
        .with_location(false)
        .with_threads(false)
        .with_filter(filter_fn(|metadata| *metadata.level() <= Level::INFO));
    Ok((layer, Traces { provider }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_collector_or_none() {
        let of = |address| TraceOptions::new("segue", address);
        assert_eq!((of(None), of(Some(" "))), (Ok(None), Ok(None)));
        for address in ["http://127.0.0.1:4318", "http://127.0.0.1:4318/"] {
            assert_eq!(of(Some(address)).unwrap().unwrap().endpoint, "http://127.0.0.1:4318/v1/traces");
        }
        assert_eq!(of(Some("https://a.example/otlp")).unwrap().unwrap().endpoint, "https://a.example/otlp/v1/traces");
        for address in ["collector:4317", "grpc://collector:4317", "http://"] {
            assert!(of(Some(address)).unwrap_err().contains("OTLP over HTTP"), "{address}");
        }
    }
}
