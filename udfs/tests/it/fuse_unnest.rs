//! The rule that lets the scan yield tracks: where it applies, and that rows stay the same.

use udfs::scan::BadInput;

use crate::fixture::{Slices, physical_plan, playlist, rows, slice};

#[tokio::test]
async fn an_unnest_of_the_tracks_right_above_the_scan_is_fused() {
    check("SELECT pid, unnest(tracks) AS track FROM raw", true).await;
    check("SELECT unnest(tracks)['track_uri'] FROM raw", true).await;
    check("SELECT _file, _offset, name, description, collaborative, unnest(tracks) FROM raw", true).await;
    check("SELECT t.pid, t.track['pos'] FROM (SELECT pid, unnest(tracks) AS track FROM raw) AS t ORDER BY 1, 2", true)
        .await;
    check("SELECT count(*) FROM (SELECT unnest(tracks) FROM raw)", true).await;
    check("SELECT pid FROM (SELECT pid, unnest(tracks) FROM raw) WHERE pid > 1 LIMIT 1000", true).await;
    check("SELECT name, unnest(tracks) AS track FROM raw WHERE pid > 1 AND name IS NULL", true).await;
    check("SELECT a.pid, b.n FROM (SELECT pid, unnest(tracks) AS t FROM raw) a JOIN (SELECT pid, count(*) AS n FROM raw GROUP BY pid) b ON a.pid = b.pid", true).await;
}

#[tokio::test]
async fn any_other_unnest_stays() {
    check("SELECT tracks, unnest(tracks) AS track FROM raw", false).await;
    check("SELECT upper(name), unnest(tracks) FROM raw", false).await;
    check("SELECT pid, unnest(tracks) FROM raw WHERE cardinality(tracks) > 1", false).await;
    check("SELECT pid, unnest(tracks) FROM raw WHERE random() >= 0", false).await;
    check("SELECT unnest(tracks) FROM (SELECT * FROM raw ORDER BY pid LIMIT 2)", false).await;
    check("SELECT unnest([1, 2]), pid FROM raw", false).await;
    check("SELECT unnest(array_concat(tracks, tracks)) FROM raw", false).await;
}

/// A limit of playlists that reaches the scan is not one of tracks.
#[tokio::test]
async fn a_limit_below_the_unnest_counts_playlists() {
    let slices = slices();
    let context = slices.session(BadInput::Fail);
    let limited = rows(&context, "SELECT count(*) FROM (SELECT unnest(tracks) FROM (SELECT tracks FROM raw LIMIT 2))");
    let tracks = rows(&context, "SELECT sum(n) FROM (SELECT cardinality(tracks) AS n FROM raw LIMIT 2)");
    assert_eq!(limited.await, tracks.await);
}

/// Asserts whether the rule applies, and that it changes neither rows nor names.
async fn check(sql: &str, fused: bool) {
    let slices = slices();
    let (fusing, plain) = (slices.session(BadInput::Fail), slices.session(BadInput::Fail));
    assert!(plain.remove_optimizer_rule("fuse_unnest"));
    let plan = physical_plan(&fusing, sql, slices.path()).await;
    assert_eq!((plan.contains("UnnestExec"), plan.contains("content=Tracks")), (!fused, fused), "{sql}\n{plan}");
    let (mut found, mut expected) = (rows(&fusing, sql).await, rows(&plain, sql).await);
    found.sort();
    expected.sort();
    assert!(!expected.is_empty(), "{sql}");
    assert_eq!(found, expected, "{sql}");
    let names = |context: &datafusion::prelude::SessionContext| {
        let context = context.clone();
        async move { context.sql(sql).await.unwrap().schema().field_names() }
    };
    assert_eq!(names(&fusing).await, names(&plain).await);
}

fn slices() -> Slices {
    let slices = Slices::new();
    let odd = r#"{"pid": 7, "name": null, "collaborative": "true", "tracks": [
        {"pos": 0, "track_uri": "item:1", "track_name": "caf\u00e9", "artist_uri": "a:1", "duration_ms": 1000},
        {"pos": 1, "track_uri": "item:2", "track_name": null, "artist_uri": "a:1", "duration_ms": 2000},
        {"pos": 2, "track_uri": "item:1", "track_name": "one", "artist_uri": "a:2"}]}"#;
    let empty = r#"{"pid": 8, "name": "empty", "tracks": []}"#;
    slices.write("mpd.slice.0-9.json", slice(&[playlist(1).as_str(), odd, empty, playlist(2).as_str()]));
    slices
}
