//! There is something to learn: from the company a track keeps, from order, and from titles.
//!
//! The measure is the hit rate at ten: how often the track that comes next is among the ten best
//! guesses of a simple counting model, on playlists that the counts have not seen.

use std::collections::{HashMap, HashSet};

use sample::SampleOptions;

use crate::slices::{Playlist, playlists};

const TRAINING: usize = 1_200;

/// Tracks of a playlist by number, and its title.
struct Listening {
    title: String,
    tracks: Vec<usize>,
}

/// Counts over the training playlists.
struct Counts {
    occurrences: Vec<f64>,
    /// For each track, how many playlists hold it together with another one.
    together: Vec<HashMap<usize, f64>>,
    /// For each track, how often another one comes right after it.
    after: Vec<HashMap<usize, f64>>,
}

fn listenings() -> Vec<Listening> {
    let options = SampleOptions { slices: 3, playlists_per_slice: 480, tracks: 5_000, ..SampleOptions::default() };
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut number = |uri: String| {
        let next = numbers.len();
        *numbers.entry(uri).or_insert(next)
    };
    let mut listen = |playlist: Playlist| Listening {
        title: playlist.name.to_lowercase(),
        tracks: playlist.tracks.into_iter().map(|track| number(track.track_uri)).collect(),
    };
    playlists(&options).into_iter().map(&mut listen).collect()
}

fn count(training: &[Listening], tracks: usize) -> Counts {
    let mut counts = Counts {
        occurrences: vec![0.0; tracks],
        together: vec![HashMap::new(); tracks],
        after: vec![HashMap::new(); tracks],
    };
    for listening in training {
        let set: HashSet<usize> = listening.tracks.iter().copied().collect();
        for &track in &set {
            counts.occurrences[track] += 1.0;
            for &other in set.iter().filter(|&&other| other != track) {
                *counts.together[track].entry(other).or_default() += 1.0;
            }
        }
        for pair in listening.tracks.windows(2) {
            *counts.after[pair[0]].entry(pair[1]).or_default() += 1.0;
        }
    }
    counts
}

/// Returns the share of next tracks that are among the ten best of `score`, which adds to the
/// scores of all tracks.
fn hit_rate(held_out: &[Listening], tracks: usize, score: impl Fn(&[usize], &mut [f64])) -> f64 {
    let (mut hits, mut trials) = (0_u32, 0_u32);
    for listening in held_out {
        for position in (5..listening.tracks.len()).step_by(20) {
            let (known, next) = (&listening.tracks[..position], listening.tracks[position]);
            let mut scores = vec![0.0; tracks];
            score(known, &mut scores);
            known.iter().for_each(|&track| scores[track] = f64::MIN);
            let better = scores.iter().filter(|&&score| score > scores[next]).count();
            hits += u32::from(better < 10 && scores[next] > 0.0);
            trials += 1;
        }
    }
    f64::from(hits) / f64::from(trials)
}

#[test]
fn company_beats_popularity_and_order_beats_company() {
    let listenings = listenings();
    let tracks = 1 + *listenings.iter().flat_map(|listening| &listening.tracks).max().unwrap();
    let (training, held_out) = listenings.split_at(TRAINING);
    let counts = count(training, tracks);
    let company = |known: &[usize], scores: &mut [f64]| {
        for &seed in known {
            for (&other, &together) in &counts.together[seed] {
                scores[other] += together / (counts.occurrences[seed] * counts.occurrences[other]).sqrt();
            }
        }
    };
    let order = |known: &[usize], scores: &mut [f64]| {
        company(known, scores);
        let last = known[known.len() - 1];
        for (&next, &after) in &counts.after[last] {
            scores[next] += 20.0 * after / (counts.occurrences[last] + 2.0);
        }
    };
    let by_popularity = hit_rate(held_out, tracks, |_, scores| scores.copy_from_slice(&counts.occurrences));
    let by_company = hit_rate(held_out, tracks, company);
    let by_order = hit_rate(held_out, tracks, order);
    println!(
        "hit rate at 10: popularity {by_popularity:.4}, co-occurrence {by_company:.4}, \
         with successors {by_order:.4}"
    );
    assert!(by_company > 2.0 * by_popularity, "co-occurrence {by_company}, popularity {by_popularity}");
    assert!(by_order > 1.1 * by_company, "successors {by_order}, co-occurrence {by_company}");
}

#[test]
fn order_has_a_direction() {
    let listenings = listenings();
    let mut pairs: HashMap<(usize, usize), i32> = HashMap::new();
    for pair in listenings.iter().flat_map(|listening| listening.tracks.windows(2)) {
        *pairs.entry((pair[0], pair[1])).or_default() += 1;
    }
    // Were order without meaning, a pair that is seen ten times one way would be seen about ten
    // times the other way.
    let (forth, back) = pairs.iter().filter(|(_, count)| **count >= 10).fold((0, 0), |(forth, back), (pair, count)| {
        (forth + count, back + pairs.get(&(pair.1, pair.0)).copied().unwrap_or(0))
    });
    println!("pairs seen ten times or more: {forth} forth, {back} back");
    assert!(forth > 1_000 && forth > 3 * back, "{forth} forth, {back} back");
}

#[test]
fn titles_tell_the_music() {
    let listenings = listenings();
    let mut by_title: HashMap<&str, Vec<&Listening>> = HashMap::new();
    for listening in &listenings {
        by_title.entry(&listening.title).or_default().push(listening);
    }
    let alike = by_title.values().flat_map(|same| same.windows(2).map(|pair| (pair[0], pair[1])));
    let by_chance = listenings.windows(2).map(|pair| (&pair[0], &pair[1]));
    let (alike, by_chance) = (overlap(alike), overlap(by_chance));
    println!("overlap of two playlists: {alike:.4} with the same title, {by_chance:.4} by chance");
    assert!(alike > 2.0 * by_chance, "{alike} with the same title, {by_chance} by chance");
}

/// Returns the mean Jaccard similarity of pairs of playlists.
fn overlap<'a>(pairs: impl Iterator<Item = (&'a Listening, &'a Listening)>) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for (left, right) in pairs {
        let left: HashSet<_> = left.tracks.iter().collect();
        let right: HashSet<_> = right.tracks.iter().collect();
        sum += left.intersection(&right).count() as f64 / left.union(&right).count() as f64;
        count += 1;
    }
    sum / f64::from(count)
}
