//! Spans of client, scheduler and executors, told to a collector as one trace.

use std::{collections::HashMap, time::Duration};

use sample::SampleOptions;
use tempfile::TempDir;
use testkit::{
    process::{Cluster, ProcessCommand, Segue},
    services::{Collector, ToldSpan},
};

use crate::endpoints::value_of;

const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);
const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Waits for spans of which something is true.
async fn told(collector: &Collector, is_enough: impl Fn(&[ToldSpan]) -> bool) -> Vec<ToldSpan> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let told = collector.told();
        if is_enough(&told) {
            return told;
        }
        assert!(tokio::time::Instant::now() < deadline, "{told:#?}");
        tokio::time::sleep(POLL).await;
    }
}

fn all<'a>(told: &'a [ToldSpan], service: &'a str, name: &'a str) -> impl Iterator<Item = &'a ToldSpan> {
    told.iter().filter(move |span| span.service == service && span.name == name)
}

#[track_caller]
fn one<'a>(told: &'a [ToldSpan], service: &'a str, name: &'a str) -> &'a ToldSpan {
    let found: Vec<&ToldSpan> = all(told, service, name).collect();
    assert_eq!(found.len(), 1, "{service} {name}: {told:#?}");
    found[0]
}

fn make_slices(place: &TempDir) -> String {
    let options = SampleOptions { slices: 2, playlists_per_slice: 60, tracks: 2_000, ..SampleOptions::default() };
    sample::write_slices(&place.path().join("raw"), &options, &|_| ()).unwrap();
    place.path().join("raw").display().to_string()
}

fn segue(place: &TempDir, cluster: &Cluster) -> Segue {
    let path = |name: &str| place.path().join(name).display().to_string();
    Segue::try_new().unwrap().envs([
        ("SEGUE_LAKE", path("lake")),
        ("SEGUE_DATABASE", format!("sqlite://{}", path("segue.db"))),
        ("SEGUE_SCHEDULER", cluster.scheduler().url()),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_one_trace_from_the_command_to_the_tasks_on_executors() {
    let (collector, place) = (Collector::start().unwrap(), TempDir::new().unwrap());
    let input = make_slices(&place);
    let here = [(COLLECTOR, collector.url())];
    let cluster = Cluster::start(1, 2, here).await.unwrap();
    let segue = segue(&place, &cluster).envs(here);
    // Whoever starts the command may be part of a trace as well.
    let outer = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let run = ["run", "--input", &input, "--steps", "quarantine,playlists", "--json"];
    let report = segue.clone().env("TRACEPARENT", outer).run(run).await.unwrap().success().unwrap().json().unwrap();

    // The command tells all of its spans before it ends; the others within a second.
    let is_enough = |told: &[ToldSpan]| {
        let count = |service, name| all(told, service, name).count();
        // A job of each step, and one of each check and measure.
        let jobs = count("segue", "job");
        jobs > 2 && count("segue-scheduler", "plan") >= jobs && count("segue-executor", "task") >= jobs
    };
    let told = told(&collector, is_enough).await;
    let command = one(&told, "segue", "segue");
    assert_eq!((command.parent_id.as_str(), command.fields["command"].as_str()), ("b7ad6b7169203331", "run"));
    let run = one(&told, "segue", "run");
    assert_eq!((&run.parent_id, &run.fields["run_id"]), (&command.span_id, &report["run_id"].as_str().unwrap().into()));
    let steps: Vec<&ToldSpan> = all(&told, "segue", "step").collect();
    assert_eq!(steps.iter().map(|step| step.fields["step"].as_str()).collect::<Vec<_>>(), ["quarantine", "playlists"]);
    assert!(steps.iter().all(|step| step.parent_id == run.span_id), "{told:#?}");
    // By their ids, so that a job of the client is the one that scheduler and executor are at.
    let jobs: HashMap<&str, &ToldSpan> = all(&told, "segue", "job").map(|job| (job.span_id.as_str(), job)).collect();
    for job in jobs.values() {
        assert!(steps.iter().any(|step| step.span_id == job.parent_id), "{job:#?}");
    }
    for plan in all(&told, "segue-scheduler", "plan") {
        assert!(jobs.contains_key(plan.parent_id.as_str()), "{plan:#?}");
    }
    for task in all(&told, "segue-executor", "task") {
        let job = jobs[task.parent_id.as_str()];
        assert_eq!((&task.fields["job_id"], task.fields["outcome"].as_str()), (&job.fields["job_id"], "succeeded"));
    }
    assert!(told.iter().all(|span| span.trace_id == "0af7651916cd43dd8448eb211c80319c"), "{told:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_costs_nothing_but_its_spans() {
    let place = TempDir::new().unwrap();
    let input = make_slices(&place);
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let there = [(COLLECTOR, nobody.as_str())];
    let cluster = Cluster::start(1, 2, there).await.unwrap();
    let segue = segue(&place, &cluster).envs(there);
    segue.run(["run", "--input", &input, "--steps", "quarantine,playlists"]).await.unwrap().success().unwrap();
    let dropped = "segue_trace_spans_dropped_total{reason=\"not_delivered\"}";
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let metrics = cluster.executors()[0].admin_get("/metrics").await.unwrap();
        if value_of(&metrics, dropped) >= Some(2.0) {
            assert_eq!(value_of(&metrics, "segue_trace_spans_exported_total"), Some(0.0), "{metrics}");
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{metrics}");
        tokio::time::sleep(POLL).await;
    }
}

#[tokio::test]
async fn the_trainer_continues_the_trace_of_who_starts_it() {
    let collector = Collector::start().unwrap();
    let trainer =
        ProcessCommand::of_workspace("segue-model").unwrap().args(["version"]).env(COLLECTOR, collector.url());
    let trainer =
        trainer.env("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").spawn().unwrap();
    assert!(trainer.wait(PATIENCE).await.unwrap().success(), "{}", trainer.stderr());
    let told = collector.told();
    let span = one(&told, "segue-model", "segue-model");
    assert_eq!((span.fields["command"].as_str(), span.parent_id.as_str()), ("version", "b7ad6b7169203331"));
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_at_the_start() {
    let segue = Segue::try_new().unwrap().env(COLLECTOR, "collector:4317");
    let refused = segue.run(["sql", "SELECT 1"]).await.unwrap();
    assert_eq!(refused.code(), Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("http://host:4318"), "{}", refused.stderr);
}
