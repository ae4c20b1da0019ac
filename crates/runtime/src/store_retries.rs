//! Counts how often requests to an object store are tried again. The store's client tells of each in its log only, so
//! its log is listened to.

use prometheus::IntCounter;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::{
    Layer,
    filter::{FilterFn, filter_fn},
    layer::Context,
};

/// Where the client logs a retry, and nothing else, at the level `INFO`.
const TARGET: &str = "object_store::client::retry";

/// Counts the retries.
#[derive(Debug)]
pub(crate) struct StoreRetries {
    retries: Option<IntCounter>,
}

impl StoreRetries {
    /// A counter in the process's registry.
    pub(crate) fn registered() -> Self {
        let help = "Requests to an object store that were tried again.";
        let counter = IntCounter::new("segue_object_store_retries_total", help);
        let registered = counter.and_then(|counter| {
            prometheus::default_registry().register(Box::new(counter.clone()))?;
            Ok(counter)
        });
        // A second one in a process finds the name taken, and logging must start without it.
        Self { retries: registered.ok() }
    }

    /// Lets retries through, whatever the log shows of them.
    pub(crate) fn filter() -> FilterFn {
        let is_retry: fn(&Metadata<'_>) -> bool =
            |metadata| metadata.target() == TARGET && *metadata.level() == tracing::Level::INFO;
        filter_fn(is_retry)
    }
}

impl<S: Subscriber> Layer<S> for StoreRetries {
    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        if let Some(retries) = &self.retries {
            retries.inc();
        }
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn retries_count_and_nothing_else_does() {
        let counter = IntCounter::new("retries", "Retries.").unwrap();
        let layer = StoreRetries { retries: Some(counter.clone()) };
        let subscriber = tracing_subscriber::registry().with(layer.with_filter(StoreRetries::filter()));
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "object_store::client::retry", "Encountered server error with status 503");
            tracing::debug!(target: "object_store::client::retry", "detail");
            tracing::info!("something else");
            tracing::info!(target: "object_store::client::retry", "Encountered transport error");
        });
        assert_eq!(counter.get(), 2);
    }
}
