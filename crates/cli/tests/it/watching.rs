//! The watch: slices that come are worked in once, and people are told what goes wrong, once.

use std::fs;

use serde_json::{Value, json};
use testkit::{http, process::ProcessGuard, services::Webhook};

use crate::workplace::{PATIENCE, Workplace, wait_until};

const STEPS: &str = "quarantine,playlists,playlist_tracks";

/// The address behind a phrase that the command writes.
async fn address(watch: &ProcessGuard, phrase: &str) -> String {
    wait_until(phrase, || watch.stderr().contains(phrase)).await;
    http::address_behind(&watch.stderr(), phrase).unwrap()
}

fn post_event(address: &str, token: &str, key: &str) -> String {
    http::post_event(address, token, "raw", key).unwrap()
}

async fn runs(workplace: &Workplace) -> Vec<(String, String)> {
    let runs = workplace.json("runs --json").await;
    let text = |run: &Value, key: &str| run[key].as_str().unwrap().to_owned();
    runs.as_array().unwrap().iter().map(|run| (text(run, "status"), text(run, "triggered_by"))).collect()
}

async fn wait_for_runs(workplace: &Workplace, watch: &ProcessGuard, count: usize, phrase: &str) {
    wait_until(phrase, || watch.stderr().matches(phrase).count() >= count).await;
    assert_eq!(runs(workplace).await.len(), count, "{}", watch.stderr());
}

#[tokio::test]
async fn slices_are_worked_in_once_and_failures_told_once() {
    let workplace = Workplace::with_slices().await;
    let webhook = Webhook::start().unwrap();
    let line = format!(
        "watch --input raw --steps {STEPS} --poll-minutes 60 --events-bind 127.0.0.1:0 --events-token t0ken \
         --settle-seconds 1 --admin-bind 127.0.0.1:0 --log info --notify {}",
        webhook.url()
    );
    let watch = workplace.segue.start(line.split_whitespace()).unwrap();
    let events = address(&watch, "events are taken at").await;
    // The listing finds what was there before.
    wait_for_runs(&workplace, &watch, 1, "run succeeded").await;

    assert!(post_event(&events, "wrong", "a.json").starts_with("HTTP/1.1 401"));
    let first = workplace.path("raw/mpd.slice.0-59.json");
    let aside = workplace.path("aside.json");
    fs::rename(&first, &aside).unwrap();
    for _ in 0..3 {
        assert!(post_event(&events, "t0ken", "mpd.slice.0-59.json").starts_with("HTTP/1.1 200"));
    }
    wait_for_runs(&workplace, &watch, 2, "run succeeded").await;
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 60 }]));
    // The same event once more tells of nothing new.
    post_event(&events, "t0ken", "mpd.slice.0-59.json");
    wait_until("the event is known", || watch.stderr().contains("is in the lake already")).await;
    assert_eq!(runs(&workplace).await.len(), 2);
    assert_eq!(webhook.heard(), Vec::<Value>::new(), "nobody is told that all is well all the time");

    fs::copy(&aside, &first).unwrap();
    workplace.damage_slice();
    post_event(&events, "t0ken", "mpd.slice.0-59.json");
    wait_until("the failure is told", || webhook.heard().len() == 1).await;
    let told = webhook.heard().remove(0);
    assert_eq!((&told["severity"], &told["key"]), (&json!("page"), &json!("nightly/run")));
    assert!(told["reason"].as_str().unwrap().contains("mpd.slice.0-59.json"), "{told}");

    fs::copy(&aside, &first).unwrap();
    post_event(&events, "t0ken", "mpd.slice.0-59.json");
    wait_until("it is told that all is well", || webhook.heard().len() == 2).await;
    assert_eq!(webhook.heard()[1]["severity"], "resolved");
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 120 }]));
    let expected = ["succeeded", "failed", "succeeded", "succeeded"].map(|status| (status, "new slices"));
    let found = runs(&workplace).await;
    assert_eq!(found.iter().map(|(status, by)| (status.as_str(), by.as_str())).collect::<Vec<_>>(), expected);

    let admin = address(&watch, "health and metrics at").await;
    for part in [
        "segue_run_last_status{pipeline=\"nightly\"} 1",
        "segue_stage_rows{direction=\"out\",pipeline=\"nightly\",stage=\"playlists\"} 120",
        "segue_source_objects_pending 0",
        "segue_run_last_success_timestamp_seconds{pipeline=\"nightly\"}",
    ] {
        wait_until(part, || http::get(&admin, "/metrics").unwrap().contains(part)).await;
    }
}

#[tokio::test]
async fn slices_that_are_gone_and_kept_are_no_news_whatever_steps_are_run() {
    let workplace = Workplace::with_slices().await;
    let line = "watch --input raw --steps quarantine,playlists --removed-slices keep --poll-minutes 60 --settle-seconds 1 \
                --events-bind 127.0.0.1:0 --admin-bind 127.0.0.1:0 --log info";
    let watch = workplace.segue.start(line.split_whitespace()).unwrap();
    let events = address(&watch, "events are taken at").await;
    wait_for_runs(&workplace, &watch, 1, "run succeeded").await;
    for count in 1..=2 {
        // Nothing has changed the first time; the second time a slice is gone, whose rows are kept.
        post_event(&events, "", "mpd.slice.0-59.json");
        let phrase = "is in the lake already";
        wait_until(phrase, || watch.stderr().matches(phrase).count() >= count).await;
        let _ = fs::remove_file(workplace.path("raw/mpd.slice.0-59.json"));
    }
    assert_eq!(runs(&workplace).await.len(), 1, "{}", watch.stderr());
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 120 }]));
}

