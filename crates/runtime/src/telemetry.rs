//! Structured logs on standard error.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::store_retries::StoreRetries;

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

/// Starts logging; a second call in a process changes nothing.
///
/// `filter` has the syntax of `RUST_LOG`, such as `info` or `warn,udfs=debug`.
///
/// # Errors
/// A description if the filter cannot be parsed.
pub fn init(filter: &str, format: LogFormat) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("invalid log filter `{filter}`: {error}"))?;
    let colours = std::io::stderr().is_terminal();
    let retries = StoreRetries::registered().with_filter(StoreRetries::filter());
    let log = tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(std::io::stderr);
    let log = match format {
        LogFormat::Text => log.with_target(false).with_filter(filter).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_filter(filter).boxed(),
    };
    // An error means that logging was started before, by a test or an embedding process.
    let _already_started = tracing_subscriber::registry().with(log).with(retries).try_init();
    Ok(())
}
