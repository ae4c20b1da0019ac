//! What is wrong with the slices must not get into the tables.

use std::{fs, path::Path};

use pipeline::{Error, Event, RunOptions, RunReport, Step, Workspace};
use tempfile::TempDir;

use crate::place::{make_slices, open, options};

const FIRST: &str = "mpd.slice.0-59.json";

struct Place {
    folder: TempDir,
    workspace: Workspace,
    options: RunOptions,
}

impl Place {
    async fn new(steps: &[Step]) -> Self {
        let folder = TempDir::new().unwrap();
        let input = make_slices(&folder.path().join("raw"));
        let workspace = open(folder.path(), 1).await;
        Self { folder, workspace, options: RunOptions { steps: steps.to_vec(), ..options(&input) } }
    }

    fn slice(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join("raw").join(name)
    }

    /// Changes a slice's text.
    fn edit(&self, change: impl Fn(String) -> String) {
        edit(&self.slice(FIRST), change);
    }

    async fn run(&self) -> Result<RunReport, Error> {
        pipeline::run(&self.workspace, &self.options, &|_: &Event| ()).await
    }

    async fn versions(&self, table: &str) -> usize {
        self.workspace.lake.table(table).unwrap().versions().await.unwrap().len()
    }
}

fn edit(path: &Path, change: impl Fn(String) -> String) {
    let text = fs::read_to_string(path).unwrap();
    let changed = change(text.clone());
    assert_ne!(changed, text, "nothing was changed in {}", path.display());
    fs::write(path, changed).unwrap();
}

/// Replaces the value of the first so many occurrences of a number's key.
fn set_numbers(text: &str, key: &str, value: &str, count: usize) -> String {
    let mark = format!("\"{key}\": ");
    let mut parts = text.split(&mark);
    let mut changed = parts.next().unwrap().to_owned();
    for (index, part) in parts.enumerate() {
        let end = part.find(|character: char| !character.is_ascii_digit()).unwrap();
        changed.push_str(&mark);
        changed.push_str(if index < count { value } else { &part[..end] });
        changed.push_str(&part[end..]);
    }
    changed
}

#[track_caller]
fn failed_check(result: Result<RunReport, Error>) -> (&'static str, i64, String) {
    match result.unwrap_err() {
        Error::CheckFailed { outcome, .. } => (outcome.check, outcome.violations, outcome.example.unwrap_or_default()),
        other => panic!("no check failed: {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_playlist_in_two_slices_is_found_by_either_step() {
    let place = Place::new(&[Step::Playlists]).await;
    place.run().await.unwrap();
    fs::copy(place.slice(FIRST), place.slice("mpd.slice.180-239.json")).unwrap();
    let (check, violations, example) = failed_check(place.run().await);
    assert_eq!((check, violations), ("duplicate_playlists", 60));
    assert!(example.contains(FIRST) && example.contains("mpd.slice.180-239.json"), "{example}");
    assert_eq!(place.versions("playlists").await, 1, "what failed its check is no version");

    let alone = Place::new(&[Step::PlaylistTracks]).await;
    fs::copy(alone.slice(FIRST), alone.slice("mpd.slice.180-239.json")).unwrap();
    assert_eq!(failed_check(alone.run().await).0, "doubled_playlists");
    assert_eq!(alone.versions("playlist_tracks").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn track_counts_must_be_what_slices_declare() {
    let mut place = Place::new(&[Step::Playlists]).await;
    place.edit(|text| set_numbers(&text, "num_tracks", "1", 60));
    let (check, violations, example) = failed_check(place.run().await);
    assert_eq!((check, violations), ("declared_track_counts", 60));
    assert!(example.contains("says 1 and has "), "{example}");
    place.options.allowed.insert("declared_track_counts".to_owned(), 0.5);
    let report = place.run().await.unwrap();
    let checks = report.step(Step::Playlists).unwrap().details.clone().unwrap()["checks"].clone();
    let found = checks.as_array().unwrap().iter().find(|check| check["check"] == "declared_track_counts").unwrap();
    assert_eq!((&found["violations"], &found["checked"]), (&60.into(), &180.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn uris_and_durations_are_looked_at_in_what_is_new() {
    let place = Place::new(&[Step::Playlists, Step::PlaylistTracks]).await;
    place.run().await.unwrap();
    place.edit(|text| text.replace("\"track_uri\": \"spotify:track:", "\"track_uri\": \"spotify:episode:"));
    let (check, violations, _) = failed_check(place.run().await);
    // All tracks of the one slice that was read, though most of the table is well.
    let rows = place.workspace.lake.table("playlists").unwrap().snapshot().await.unwrap();
    assert_eq!((check, rows.version()), ("malformed_uris", 2));
    assert!(violations > 500, "{violations}");

    let place = Place::new(&[Step::PlaylistTracks]).await;
    place.edit(|text| set_numbers(&text, "duration_ms", "0", 1_000));
    let (check, _, example) = failed_check(place.run().await);
    assert_eq!(check, "durations");
    assert!(example.ends_with(": 0 ms"), "{example}");
}

/// An engine that loses or doubles rows is what reconciling is for; here somebody else does it.
#[tokio::test(flavor = "multi_thread")]
async fn tracks_must_be_those_of_the_playlists() {
    let place = Place::new(&[Step::Playlists]).await;
    place.run().await.unwrap();
    let tracks = RunOptions { steps: vec![Step::PlaylistTracks], ..place.options.clone() };
    // Takes a track away from the slice after the playlists were read.
    place.edit(|text| {
        let start = text.find("\"tracks\": [").unwrap() + "\"tracks\": [".len();
        let end = start + text[start..].find("},").unwrap() + "},".len();
        format!("{}{}", &text[..start], &text[end..])
    });
    let outcome = pipeline::run(&place.workspace, &tracks, &|_: &Event| ()).await;
    let (check, violations, example) = failed_check(outcome);
    assert_eq!((check, violations), ("tracks_reconciled", 1));
    assert!(example.ends_with(" tracks of pid 0"), "{example}");
}
