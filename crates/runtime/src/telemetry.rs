//! Structured logs on standard error, and spans for a collector of traces.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    store_retries::StoreRetries,
    traces::{self, TraceOptions, Traces},
};

/// Form of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for collectors.
    Json,
}

impl std::str::FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("unknown log format `{other}`: expected text or json")),
        }
    }
}

/// What is told until the process ends. Dropped, it waits for spans that are on their way, some seconds at most.
#[derive(Debug)]
#[must_use = "spans are told for as long as this is there"]
pub struct Telemetry {
    _traces: Option<Traces>,
}

/// Starts logging, and telling spans to a collector if there is one; a second call in a process changes nothing.
///
/// `filter` has the syntax of `RUST_LOG`, such as `info` or `warn,udfs=debug`; it is for the log alone.
///
/// # Errors
/// A description if the filter cannot be parsed, or if the collector cannot be told.
pub fn init(filter: &str, format: LogFormat, traces: Option<&TraceOptions>) -> Result<Telemetry, String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("invalid log filter `{filter}`: {error}"))?;
    let colours = std::io::stderr().is_terminal();
    let retries = StoreRetries::registered().with_filter(StoreRetries::filter());
    let log = tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(std::io::stderr);
    let log = match format {
        LogFormat::Text => log.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_filter(filter).boxed(),
    };
    let (spans, traces) = traces.map(traces::layer).transpose()?.unzip();
    // An error means that logging was started before, by a test or an embedding process.
    let _already_started = tracing_subscriber::registry().with(spans).with(log).with(retries).try_init();
    Ok(Telemetry { _traces: traces })
}
