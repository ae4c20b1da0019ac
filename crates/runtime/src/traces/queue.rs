//! Ended spans on their way to the collector: bounded, off the threads that work, and counted when they are lost.

use std::{
    fmt, io,
    sync::mpsc::{self as standard, RecvTimeoutError},
    time::Duration,
};

use opentelemetry::Context;
use opentelemetry_sdk::{
    Resource,
    error::{OTelSdkError, OTelSdkResult},
    trace::{Span, SpanData, SpanExporter, SpanProcessor},
};
use prometheus::{IntCounter, IntCounterVec, Opts};
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::{Instant, timeout, timeout_at},
};
use tracing::{info, instrument::WithSubscriber, subscriber::NoSubscriber, warn};

use super::DELIVERY_TIMEOUT;

/// Spans that wait at most; a run has some hundreds.
const PLACES: usize = 4096;
/// Spans that are told at once at most.
const BATCH: usize = 512;
/// How long a span waits for others to be told with.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a process that ends waits for its last spans.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(5);

/// What the thread is told.
enum Message {
    Ended(Box<SpanData>),
    Resource(Box<Resource>),
    /// Tell what there is, and say so; the end of all if `is_last`.
    Flush {
        done: standard::Sender<()>,
        is_last: bool,
    },
}

/// Spans that were told, and those that were not.
#[derive(Clone)]
struct Counts {
    told: IntCounter,
    dropped: IntCounterVec,
}

impl Counts {
    /// Counters in the process's registry; those of a second queue are not exported.
    fn registered() -> prometheus::Result<Self> {
        let dropped = Opts::new("segue_trace_spans_dropped_total", "Spans that no collector was told of, by reason.");
        let counts = Self {
            told: IntCounter::new("segue_trace_spans_exported_total", "Spans that a collector was told of.")?,
            dropped: IntCounterVec::new(dropped, &["reason"])?,
        };
        for reason in [QUEUE_FULL, NOT_DELIVERED] {
            counts.dropped.with_label_values(&[reason]);
        }
        let registry = prometheus::default_registry();
        let _known = registry.register(Box::new(counts.told.clone()));
        let _known = registry.register(Box::new(counts.dropped.clone()));
        Ok(counts)
    }

    fn drop(&self, reason: &str, spans: usize) {
        self.dropped.with_label_values(&[reason]).inc_by(u64::try_from(spans).unwrap_or(u64::MAX));
    }
}

const QUEUE_FULL: &str = "queue_full";
const NOT_DELIVERED: &str = "not_delivered";

/// A queue of ended spans and the thread that empties it.
pub(super) struct Queue {
    messages: Sender<Message>,
    counts: Counts,
}

impl fmt::Debug for Queue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Queue").field("places", &self.messages.capacity()).finish_non_exhaustive()
    }
}

impl Queue {
    /// Begins to tell the exporter of spans.
    ///
    /// # Errors
    /// An IO error if there is no thread to be had.
    pub(super) fn start(exporter: impl SpanExporter + 'static) -> io::Result<Self> {
        let counts = Counts::registered().map_err(io::Error::other)?;
        let (messages, received) = mpsc::channel(PLACES);
        // A process may end its own runtime before its last span, so the thread has one to itself.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let teller = Teller { exporter, counts: counts.clone(), waiting: Vec::new(), is_well: true };
        std::thread::Builder::new().name("traces".to_owned()).spawn(move || runtime.block_on(teller.tell(received)))?;
        Ok(Self { messages, counts })
    }

    /// Waits until all spans until now are told.
    fn flush(&self, limit: Duration, is_last: bool) -> OTelSdkResult {
        let (done, told) = standard::channel();
        let mut message = Message::Flush { done, is_last };
        let deadline = std::time::Instant::now() + limit;
        // A full queue takes the message a little later.
        while let Err(refused) = self.messages.try_send(message) {
            let mpsc::error::TrySendError::Full(again) = refused else { return Err(OTelSdkError::AlreadyShutdown) };
            if std::time::Instant::now() > deadline {
                return Err(OTelSdkError::Timeout(limit));
            }
            message = again;
            std::thread::park_timeout(Duration::from_millis(10));
        }
        match told.recv_timeout(deadline.saturating_duration_since(std::time::Instant::now())) {
            Ok(()) => Ok(()),
            Err(RecvTimeoutError::Timeout) => Err(OTelSdkError::Timeout(limit)),
            Err(RecvTimeoutError::Disconnected) => Err(OTelSdkError::AlreadyShutdown),
        }
    }
}

