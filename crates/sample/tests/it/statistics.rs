//! Slices of the full catalogue resemble the MPD in what its readme and statistics report.

use std::collections::HashMap;

use sample::SampleOptions;

use crate::slices::{Playlist, playlists};

/// Three thousand playlists of the default dataset; the bands below are about three standard errors
/// wide.
fn sample() -> Vec<Playlist> {
    playlists(&SampleOptions { slices: 3, ..SampleOptions::default() })
}

#[track_caller]
fn check(statistic: &str, value: f64, band: std::ops::RangeInclusive<f64>) {
    assert!(band.contains(&value), "{statistic} is {value}, expected {band:?}");
}

fn share(playlists: &[Playlist], holds: impl Fn(&Playlist) -> bool) -> f64 {
    playlists.iter().filter(|playlist| holds(playlist)).count() as f64 / playlists.len() as f64
}

#[test]
fn statistics_lie_in_bands_around_the_mpd() {
    let playlists = sample();
    let rows: usize = playlists.iter().map(|playlist| playlist.tracks.len()).sum();
    let distinct: usize = playlists.iter().map(Playlist::distinct_tracks).sum();
    let mut lengths: Vec<usize> = playlists.iter().map(|playlist| playlist.tracks.len()).collect();
    lengths.sort_unstable();

    // The MPD's values: 66.35, 49, 1.3 %, 75.4 %, 1.9 %, 9.2 % (collaborative playlists: 2.3 %).
    check("mean length", rows as f64 / playlists.len() as f64, 63.0..=69.5);
    check("median length", lengths[lengths.len() / 2] as f64, 45.0..=53.0);
    check("share of duplicate rows", 1.0 - distinct as f64 / rows as f64, 0.010..=0.017);
    check("share with one follower", share(&playlists, |playlist| playlist.num_followers == 1), 0.72..=0.79);
    check("share with a description", share(&playlists, |playlist| playlist.description.is_some()), 0.011..=0.027);
    check("share with two edits", share(&playlists, |playlist| playlist.num_edits == 2), 0.07..=0.115);
    check("share of collaborative", share(&playlists, |playlist| playlist.collaborative == "true"), 0.01..=0.035);
    check("share of titles beyond ascii", share(&playlists, |playlist| !playlist.name.is_ascii()), 0.05..=0.2);
}

#[test]
fn few_tracks_are_popular_and_many_occur_once() {
    let playlists = sample();
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for track in playlists.iter().flat_map(|playlist| &playlist.tracks) {
        *counts.entry(&track.track_uri).or_default() += 1;
    }
    let mut counts: Vec<f64> = counts.into_values().map(f64::from).collect();
    counts.sort_unstable_by(f64::total_cmp);
    let (tracks, rows): (f64, f64) = (counts.len() as f64, counts.iter().sum());
    let weighted: f64 = (1..).zip(&counts).map(|(rank, count)| f64::from(rank) * count).sum();

    check("distinct tracks", tracks, 80_000.0..=110_000.0);
    check("share of the top track", counts[counts.len() - 1] / playlists.len() as f64, 0.03..=0.09);
    check("Gini coefficient", 2.0 * weighted / (tracks * rows) - (tracks + 1.0) / tracks, 0.45..=0.7);
    check("share that occurs once", counts.iter().filter(|&&count| count == 1.0).count() as f64 / tracks, 0.6..=0.85);
}

#[test]
fn titles_are_shared_as_people_share_them() {
    let playlists = sample();
    let mut counts: HashMap<String, u32> = HashMap::new();
    for playlist in &playlists {
        *counts.entry(normalised(&playlist.name)).or_default() += 1;
    }
    let total = playlists.len() as f64;
    // The MPD's most common titles make up 1 % each; its million playlists have 17,381 normalised
    // titles.
    check("share of the top title", f64::from(*counts.values().max().unwrap()) / total, 0.007..=0.025);
    check("titles a playlist", counts.len() as f64 / total, 0.2..=0.5);
    for title in ["country", "chill", "rap", "workout"] {
        check(title, f64::from(counts.get(title).copied().unwrap_or(0)) / total, 0.003..=0.02);
    }
}

#[test]
fn durations_spread_as_measured() {
    let playlists = playlists(&SampleOptions { slices: 1, ..SampleOptions::default() });
    let rows = playlists.iter().flat_map(|playlist| &playlist.tracks);
    let mut seconds: Vec<f64> = rows.map(|track| f64::from(track.duration_ms) / 1000.0).collect();
    seconds.sort_unstable_by(f64::total_cmp);
    let percentile = |percent: usize| seconds[seconds.len() * percent / 100];
    check("median", percentile(50), 205.0..=240.0);
    check("1st percentile", percentile(1), 75.0..=120.0);
    check("99th percentile", percentile(99), 430.0..=620.0);
}

/// Normalises a title as the MPD's `stats.py` does.
fn normalised(title: &str) -> String {
    let spaced = title.to_lowercase().replace(|sign| ".,/#!$%^*;:{}=_`~()@".contains(sign), " ");
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
