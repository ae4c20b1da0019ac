//! Every metric that the dashboard shows and that the alert rules judge is exported by a process or recorded by a rule.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use tempfile::TempDir;
use testkit::process::Cluster;

use crate::{places::open_lake, session::on_cluster};

/// Series that Prometheus itself makes.
const OF_PROMETHEUS: [&str; 1] = ["ALERTS"];
/// Sources whose metrics have no sample before somebody trains, publishes or asks: their names stand there as texts.
const SOURCES: [&str; 7] = [
    "crates/endpoint/src/metrics.rs",
    "crates/lake/src/metered_store.rs",
    "crates/runtime/src/store_retries.rs",
    "crates/runtime/src/traces/queue.rs",
    "crates/watch/src/metrics.rs",
    "model/src/serve/metrics.rs",
    "model/src/training/metered_progress.rs",
];
/// Files by which autoscalers ask, and how their queries are introduced.
const AUTOSCALERS: [(&str, &str); 2] = [
    ("deploy/kubernetes/components/hpa/prometheus-adapter.values.yaml", "metricsQuery:"),
    ("deploy/kubernetes/components/keda/executor-scaler.yaml", " query:"),
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Names of metrics in a query: words that are no functions, labels, groupings, durations or texts.
fn metrics_of(query: &str) -> BTreeSet<String> {
    let mut plain = String::new();
    let mut depth = 0;
    for part in query.split_inclusive(['{', '}', '[', ']']) {
        if depth == 0 {
            plain.push_str(part.trim_end_matches(['{', '[']));
            plain.push(' ');
        }
        match part.chars().last() {
            Some('{' | '[') => depth += 1,
            Some('}' | ']') => depth -= 1,
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut rest = plain.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let before = &rest[..start];
        let end = rest[start..].find(|c| !is_word(c)).map_or(rest.len(), |length| start + length);
        let (word, after) = (&rest[start..end], rest[end..].trim_start());
        rest = &rest[end..];
        if ["by", "without", "on", "ignoring"].contains(&word) {
            rest = after.split_once(')').map_or("", |(_, rest)| rest);
        } else if ["and", "or", "unless"].contains(&word) {
            continue;
        } else if !["(", "by ", "by(", "without "].iter().any(|next| after.starts_with(next))
            && !before.ends_with(|c: char| c.is_ascii_digit())
        {
            names.insert(word.to_owned());
        }
    }
    names
}

fn queries_of_dashboard() -> Vec<String> {
    let text = fs::read_to_string(root().join("deploy/monitoring/dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() > 10);
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let annotations = dashboard["annotations"]["list"].as_array().unwrap().iter();
    targets.chain(annotations).map(|query| query["expr"].as_str().unwrap().to_owned()).collect()
}

/// Queries of the rules, and names of what they record.
fn rules() -> (Vec<String>, BTreeSet<String>) {
    let text = fs::read_to_string(root().join("deploy/monitoring/rules.yaml")).unwrap();
    let field = |line: &str, key: &str| line.split_once(key).map(|(_, value)| value.trim().to_owned());
    let queries = text.lines().filter_map(|line| field(line, "expr:"));
    let queries = queries.map(|query| query.trim_matches(['"', '}']).trim_matches('"').to_owned()).collect();
    let recorded = text.lines().filter_map(|line| field(line, "record: \""));
    (queries, recorded.filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect())
}

/// Queries of autoscalers. What the adapter puts in stands in double brackets.
fn queries_of_autoscalers() -> Vec<String> {
    let of_file = |(file, key): (&str, &str)| {
        let text = fs::read_to_string(root().join(file)).unwrap();
        let queries: Vec<String> = text
            .lines()
            .filter_map(|line| line.split_once(key))
            .map(|(_, query)| query.trim().replace("'", ""))
            .collect();
        assert_eq!(queries.len(), 1, "{file}");
        queries
    };
    AUTOSCALERS.into_iter().flat_map(of_file).collect()
}

/// Names that scheduler and executor export after a job, and those that other processes have in their sources.
async fn exported() -> BTreeSet<String> {
    let cluster = Cluster::builder().unwrap().executors(1).vcores(1).start().await.unwrap();
    let place = TempDir::new().unwrap();
    let context = on_cluster(&cluster, &open_lake(place.path()).await).await;
    context.sql("SELECT 1 + 1").await.unwrap().collect().await.unwrap();
    let scheduler = cluster.scheduler().admin_get("/metrics").await.unwrap();
    let executor = cluster.executors()[0].admin_get("/metrics").await.unwrap();
    let types = scheduler.lines().chain(executor.lines()).filter_map(|line| line.strip_prefix("# TYPE "));
    let mut names: BTreeSet<String> = types.filter_map(|line| line.split(' ').next().map(str::to_owned)).collect();
    for source in SOURCES {
        let text = fs::read_to_string(root().join(source)).unwrap();
        names.extend(text.split('"').filter(|text| text.starts_with("segue_")).map(str::to_owned));
    }
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_and_judged_is_exported() {
    let (judged, recorded) = rules();
    let exported = exported().await;
    let shown = queries_of_dashboard();
    assert!(recorded.len() >= 3 && judged.len() > 10, "{recorded:?} {judged:?}");
    let scaled = queries_of_autoscalers();
    for query in shown.iter().chain(&judged).chain(&scaled) {
        for name in metrics_of(query) {
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
            let is_there = |name: &str| exported.contains(name) || recorded.contains(name);
            let is_known = is_there(&name) || family.is_some_and(is_there) || OF_PROMETHEUS.contains(&name.as_str());
            assert!(is_known, "nobody exports `{name}` of `{query}`");
        }
    }
}

#[test]
fn names_are_found_in_queries() {
    let query = "histogram_quantile(0.5, sum by (le, job) (rate(a_b_bucket{x=\"not_this\"}[5m]))) / segue:r + time() > 2e9 and c > 0";
    let names: Vec<String> = metrics_of(query).into_iter().collect();
    assert_eq!(names, ["a_b_bucket", "c", "segue:r"]);
}