impl SpanProcessor for Queue {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.messages.try_send(Message::Ended(Box::new(span))).is_err() {
            self.counts.drop(QUEUE_FULL, 1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.flush(LAST_WORDS, false)
    }

    fn shutdown_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.flush(limit, true)
    }

    fn set_resource(&mut self, resource: &Resource) {
        // The queue is empty when a provider is built.
        let _taken = self.messages.try_send(Message::Resource(Box::new(resource.clone())));
    }
}

/// What the thread does.
struct Teller<E> {
    exporter: E,
    counts: Counts,
    waiting: Vec<SpanData>,
    /// Whether the collector took the last batch.
    is_well: bool,
}

impl<E: SpanExporter> Teller<E> {
    async fn tell(mut self, mut messages: Receiver<Message>) {
        while let Some(first) = messages.recv().await {
            let until = Instant::now() + PATIENCE;
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Ended(span) => self.waiting.push(*span),
                    Message::Resource(resource) => self.exporter.set_resource(&resource),
                    Message::Flush { done, is_last } => {
                        self.deliver().await;
                        // Who asked may be gone.
                        let _heard = done.send(());
                        if is_last {
                            return;
                        }
                    }
                }
                if self.waiting.len() >= BATCH {
                    self.deliver().await;
                }
                next = match self.waiting.is_empty() {
                    true => None,
                    false => timeout_at(until, messages.recv()).await.ok().flatten(),
                };
            }
            self.deliver().await;
        }
    }

    async fn deliver(&mut self) {
        let batch = std::mem::take(&mut self.waiting);
        if batch.is_empty() {
            return;
        }
        let spans = batch.len();
        // What the client does about it must not become spans, too.
        let exporting = self.exporter.export(batch).with_subscriber(NoSubscriber::default());
        let failure = match timeout(DELIVERY_TIMEOUT, exporting).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {} s", DELIVERY_TIMEOUT.as_secs())),
        };
        match failure {
            None => {
                self.counts.told.inc_by(u64::try_from(spans).unwrap_or(u64::MAX));
                if !self.is_well {
                    info!("the collector of traces takes spans again");
                }
                self.is_well = true;
            }
            Some(error) => {
                self.counts.drop(NOT_DELIVERED, spans);
                if self.is_well {
                    warn!(error, spans, "the collector of traces does not take spans; they are counted and dropped");
                }
                self.is_well = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use opentelemetry::trace::{Tracer, TracerProvider};
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tokio::sync::Semaphore;

    use super::*;

    /// A collector that takes nothing until the gate opens.
    #[derive(Debug)]
    struct Gated(Arc<Semaphore>);

    impl SpanExporter for Gated {
        async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
            // It is closed to let all through.
            let _closed = self.0.acquire().await;
            Ok(())
        }
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted_and_nobody_waits() {
        let gate = Arc::new(Semaphore::new(0));
        let queue = Queue::start(Gated(Arc::clone(&gate))).unwrap();
        let counts = queue.counts.clone();
        let provider = SdkTracerProvider::builder().with_span_processor(queue).build();
        let tracer = provider.tracer("test");
        let spans = PLACES + 4 * BATCH;
        for _ in 0..spans {
            drop(tracer.start("span"));
        }
        // One batch at most is on its way, the rest has the queue's places or none.
        let dropped = counts.dropped.with_label_values(&[QUEUE_FULL]).get();
        assert!(dropped >= u64::try_from(2 * BATCH).unwrap(), "{dropped}");
        gate.close();
        provider.shutdown().unwrap();
        assert_eq!(counts.told.get() + dropped, u64::try_from(spans).unwrap());
        drop(tracer.start("late"));
        assert_eq!(counts.dropped.with_label_values(&[NOT_DELIVERED]).get(), 0);
    }
}
