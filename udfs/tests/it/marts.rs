//! The queries of `sql/marts` on a small lake, beside answers that are computed here or derived by hand.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::prelude::SessionContext;

use crate::{
    fixture::{rows, session},
    sql_files::{make_lake, make_table, query},
};

type Playlists = Vec<(i64, &'static str, Vec<String>)>;

/// Playlists of two scenes with titles of both moods; tracks of one scene stand together.
fn playlists() -> Playlists {
    let titles = ["happy party", "sad songs", "my list", "Chill", "road"];
    (0..60_i64)
        .map(|pid| {
            let scene = if pid % 5 < 2 { "s" } else { "q" };
            let track = |place: i64| format!("{scene}{}.{}", (pid + place) % 3, (pid * 3 + place * 2) % 7);
            let length = 4 + pid % 7;
            (pid, titles[usize::try_from(pid % 5).unwrap()], (0..length).map(track).collect())
        })
        .collect()
}

async fn lake() -> SessionContext {
    let context = session(2);
    make_lake(&context, &playlists()).await;
    context
}

/// The answer of a query of the folder, through another one that chooses and rounds.
async fn mart(context: &SessionContext, name: &str, select: &str) -> Vec<String> {
    make_table(context, "mart", &query(&format!("marts/{name}.sql"))).await;
    rows(context, select).await
}

#[tokio::test]
async fn artist_reach_counts_playlists_once() {
    let found = mart(
        &lake().await,
        "artist_reach",
        "SELECT artist_uri, occurrence_count, playlist_count, track_count, round(reach * 60), \
         round(tracks_per_playlist * 1000) FROM mart ORDER BY artist_uri",
    )
    .await;
    let mut artists: BTreeMap<String, (u32, BTreeSet<i64>, BTreeSet<String>)> = BTreeMap::new();
    for (pid, _, tracks) in playlists() {
        for track in tracks {
            let counted = artists.entry(format!("a:{}", track.split('.').next().unwrap())).or_default();
            counted.0 += 1;
            counted.1.insert(pid);
            counted.2.insert(track);
        }
    }
    let expected: Vec<String> = artists
        .iter()
        .map(|(artist, (uses, pids, tracks))| {
            let reached = u32::try_from(pids.len()).unwrap();
            let each = (f64::from(*uses) / f64::from(reached) * 1000.0).round();
            format!("{artist}|{uses}|{reached}|{}|{:.1}|{each:.1}", tracks.len(), f64::from(reached))
        })
        .collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn durations_are_judged_by_their_logarithm() {
    let context = session(2);
    // Logarithms (base 2, times 1000 ms) 6.0 to 8.0 in steps of 0.1, so the median is 7.0 and the MAD 0.5; then one
    // each far out, one just within, and two that are no lengths.
    let mut lengths: Vec<f64> = (0..=20).map(|step| 6.0 + f64::from(step) / 10.0).collect();
    lengths.extend([3.0, 11.0]);
    let values: Vec<String> = lengths
        .iter()
        .enumerate()
        .map(|(index, length)| format!("('t{index:02}', {})", (length.exp2() * 1000.0).round()))
        .chain(["('zero', 0)".to_owned(), "('none', NULL)".to_owned()])
        .collect();
    let tracks = |values: &[String]| {
        format!(
            "SELECT uri AS track_uri, uri AS track_name, 'x' AS artist_name, CAST(ms AS BIGINT) AS duration_ms \
             FROM (VALUES {}) AS t(uri, ms)",
            values.join(", ")
        )
    };
    make_table(&context, "tracks", &tracks(&values)).await;
    let select = "SELECT track_uri, verdict, round(modified_z, 2) FROM mart ORDER BY track_uri";
    // With the two far ones 23 lengths: median still 7.0, deviations 0, 0.1 twice, … 1.0 twice, 4.0 twice: their
    // median, the 12th, is 0.6. So z = 0.6745 * 4 / 0.6 = 4.4967.
    let expected = ["none|invalid|NULL", "t21|short|-4.5", "t22|long|4.5", "zero|invalid|NULL"];
    assert_eq!(mart(&context, "duration_outliers", select).await, expected);
    let select =
        "SELECT track_count, invalid_count, round(median_seconds), shortest_seconds, longest_seconds FROM mart";
    assert_eq!(mart(&context, "duration_distribution", select).await, ["23|2|128.0|8.0|2048.0"]);

    // More than half equal: the MAD is 0, and 1.2533 times the mean absolute deviation is the scale. One of 21 is e
    // times as long: the mean deviation is 1/21, so z = 21 / 1.2533 = 16.7558.
    let mut values: Vec<String> = (0..20).map(|index| format!("('same{index:02}', 100000)")).collect();
    values.push(format!("('other', {})", (100_000.0 * 1.0_f64.exp()).round()));
    make_table(&context, "tracks", &tracks(&values)).await;
    let select = "SELECT track_uri, verdict, round(modified_z, 2) FROM mart ORDER BY track_uri";
    assert_eq!(mart(&context, "duration_outliers", select).await, ["other|long|16.76"]);
    make_table(&context, "tracks", &tracks(&values[..20])).await;
    assert!(mart(&context, "duration_outliers", select).await.is_empty());
}

#[tokio::test]
async fn mood_leaves_out_a_playlists_own_title() {
    let found = mart(
        &lake().await,
        "mood_along_playlists",
        "SELECT tenth, round(valence * 1000000), round(energy * 1000000), entry_count, scored_count, source \
         FROM mart ORDER BY tenth",
    )
    .await;
    assert_eq!(found, mood_by_hand());
}

/// The query's answer, playlist by playlist.
fn mood_by_hand() -> Vec<String> {
    let mood = |title: &str| match title {
        "happy party" => Some((0.8, 0.7)),
        "sad songs" => Some((-0.9, -0.5)),
        "Chill" => Some((0.3, -0.7)),
        _ => None,
    };
    let all = playlists();
    let moods: Vec<(f64, f64)> = all.iter().filter_map(|(_, title, _)| mood(title)).collect();
    let count = f64::from(u32::try_from(moods.len()).unwrap());
    let mean = (moods.iter().map(|m| m.0).sum::<f64>() / count, moods.iter().map(|m| m.1).sum::<f64>() / count);
    let mut tenths: BTreeMap<usize, (Vec<(f64, f64)>, usize)> = BTreeMap::new();
    for (pid, _, tracks) in &all {
        for (pos, track) in tracks.iter().enumerate() {
            let others: Vec<(f64, f64)> = all
                .iter()
                .filter(|(other, _, held)| other != pid && held.contains(track))
                .filter_map(|(_, title, _)| mood(title))
                .collect();
            let entry = tenths.entry(((pos + 1) * 10).div_ceil(tracks.len())).or_default();
            entry.1 += 1;
            if others.len() >= 3 {
                let support = f64::from(u32::try_from(others.len()).unwrap());
                let score = |sum: f64, mean: f64| (sum + 5.0 * mean) / (support + 5.0);
                let (valence, energy) = others.iter().fold((0.0, 0.0), |sum, m| (sum.0 + m.0, sum.1 + m.1));
                entry.0.push((score(valence, mean.0), score(energy, mean.1)));
            }
        }
    }
    tenths
        .into_iter()
        .map(|(tenth, (scores, entries))| {
            let scored = f64::from(u32::try_from(scores.len()).unwrap());
            let micro = |sum: f64| {
                let rounded = (sum / scored * 1e6).round();
                if rounded == 0.0 { 0.0 } else { rounded }
            };
            let valence = micro(scores.iter().map(|score| score.0).sum());
            let energy = micro(scores.iter().map(|score| score.1).sum());
            format!("{tenth}|{valence:.1}|{energy:.1}|{entries}|{}|title-inferred", scores.len())
        })
        .collect()
}

#[tokio::test]
async fn mood_by_attributes_averages_what_there_is() {
    let context = session(2);
    let list = |pid, tracks: &[&str]| (pid, "title", tracks.iter().map(|track| (*track).to_owned()).collect());
    make_lake(&context, &[list(1, &["a.1", "b.1"]), list(2, &["a.1", "c.1"])]).await;
    let attributes =
        "SELECT * FROM (VALUES ('t:a.1', 0.5, 0.25), ('t:b.1', 0.1, 0.75)) AS t(track_uri, valence, energy)";
    make_table(&context, "track_attributes", attributes).await;
    let found = mart(&context, "mood_along_playlists_by_attributes", "SELECT * FROM mart ORDER BY tenth").await;
    assert_eq!(found, ["5|0.5|0.25|2|2|attributes", "10|0.1|0.75|2|1|attributes"]);
}

#[tokio::test]
async fn artists_and_albums_stand_beside_those_of_their_scene() {
    let context = lake().await;
    for (name, prefix) in [("artist", "a:"), ("album", "l:")] {
        let select = format!(
            "SELECT {name}_uri, neighbour_uri, neighbour_rank, pair_count, round(npmi * 1000000), {name}_name FROM mart"
        );
        let found = mart(&context, &format!("{name}s_together"), &select).await;
        let mut expected = together_by_hand(prefix);
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().all(|row| row.contains(if name == "artist" { "|Artist " } else { "|Album " })));
        let mut found: Vec<String> = found.iter().map(|row| row.rsplit_once('|').unwrap().0.to_owned()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}

/// Every pair of artists in at least 5 playlists, by npmi, then count, then name.
fn together_by_hand(prefix: &str) -> Vec<String> {
    let mut held: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for (pid, _, tracks) in playlists() {
        for track in tracks {
            held.entry(format!("{prefix}{}", track.split('.').next().unwrap())).or_default().insert(pid);
        }
    }
    let share = |pids: usize| f64::from(u32::try_from(pids).unwrap()) / 60.0;
    let mut expected = Vec::new();
    for (item, one) in &held {
        let mut found: Vec<(f64, usize, &String)> = held
            .iter()
            .filter(|(other, _)| *other != item)
            .map(|(other, two)| (one.intersection(two).count(), two.len(), other))
            .filter(|(pair, ..)| *pair >= 5)
            .map(|(pair, two, other)| {
                ((share(pair) / (share(one.len()) * share(two))).ln() / -share(pair).ln(), pair, other)
            })
            .collect();
        found.sort_by(|left, right| right.0.total_cmp(&left.0).then(right.1.cmp(&left.1)).then(left.2.cmp(right.2)));
        for (rank, (npmi, pair, other)) in (1..).zip(found.into_iter().take(20)) {
            expected.push(format!("{item}|{other}|{rank}|{pair}|{:.1}", (npmi * 1e6).round()));
        }
    }
    expected
}

#[tokio::test]
async fn coherence_is_the_mean_over_steps() {
    let context = session(2);
    make_table(
        &context,
        "tracks",
        "SELECT column1 AS track_uri, column2 AS track_id FROM (VALUES ('a', 0), ('b', 1), ('c', 2))",
    )
    .await;
    make_table(
        &context,
        "track_cooccurrence",
        "SELECT column1 AS track_id, column2 AS neighbour_track_id, column3 AS cosine FROM (VALUES (0, 1, 0.5), (1, 0, 0.5), (1, 2, 0.25))",
    )
    .await;
    make_table(
        &context,
        "playlist_tracks",
        "SELECT column1 AS pid, column2 AS pos, column3 AS track_uri FROM (VALUES \
         (7, 0, 'a'), (7, 1, 'b'), (7, 2, 'b'), (7, 3, 'c'), (7, 4, 'a'), (8, 0, 'a'), (9, 1, 'c'), (9, 0, 'b'))",
    )
    .await;
    // 7: a-b 0.5, b-b left out, b-c 0.25, c-a none: 0.75 / 3. 9: b-c 0.25. 8 has no step.
    let found = mart(
        &context,
        "playlist_coherence",
        "SELECT pid, step_count, coherence, round(linked_share, 3) FROM mart ORDER BY pid",
    )
    .await;
    assert_eq!(found, ["7|3|0.25|0.667", "9|1|0.25|1.0"]);
}

#[tokio::test]
async fn candidate_features_count_every_seed() {
    let context = session(2);
    make_table(
        &context,
        "sequences",
        "SELECT column1 AS pid, column2 AS split, column3 AS seed_track_ids, column4 AS holdout_track_ids FROM \
         (VALUES (1, 'test', [10, 11, 12, 10], [20]), (2, 'train', [10], [21]))",
    )
    .await;
    make_table(
        &context,
        "track_cooccurrence",
        "SELECT column1 AS track_id, column2 AS neighbour_track_id, column3 AS pair_count, column4 AS conditional FROM \
         (VALUES (10, 20, 6, 0.5), (11, 20, 3, 0.25), (10, 21, 2, 0.125), (10, 11, 9, 0.75), (13, 22, 9, 0.9))",
    )
    .await;
    let found = mart(&context, "candidate_features", "SELECT * FROM mart ORDER BY track_id").await;
    // Track 20 goes with the seeds 6, 3 and 0 times, track 21 with one of them; 11 is a seed, 22 goes with none.
    assert_eq!(
        found,
        [
            "1|20|true|3|2|0|6|3.0|3.0|0.0|0.5|0.25|0.25",
            "1|21|false|3|1|0|2|0.6666666666666666|0.0|0.0|0.125|0.041666666666666664|0.0"
        ]
    );
}
