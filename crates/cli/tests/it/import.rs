//! Interactions of other worlds through the pipeline.

use serde_json::json;

use crate::workplace::Workplace;

const STEPS: &str = "quarantine,playlists,playlist_tracks,tracks,sequences";

#[tokio::test]
async fn histories_come_out_of_the_pipeline_as_they_went_in() {
    let workplace = Workplace::new();
    // More users than a slice holds, of three interactions each, noted from the last to the first.
    let lines =
        (0..1500).flat_map(|user| (0..3).rev().map(move |time| format!("u{user} i/{},{time}", (user + time) % 7)));
    let text: String = lines.map(|line| line.replace(' ', ",") + "\n").collect();
    std::fs::write(workplace.path("clicks.csv"), format!("who,what,when\n{text}")).unwrap();
    let line = "import clicks.csv --user-column who --item-column what --time-column when --output raw --json";
    let imported = workplace.json(line).await;
    let counts = ["slices", "users", "items", "interactions", "users_left_out"].map(|name| imported[name].as_u64());
    assert_eq!(counts, [2, 1500, 7, 4500, 0].map(Some));
    workplace.success(&format!("run --input raw --steps {STEPS} --quiet")).await;
    let rows = workplace
        .rows(
            "SELECT playlists.name, playlist_tracks.pos, playlist_tracks.track_uri \
             FROM playlist_tracks JOIN playlists ON playlists.pid = playlist_tracks.pid \
             WHERE playlists.pid = 1003 ORDER BY pos",
        )
        .await;
    let expected: Vec<_> = (0..3)
        .map(|pos| json!({ "name": "u1003", "pos": pos, "track_uri": format!("item:track:i%2F{}", (1003 + pos) % 7) }))
        .collect();
    assert_eq!(rows, json!(expected));
    let count = workplace.rows("SELECT count(*) AS n, count(DISTINCT pid) AS users FROM playlist_tracks").await;
    assert_eq!(count, json!([{ "n": 4500, "users": 1500 }]));
}

#[tokio::test]
async fn what_cannot_be_imported_is_told_and_nothing_is_written() {
    let workplace = Workplace::new();
    std::fs::write(workplace.path("lines.txt"), "u1 a b\nu2\n").unwrap();
    for (line, expected) in [
        ("import lines.txt --output raw", "say --format sequences, pairs, csv or tsv"),
        ("import lines.txt --format sequences --output raw", "line 2: expected `user item1 item2 …`"),
        ("import none.txt --format pairs --output raw", "cannot open `none.txt`"),
        ("import lines.txt --format pairs --output raw", "line 1: expected a time as a number, found `b`"),
    ] {
        let output = workplace.run(line).await;
        assert_ne!(output.code(), Some(0), "{line}");
        assert!(output.stderr.contains(expected), "{line}: {output:?}");
        assert!(!workplace.path("raw").exists(), "{line}");
    }
    std::fs::write(workplace.path("pairs.txt"), "u1 a\nu1 b\n").unwrap();
    workplace.success("import pairs.txt --format pairs --output raw").await;
    let again = workplace.run("import pairs.txt --format pairs --output raw").await;
    assert!(again.stderr.contains("holds slices already"), "{again:?}");
}
