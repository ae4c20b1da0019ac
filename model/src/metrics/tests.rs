//! Metrics against values worked out by hand.

use super::*;
use crate::data::{ArtistIndex, TrackId};

/// Tracks 1 to 9 are by artist 1, 10 to 19 by artist 2, 20 to 29 by artist 3, and so on.
fn artists() -> ArtistIndex {
    let mut index = ArtistIndex::default();
    for track in 1..1000 {
        index.insert(TrackId(track), &format!("artist {}", track / 10));
    }
    index
}

#[track_caller]
fn check(ranked: &[u32], hidden: &[u32], expected: [f64; 6]) {
    let ids = |values: &[u32]| values.iter().copied().map(TrackId).collect::<Vec<_>>();
    let (ranked, hidden, artists) = (ids(ranked), ids(hidden), artists());
    let judgement = Judgement::new(&ranked, &hidden, &artists);
    for (metric, expected) in continuation().iter().zip(expected) {
        let value = metric.value(&judgement);
        assert!((value - expected).abs() < 1e-12, "{} is {value}, expected {expected}", metric.name());
    }
}

#[test]
fn metrics_equal_values_by_hand() {
    let log2 = |value: f64| value.log2();
    // Order: R-precision, with artists, NDCG, recall, hit rate, clicks.
    // All hidden tracks first.
    check(&[1, 2, 3, 40], &[3, 1, 2], [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    // One of two found, at the second place; the first place is no hit, and its artist is not asked for.
    let ndcg = (1.0 / log2(3.0)) / (1.0 + 1.0 / log2(3.0));
    check(&[50, 1], &[1, 10], [0.5, 0.5, ndcg, 0.5, 1.0, 0.0]);
    // Nothing found, but among the first three two places are by artist 1: the artist counts once.
    check(&[4, 5, 60], &[1, 2, 30], [0.0, 0.25 / 3.0, 0.0, 0.0, 0.0, 51.0]);
    // A hit and a miss by the same artist: the miss still earns the artist's credit.
    check(&[1, 4], &[1, 2], [0.5, 0.625, 1.0 / (1.0 + 1.0 / log2(3.0)), 0.5, 1.0, 0.0]);
    // The fourth place is past the first three, so it counts for NDCG and recall only.
    let ideal = 1.0 + 1.0 / log2(3.0) + 1.0 / 2.0;
    check(&[50, 60, 70, 1], &[1, 10, 20], [0.0, 0.0, (1.0 / log2(5.0)) / ideal, 1.0 / 3.0, 1.0, 0.0]);
    // Nothing was recommended.
    check(&[], &[1], [0.0, 0.0, 0.0, 0.0, 0.0, 51.0]);
}

#[test]
fn clicks_count_pages_of_ten() {
    for (rank, clicks) in [(1, 0.0), (10, 0.0), (11, 1.0), (20, 1.0), (21, 2.0), (500, 49.0), (501, 51.0)] {
        let mut ranked: Vec<u32> = (200..200 + 600).collect();
        ranked[rank - 1] = 1;
        let (ranked, artists): (Vec<_>, _) = (ranked.into_iter().map(TrackId).collect(), artists());
        let judgement = Judgement::new(&ranked, &[TrackId(1)], &artists);
        assert_eq!(Clicks.value(&judgement), clicks, "first hit at rank {rank}");
        assert_eq!(HitRate::AT_10.value(&judgement), if rank <= 10 { 1.0 } else { 0.0 });
        assert_eq!(Recall.value(&judgement), if rank <= 500 { 1.0 } else { 0.0 });
    }
}

#[test]
fn one_hidden_item_is_judged_by_its_rank() {
    for (rank, expected) in [
        (1, [1.0, 1.0, 1.0, 1.0, 1.0]),
        (5, [1.0, 1.0, 1.0, 1.0 / 6f64.log2(), 0.2]),
        (10, [0.0, 1.0, 1.0, 1.0 / 11f64.log2(), 0.1]),
        (11, [0.0, 0.0, 1.0, 0.0, 0.0]),
        (21, [0.0; 5]),
    ] {
        let mut ranked: Vec<TrackId> = (200..230).map(TrackId).collect();
        ranked[rank - 1] = TrackId(1);
        let artists = artists();
        let judgement = Judgement::new(&ranked, &[TrackId(1)], &artists);
        for (metric, expected) in leave_one_out().iter().zip(expected) {
            let value = metric.value(&judgement);
            assert!((value - expected).abs() < 1e-12, "{} at rank {rank} is {value}", metric.name());
        }
    }
}

#[test]
fn ideal_gain_is_capped_at_the_length_of_the_list() {
    let hidden: Vec<_> = (1..=600).map(TrackId).collect();
    let artists = artists();
    let judgement = Judgement::new(&hidden[..500], &hidden, &artists);
    assert!((Ndcg::AT_500.value(&judgement) - 1.0).abs() < 1e-12);
    assert!((Recall.value(&judgement) - 500.0 / 600.0).abs() < 1e-12);
}

#[test]
fn interval_holds_the_mean_and_narrows_with_more_playlists() {
    let bootstrap = Bootstrap::new(1000, 7);
    let few: Vec<f64> = (0..20).map(|number| f64::from(number % 2)).collect();
    let many: Vec<f64> = (0..2000).map(|number| f64::from(number % 2)).collect();
    let (few, many) = (bootstrap.interval(&few), bootstrap.interval(&many));
    for interval in [few, many] {
        assert_eq!(interval.mean, 0.5);
        assert!(interval.low < 0.5 && interval.high > 0.5);
    }
    // The standard error of a fair coin over n throws is 0.5/√n, and the interval reaches 1.96 of it to either side.
    let half_width = |interval: Interval| (interval.high - interval.low) / 2.0;
    assert!((half_width(many) - 1.96 * 0.5 / 2000f64.sqrt()).abs() < 0.003, "{}", half_width(many));
    assert!((half_width(few) - 1.96 * 0.5 / 20f64.sqrt()).abs() < 0.05, "{}", half_width(few));
}

#[test]
fn constant_values_have_a_point_for_an_interval() {
    let interval = Bootstrap::new(100, 1).interval(&[0.25; 10]);
    assert_eq!(interval, Interval { mean: 0.25, low: 0.25, high: 0.25 });
    assert_eq!(Bootstrap::new(100, 1).interval(&[]).mean, 0.0);
}
