//! What Prometheus is told of the endpoint: requests of all services, queries and how they wait, run and end.

use std::{
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use athena::target::Target;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry,
    core::{Collector, Desc},
    exponential_buckets,
    proto::MetricFamily,
};

use crate::{operations, queries::FairQueue};

/// Stands for operations that the service does not know, so that callers cannot make names of metrics.
const UNKNOWN: &str = "unknown";

/// The metrics of an endpoint.
#[derive(Clone)]
pub(crate) struct Metrics {
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    queries: IntCounterVec,
    query_seconds: HistogramVec,
    queue_seconds: HistogramVec,
    scanned_bytes: IntCounter,
    reused: IntCounter,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Metrics in the process's registry, with the queries of a queue; those of a second endpoint are not exported.
    pub(crate) fn registered(queue: &Arc<FairQueue>) -> prometheus::Result<Self> {
        let metrics = Self::try_new()?;
        let registry = prometheus::default_registry();
        if let Err(error) = metrics.register(queue, registry) {
            tracing::debug!(error = %error, "metric is registered already");
        }
        Ok(metrics)
    }

    fn try_new() -> prometheus::Result<Self> {
        let counters = |name: &str, help: &str, labels: &[&str]| IntCounterVec::new(Opts::new(name, help), labels);
        // From a millisecond to 16 s, and from 10 ms to 3 hours.
        let short = exponential_buckets(0.001, 2.0, 15)?;
        let long = exponential_buckets(0.01, 4.0, 11)?;
        let histogram = |name: &str, help: &str, buckets: &[f64], label: &str| {
            HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets.to_vec()), &[label])
        };
        Ok(Self {
            requests: counters(
                "segue_endpoint_requests_total",
                "Requests by service, operation and status of the answer; those to S3 by their method.",
                &["service", "operation", "status"],
            )?,
            request_seconds: histogram(
                "segue_endpoint_request_duration_seconds",
                "Time from a request to the head of its answer.",
                &short,
                "service",
            )?,
            queries: counters(
                "segue_athena_queries_total",
                "Queries that ended, by workgroup and state.",
                &["work_group", "state"],
            )?,
            query_seconds: histogram(
                "segue_athena_query_duration_seconds",
                "Time that a query ran, by the state in which it ended.",
                &long,
                "state",
            )?,
            queue_seconds: histogram(
                "segue_athena_query_queue_duration_seconds",
                "Time that a query waited for its turn, by workgroup.",
                &long,
                "work_group",
            )?,
            scanned_bytes: IntCounter::new("segue_athena_scanned_bytes_total", "Bytes that queries read.")?,
            reused: IntCounter::new(
                "segue_athena_reused_results_total",
                "Queries that were answered with a result of before.",
            )?,
        })
    }

    fn register(&self, queue: &Arc<FairQueue>, registry: &Registry) -> prometheus::Result<()> {
        registry.register(Box::new(self.requests.clone()))?;
        registry.register(Box::new(self.request_seconds.clone()))?;
        registry.register(Box::new(self.queries.clone()))?;
        registry.register(Box::new(self.query_seconds.clone()))?;
        registry.register(Box::new(self.queue_seconds.clone()))?;
        registry.register(Box::new(self.scanned_bytes.clone()))?;
        registry.register(Box::new(self.reused.clone()))?;
        registry.register(Box::new(OpenQueries::try_new(queue)?))
    }

    /// Notes the answer to a request.
    pub(crate) fn answered(&self, target: &Target, method: &str, status: u16, after: Duration) {
        let (service, operation) = (target.signing_name(), operation_of(target, method));
        self.requests.with_label_values(&[service, operation, status.to_string().as_str()]).inc();
        self.request_seconds.with_label_values(&[service]).observe(after.as_secs_f64());
    }

    /// Notes the end of a query.
    pub(crate) fn ended(&self, work_group: &str, state: &str, ran: Duration, waited: Duration, scanned_bytes: u64) {
        self.queries.with_label_values(&[work_group, state]).inc();
        self.query_seconds.with_label_values(&[state]).observe(ran.as_secs_f64());
        self.queue_seconds.with_label_values(&[work_group]).observe(waited.as_secs_f64());
        self.scanned_bytes.inc_by(scanned_bytes);
    }

    /// Notes a query that was answered with a result of before.
    pub(crate) fn reused(&self, work_group: &str) {
        self.queries.with_label_values(&[work_group, "SUCCEEDED"]).inc();
        self.reused.inc();
    }
}

fn operation_of<'a>(target: &'a Target, method: &'a str) -> &'a str {
    match target {
        Target::Athena(name) | Target::Glue(name) if operations::is_known(name) => name,
        Target::Athena(_) | Target::Glue(_) => UNKNOWN,
        Target::Sts => "sts",
        Target::S3 => match method {
            "GET" | "HEAD" | "PUT" | "POST" | "DELETE" => method,
            _ => UNKNOWN,
        },
    }
}

/// The queries of each workgroup that wait or run, as the queue has them when Prometheus asks.
struct OpenQueries {
    queue: Weak<FairQueue>,
    gauge: IntGaugeVec,
}

impl OpenQueries {
    fn try_new(queue: &Arc<FairQueue>) -> prometheus::Result<Self> {
        let help = "Queries that have not ended, by workgroup and state.";
        let gauge = IntGaugeVec::new(Opts::new("segue_athena_queries", help), &["work_group", "state"])?;
        Ok(Self { queue: Arc::downgrade(queue), gauge })
    }
}

impl Collector for OpenQueries {
    fn desc(&self) -> Vec<&Desc> {
        self.gauge.desc()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // Workgroups without queries are not in the queue, and so not here.
        self.gauge.reset();
        for (work_group, queued, running) in self.queue.upgrade().iter().flat_map(|queue| queue.lengths()) {
            let set = |state: &str, count: usize| {
                let gauge = self.gauge.with_label_values(&[work_group.as_str(), state]);
                gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
            };
            set("queued", queued);
            set("running", running);
        }
        self.gauge.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queries::QueueLimits;

    #[test]
    fn callers_make_no_names() {
        let athena = |name: &str| Target::Athena(name.to_owned());
        assert_eq!(operation_of(&athena("StartQueryExecution"), "POST"), "StartQueryExecution");
        assert_eq!(operation_of(&Target::Glue("GetTable".to_owned()), "POST"), "GetTable");
        assert_eq!(operation_of(&athena("x{y=\"z\"}"), "POST"), UNKNOWN);
        assert_eq!((operation_of(&Target::S3, "PUT"), operation_of(&Target::S3, "BREW")), ("PUT", UNKNOWN));
    }

    #[test]
    fn queues_are_as_long_as_they_are() {
        let limits = QueueLimits { running: 1, running_of_group: 1, queued: 9, queued_of_group: 9 };
        let queue = FairQueue::new(limits);
        let (metrics, registry) = (Metrics::try_new().unwrap(), Registry::new());
        metrics.register(&queue, &registry).unwrap();
        let text = || prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        let tickets = ["a", "a", "b"].map(|group| queue.enter(group).unwrap());
        let told = text();
        for line in [
            "segue_athena_queries{state=\"queued\",work_group=\"a\"} 1",
            "segue_athena_queries{state=\"running\",work_group=\"a\"} 1",
            "segue_athena_queries{state=\"queued\",work_group=\"b\"} 1",
            "segue_athena_queries{state=\"running\",work_group=\"b\"} 0",
        ] {
            assert!(told.lines().any(|known| known == line), "no {line} in\n{told}");
        }
        drop(tickets);
        assert!(!text().contains("segue_athena_queries{"), "{}", text());
    }
}
