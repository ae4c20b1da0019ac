//! What is wrong with the data or the settings is said, with an exit code that tells whose turn it is.

use std::fs;

use serde_json::json;

use crate::workplace::{Workplace, check_failure};

#[tokio::test]
async fn a_folder_without_slices_is_bad_data() {
    let workplace = Workplace::new();
    let output = workplace.run("run --input nowhere").await;
    check_failure(&output, 65, &["error: no slices at file:///", "nowhere", "expected files ending in .json"]);
}

#[tokio::test]
async fn a_damaged_slice_is_named_by_file_byte_and_path() {
    let workplace = Workplace::with_slices().await;
    workplace.damage_slice();
    let parts = ["mpd.slice.0-59.json", "$.playlists[", "cut off", "--bad-input quarantine"];
    let output = workplace.run("run --input raw --steps quarantine,playlists --quiet").await;
    check_failure(&output, 65, &parts);
    assert!(output.stderr.contains("byte_offset="), "{}", output.stderr);
    // Without the step that looks for them, the query that meets it fails.
    let output = workplace.run("run --input raw --steps playlists --quiet").await;
    check_failure(&output, 65, &parts);
    assert!(output.stderr.contains("step `playlists` failed: bad input in `"), "{}", output.stderr);
    assert!(output.stderr.contains(" at byte "), "{}", output.stderr);
    let runs = workplace.json("runs --json").await;
    assert!(runs.as_array().unwrap().iter().all(|run| run["status"] == "failed"), "{runs}");
}

#[tokio::test]
async fn what_cannot_be_used_is_set_aside_if_asked() {
    let workplace = Workplace::with_slices().await;
    workplace.damage_slice();
    let line = "run --input raw --bad-input quarantine --steps quarantine,playlists --json";
    let report = workplace.json(line).await;
    let playlists = report["steps"][1]["rows"].as_u64().unwrap();
    assert!((60..120).contains(&playlists), "{report}");
    let rejects = workplace.rows("SELECT scope, byte_offset > 0 AS has_offset, json_path FROM quarantine").await;
    assert_eq!((&rejects[0]["scope"], &rejects[0]["has_offset"]), (&json!("rest of file"), &json!(true)));
    let path = format!("$.playlists[{}]", playlists - 60);
    assert!(rejects[0]["json_path"].as_str().unwrap().starts_with(&path), "{rejects}");
    assert_eq!(rejects.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_result_without_rows_leaves_the_table_as_it_was() {
    let workplace = Workplace::with_slices().await;
    workplace.success("run --input raw --steps playlists --quiet").await;
    for entry in fs::read_dir(workplace.path("raw")).unwrap() {
        fs::write(entry.unwrap().path(), r#"{"info": {}, "playlists": []}"#).unwrap();
    }
    let output = workplace.run("run --input raw --steps playlists").await;
    check_failure(&output, 3, &["step `playlists` yielded no rows, so its table stays as it was", "has the details"]);
    let tables = workplace.json("tables --json").await;
    assert_eq!(
        (&tables[0]["table"], &tables[0]["version"], &tables[0]["rows"]),
        (&json!("playlists"), &json!(1), &json!(120))
    );
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 120 }]));
}

#[tokio::test]
async fn playlists_that_stand_in_two_slices_are_named() {
    let workplace = Workplace::with_slices().await;
    fs::copy(workplace.path("raw/mpd.slice.0-59.json"), workplace.path("raw/mpd.slice.60-119.json")).unwrap();
    let parts = ["so that", "would double", "pid 0 in ", "mpd.slice.0-59.json", "mpd.slice.60-119.json"];
    for steps in ["playlists", "playlist_tracks", "playlists,playlist_tracks"] {
        let output = workplace.run(&format!("run --input raw --steps {steps} --quiet")).await;
        check_failure(&output, 3, &parts);
    }
    assert_eq!(workplace.json("tables --json").await, json!([]));
}

#[tokio::test]
async fn a_bucket_that_does_not_answer_may_do_so_later() {
    let workplace = Workplace::new();
    let segue = workplace.segue.clone().env("AWS_ENDPOINT", "http://127.0.0.1:1").env("AWS_ALLOW_HTTP", "true");
    let segue = segue.env("AWS_ACCESS_KEY_ID", "a").env("AWS_SECRET_ACCESS_KEY", "b").env("AWS_REGION", "us-east-1");
    let output = segue.run(["tables", "--lake", "s3://bucket/lake"]).await.unwrap();
    assert_eq!((output.code(), output.stdout.as_str()), (Some(75), ""), "{output:?}");
    assert!(output.stderr.contains("cannot open the lake at `s3://bucket/lake"), "{}", output.stderr);
}

#[tokio::test]
async fn a_scheduler_that_does_not_answer_may_do_so_later() {
    let workplace = Workplace::new();
    // Port 1 is reserved and nobody listens there.
    let output = workplace.segue.run(["sql", "SELECT 1", "--scheduler", "df://127.0.0.1:1"]).await.unwrap();
    check_failure(&output, 75, &["no scheduler answers at df://127.0.0.1:1", "start segue-scheduler there"]);
}

#[tokio::test]
async fn wrong_addresses_are_wrong_configuration() {
    let workplace = Workplace::new();
    fs::write(workplace.path("notes.txt"), "long enough to be looked at, and no database\n".repeat(9)).unwrap();
    fs::write(workplace.path("query.sql"), "SELECT 1").unwrap();
    for (line, part) in [
        ("runs --database postgres://segue:hunter2@db/segue", "the scheme is neither `sqlite` nor `mysql`"),
        ("runs --database mysql://segue:hunter2@db/", "the database is missing"),
        ("runs --database sqlite://notes.txt", "is not a SQLite database"),
        ("tables --lake gopher://lake", "the scheme `gopher` is not known"),
        ("run --input gopher://raw", "the scheme `gopher` is not known"),
        ("sql --file query.sql --scheduler http://127.0.0.1:1", "use df://host:port"),
        ("recommend --title x --model-binary nowhere", "cannot start the trainer `nowhere`"),
    ] {
        check_failure(&workplace.run(line).await, 78, &[part]);
    }
}

#[tokio::test]
async fn queries_that_cannot_be_answered_fail() {
    let workplace = Workplace::new();
    for (sql, parts) in [
        ("SELECT * FROM nope", ["1:15: Table 'awsdatacatalog.default.nope' does not exist", "hint: `segue tables`"]),
        ("SELEC 1", ["MALFORMED_QUERY: line 1:1: mismatched input 'SELEC'", "Expecting"]),
        ("SELECT 1; SELECT nope", ["COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved", "error"]),
        ("SELECT CAST(concat('a', CAST(hash_bucket(1, 2) AS varchar)) AS integer)", ["Cannot cast 'a", "INVALID_CAST"]),
    ] {
        let output = workplace.segue.run(["sql", "--format", "csv", sql]).await.unwrap();
        assert_eq!(output.code(), Some(1), "{output:?}");
        assert!(parts.iter().all(|part| output.stderr.contains(part)), "{sql}: {}", output.stderr);
    }
    check_failure(&workplace.run("runs show nope").await, 1, &["there is no run `nope`"]);
    check_failure(&workplace.run("recommend --playlist 7").await, 1, &["has no predictions yet"]);
}