#[tokio::test]
async fn a_night_without_a_run_is_noticed() {
    let workplace = Workplace::new();
    fs::create_dir(workplace.path("raw")).unwrap();
    let webhook = Webhook::start().unwrap();
    let line = format!(
        "watch --input raw --deadline-hours 0.0001 --stale-input-hours 0.0001 --admin-bind 127.0.0.1:0 --notify {}",
        webhook.url()
    );
    let mut words: Vec<&str> = line.split_whitespace().collect();
    words.extend(["--schedule", "0 0 1 1 *"]);
    let _watch = workplace.segue.start(words).unwrap();
    wait_until("both are told", || webhook.heard().len() == 2).await;
    let mut told: Vec<String> =
        webhook.heard().iter().map(|told| told["summary"].as_str().unwrap().to_owned()).collect();
    told.sort();
    assert_eq!(told, ["no run has succeeded for 0 min", "there is no slice at the input"]);
}

#[tokio::test]
async fn runs_on_another_lake_do_not_count() {
    let workplace = Workplace::with_slices().await;
    workplace.success("run --input raw --steps quarantine --quiet").await;
    let webhook = Webhook::start().unwrap();
    let line = format!("watch --input raw --deadline-hours 0.0001 --admin-bind 127.0.0.1:0 --notify {}", webhook.url());
    for (lake, reason) in [("data/other", "none ever did"), ("data/lake", "the last that did was ")] {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        words.extend(["--schedule", "0 0 1 1 *", "--lake", lake]);
        let heard = webhook.heard().len();
        let _watch = workplace.segue.start(words).unwrap();
        wait_until("it is told", || webhook.heard().len() > heard).await;
        let told = webhook.heard().remove(heard);
        // The second lake is told of, too, although the first one's alarm has the same key.
        assert_eq!(told["key"], "nightly/deadline");
        assert!(told["reason"].as_str().unwrap().starts_with(reason), "{told}");
    }
}

/// A step without end that comes before those that read slices.
const ENDLESS: &str = r#"
[[step]]
name = "endless"
kind = "sql"
file = "endless.sql"
inputs = []
outputs = ["endless"]
timeout_minutes = 60

[[step]]
name = "quarantine"
kind = "sql"
inputs = ["slices", "endless"]
outputs = ["quarantine"]
timeout_minutes = 60
"#;

#[tokio::test]
async fn a_cancelled_run_stays_cancelled_when_the_watch_begins_anew() {
    let workplace = Workplace::with_slices().await;
    let ten = "(VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10))";
    let tables: Vec<String> = (0..14).map(|number| format!("{ten} AS t{number}(x{number})")).collect();
    let sum: Vec<String> = (0..14).map(|number| format!("x{number}")).collect();
    let sql = format!("SELECT count(*) AS n FROM {} WHERE {} > 20", tables.join(" CROSS JOIN "), sum.join(" + "));
    fs::write(workplace.path("endless.sql"), sql).unwrap();
    fs::write(workplace.path("p.toml"), ENDLESS).unwrap();
    let line =
        "watch --input raw --pipeline p.toml --poll-minutes 60 --settle-seconds 1 --admin-bind 127.0.0.1:0 --log info";
    let first = workplace.segue.start(line.split_whitespace()).unwrap();
    wait_until("the run is at its step", || first.stderr().contains("job is at the scheduler")).await;
    workplace.success("runs cancel latest").await;
    wait_until("the watch knows", || first.stderr().contains("slices as they are now begin no other one")).await;
    first.sigterm_and_wait(PATIENCE).await.unwrap();

    let second = workplace.segue.start(line.split_whitespace()).unwrap();
    let phrase = "was cancelled; they begin no other one";
    wait_until("it remembers", || second.stderr().contains(phrase)).await;
    let phrase = "the listing shows slices on which a run failed not long ago or was cancelled";
    wait_until("it has looked at the input", || second.stderr().contains(phrase)).await;
    assert_eq!(runs(&workplace).await, [("cancelled".to_owned(), "new slices".to_owned())]);
    second.sigterm_and_wait(PATIENCE).await.unwrap();

    // A slice that comes is another matter.
    fs::remove_file(workplace.path("raw/mpd.slice.0-59.json")).unwrap();
    let third = workplace.segue.start(line.split_whitespace()).unwrap();
    wait_until("a run begins", || third.stderr().contains("job is at the scheduler")).await;
    assert_eq!(runs(&workplace).await.len(), 2);
}

#[tokio::test]
async fn a_watch_that_nothing_would_wake_is_refused() {
    let workplace = Workplace::new();
    let output = workplace.run("watch --input raw").await;
    assert_eq!(output.code(), Some(2));
    assert!(output.stderr.contains("give --schedule, --poll-minutes or --events-bind"), "{}", output.stderr);
    let output = workplace.run("watch --input raw --schedule nightly").await;
    assert!(output.stderr.contains("`nightly` is no schedule"), "{}", output.stderr);
}

#[tokio::test]
async fn new_fields_of_slices_are_told_once() {
    let workplace = Workplace::with_slices().await;
    let webhook = Webhook::start().unwrap();
    let run = format!("run --input raw --steps quarantine,playlists --full --quiet --notify {}", webhook.url());
    let path = workplace.path("raw/mpd.slice.0-59.json");
    let usual = fs::read_to_string(&path).unwrap();
    fs::write(&path, usual.replace("\"pid\":", "\"mood\": \"calm\", \"pid\":")).unwrap();
    for _ in 0..2 {
        workplace.success(&run).await;
    }
    let told = webhook.heard();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["severity"], &told[0]["reason"]), (&json!("warning"), &json!("playlists[].mood")));
    fs::write(&path, usual).unwrap();
    workplace.success(&run).await;
    assert_eq!(webhook.summaries()[1..], ["slices have no fields that tables lack any more"]);
}
