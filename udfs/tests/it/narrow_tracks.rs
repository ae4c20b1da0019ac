//! The rule that narrows the tracks: what it keeps, and that rows stay the same.

use datafusion::prelude::SessionContext;
use udfs::scan::BadInput;

use crate::fixture::{Slices, physical_plan, playlist, rows, slice};

const ENTRIES: &str = "WITH entries AS (SELECT pid, name, unnest(tracks) AS track FROM raw)";

#[tokio::test]
async fn only_the_fields_that_are_read_are_scanned() {
    check("SELECT pid, track['track_uri'] FROM entries", Some("track_uri")).await;
    check("SELECT track['track_uri'] AS uri, track['pos'] AS pos FROM entries", Some("pos, track_uri")).await;
    check("SELECT pid FROM entries WHERE track['pos'] = 1", Some("pos")).await;
    check("SELECT pid, track['track_uri'] FROM entries WHERE track['pos'] < 2", Some("pos, track_uri")).await;
    check("SELECT pid, track['track_name'] FROM entries ORDER BY track['pos'], pid", Some("pos, track_name")).await;
    check("SELECT pid FROM entries LIMIT 100", Some("")).await;
    check("SELECT count(*) FROM entries", Some("")).await;
    check("SELECT e.track['track_uri'] FROM (SELECT track FROM entries) AS e", Some("track_uri")).await;
    check("SELECT track['track_uri'] FROM entries UNION ALL SELECT name FROM raw", Some("track_uri")).await;
    check("SELECT uri FROM (SELECT upper(track['track_uri']) AS uri FROM entries)", Some("track_uri")).await;
}

#[tokio::test]
async fn all_fields_stay_where_a_track_is_used_whole() {
    check("SELECT pid, tracks FROM raw", None).await;
    check("SELECT pid, track FROM entries", None).await;
    check("SELECT cardinality(tracks) FROM raw", None).await;
    check("SELECT tracks[1]['track_uri'] FROM raw", None).await;
    check("SELECT tracks, track['pos'] FROM (SELECT tracks, unnest(tracks) AS track FROM raw)", None).await;
    check("SELECT DISTINCT track FROM entries", None).await;
    check("SELECT pid, name FROM raw", None).await;
}

/// Whatever the rule does in these, the rows must not change.
#[tokio::test]
async fn rows_stay_the_same() {
    for sql in [
        "SELECT track['artist_uri'], count(*) FROM entries GROUP BY 1",
        "SELECT a.pid, a.track['pos'], b.name FROM entries a JOIN raw b ON a.pid = b.pid",
        "SELECT a.track['track_uri'] FROM entries a JOIN entries b ON a.track['pos'] = b.track['pos'] AND a.pid < b.pid",
        "SELECT track['track_uri'] FROM entries WHERE pid IN (SELECT min(pid) FROM raw)",
        "SELECT track['track_uri'], (SELECT count(*) FROM raw) FROM entries",
        "SELECT pid, row_number() OVER (PARTITION BY pid ORDER BY track['pos']) FROM entries",
        "SELECT track['pos'] FROM entries UNION ALL SELECT track['duration_ms'] FROM entries",
        "SELECT DISTINCT track['track_uri'] FROM entries",
        "SELECT track FROM entries WHERE track IS NOT NULL",
        "SELECT array_agg(track['pos'] ORDER BY track['pos']) FROM entries GROUP BY pid",
    ] {
        let slices = slices();
        let (narrowing, plain) = sessions(&slices);
        assert_same_rows(&narrowing, &plain, &format!("{ENTRIES} {sql}")).await;
    }
}

#[tokio::test]
async fn the_plan_shows_what_is_scanned() {
    let slices = slices();
    let context = slices.session(BadInput::Quarantine);
    let sql = format!("{ENTRIES} SELECT pid, track['track_uri'] AS uri FROM entries WHERE track['pos'] = 0");
    let narrowed = physical_plan(&context, &sql, slices.path()).await;
    insta::assert_snapshot!(narrowed, @r"
    ProjectionExec: expr=[pid@0 as pid, __datafusion_extracted_2@1 as uri]
      FilterExec: __datafusion_extracted_1@0 = 0, projection=[pid@1, __datafusion_extracted_2@2]
        ProjectionExec: expr=[get_field(tracks@1, pos) as __datafusion_extracted_1, pid@0 as pid, get_field(tracks@1, track_uri) as __datafusion_extracted_2]
          DataSourceExec: file_groups={1 group: [[<folder>/mpd.slice.0-9.json]]}, projection=[pid, tracks], file_type=mpd_slice, content=Tracks, bad_input=Quarantine, track_fields=[pos, track_uri]
    ");
    let limited = physical_plan(&context, "SELECT name, pid FROM raw LIMIT 3", slices.path()).await;
    insta::assert_snapshot!(limited, @r"
    DataSourceExec: file_groups={1 group: [[<folder>/mpd.slice.0-9.json]]}, projection=[name, pid], limit=3, file_type=mpd_slice, content=Playlists, bad_input=Quarantine
    ");
    let rejects = physical_plan(&context, "SELECT reason FROM rejects", slices.path()).await;
    insta::assert_snapshot!(rejects, @r"
    DataSourceExec: file_groups={1 group: [[<folder>/mpd.slice.0-9.json]]}, projection=[reason], file_type=mpd_slice, content=Rejects, bad_input=Quarantine
    ");
}

/// Asserts which fields of the tracks the only scan builds (all for `None`), and that the rule changes no row.
async fn check(query: &str, fields: Option<&str>) {
    let slices = slices();
    let (narrowing, plain) = sessions(&slices);
    let sql = format!("{ENTRIES} {query}");
    let plan = physical_plan(&narrowing, &sql, slices.path()).await;
    let narrowed = plan.lines().find_map(|line| line.split_once("track_fields=[")?.1.split_once(']'));
    assert_eq!(narrowed.map(|(fields, _)| fields), fields, "{query}\n{plan}");
    assert_same_rows(&narrowing, &plain, &sql).await;
}

async fn assert_same_rows(narrowing: &SessionContext, plain: &SessionContext, sql: &str) {
    let (mut found, mut expected) = (rows(narrowing, sql).await, rows(plain, sql).await);
    found.sort();
    expected.sort();
    assert!(!expected.is_empty(), "{sql}");
    assert_eq!(found, expected, "{sql}");
}

/// Two sessions on the slices, with and without the rule.
fn sessions(slices: &Slices) -> (SessionContext, SessionContext) {
    let plain = slices.session(BadInput::Fail);
    assert!(plain.remove_optimizer_rule("narrow_tracks") && plain.remove_optimizer_rule("fuse_unnest"));
    (slices.session(BadInput::Fail), plain)
}

fn slices() -> Slices {
    let slices = Slices::new();
    let full = r#"{"pid": 7, "name": "full", "tracks": [
        {"pos": 0, "track_uri": "item:1", "track_name": "one", "artist_uri": "a:1", "duration_ms": 1000},
        {"pos": 1, "track_uri": "item:2", "track_name": null, "artist_uri": "a:1", "duration_ms": 2000},
        {"pos": 2, "track_uri": "item:1", "track_name": "one", "artist_uri": "a:2"}]}"#;
    let empty = r#"{"pid": 8, "name": "empty", "tracks": []}"#;
    slices.write("mpd.slice.0-9.json", slice(&[playlist(1).as_str(), full, empty]));
    slices
}
