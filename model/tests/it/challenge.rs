//! The challenge's categories and submissions.

use std::{collections::HashSet, io::Read};

use model::challenge::{ChallengeSet, Team, evaluate_categories, write_submission};
use serde_json::json;

use crate::{
    fixture::{playlists, small_config, torch, track_uri, write_lake},
    training::train,
};

#[tokio::test]
async fn categories_are_judged_each_by_itself() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(600, 51)).await;
    let model = train(&lake, &small_config()).await;
    let categories = evaluate_categories(&lake, &model, 1).await.unwrap();
    assert_eq!(categories.len(), 10);
    for metrics in &categories {
        // Playlists of the fixture have 16 tracks, so those who show 25 or 100 get none.
        let is_possible = metrics.category.shown.count() < 16;
        assert_eq!(metrics.playlists > 0, is_possible, "{metrics:?}");
        if is_possible {
            let ndcg = |name: &str| metrics.recommenders[name]["ndcg_500"].mean;
            assert!(ndcg("shipped") > 0.1, "{metrics:?}");
            let names: Vec<&String> = metrics.recommenders.keys().collect();
            assert_eq!(names, ["item_knn", "network", "popularity", "shipped", "title"]);
            // Where no track is shown, the title is what is shipped.
            assert_eq!(ndcg("shipped") == ndcg("title"), metrics.category.shown.count() == 0, "{metrics:?}");
        }
    }
}

/// Tracks that are asked for.
const LENGTH: usize = 100;

/// The rules of the challenge's `verify_submission.py`, with shorter lists, as the fixture has 120 tracks.
#[tokio::test]
async fn a_submission_passes_the_rules() {
    let _torch = torch().await;
    let folder = tempfile::tempdir().unwrap();
    let lake = write_lake(folder.path(), &playlists(200, 52)).await;
    let model = train(&lake, &small_config()).await;
    let track = |pos: usize, id: i64| json!({ "pos": pos, "track_uri": track_uri(id), "track_name": "x" });
    let set = json!({ "date": "2018-01-16", "version": "v1", "playlists": [
        { "pid": 1_000_000, "name": "scene 1", "num_holdouts": 9, "num_samples": 0, "tracks": [] },
        { "pid": 1_000_002, "num_holdouts": 9, "num_samples": 3, "tracks": [track(9, 43), track(3, 41), track(4, 42)] },
        { "pid": 1_000_003, "name": "unheard of", "num_holdouts": 9, "num_samples": 1, "tracks": [track(0, 99_999)] },
    ]});
    let path = folder.path().join("challenge_set.json");
    std::fs::write(&path, set.to_string()).unwrap();
    let set = ChallengeSet::from_file(&path).unwrap();
    assert!(set.playlists[1].tracks.is_sorted_by_key(|track| track.pos));
    let output = folder.path().join("submission.csv.gz");
    let team = Team { name: "some, team".to_owned(), email: "team@example.org".to_owned() };
    write_submission(&output, &set, &model, &team, LENGTH).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(&output).unwrap()).read_to_string(&mut text).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("team_info,main,some  team,team@example.org"));
    for playlist in &set.playlists {
        let fields: Vec<&str> = lines.next().unwrap().split(',').map(str::trim).collect();
        assert_eq!(fields[0], playlist.pid.to_string());
        let uris: HashSet<&str> = fields[1..].iter().copied().collect();
        assert_eq!((fields.len() - 1, uris.len()), (LENGTH, LENGTH), "so many tracks, none of them twice");
        assert!(playlist.tracks.iter().all(|track| !uris.contains(track.track_uri.as_str())), "no seed");
        assert!(uris.iter().all(|uri| uri.starts_with("spotify:track:") && uri.len() == 36));
    }
    assert_eq!(lines.next(), None);
    let error = write_submission(&output, &set, &model, &team, 500).unwrap_err();
    assert!(error.to_string().contains("a submission needs 500"), "{error}");
}
