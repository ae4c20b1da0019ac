//! How much each seed counts.

use serde::{Deserialize, Serialize};

use crate::data::Item;

/// How much each seed counts among the neighbours.
///
/// Seeds that every other playlist holds say little, and in lists that drift an early seed says less than a late one:
/// a seed that `p` training playlists hold and that stands `i` places before the last weighs
/// `decay^i / ((p − 1)^damping + 1)`, without the denominator where `damping` is 0 (the first after Definitive Turtles,
/// `RecSys` Challenge 2018, the second after VSKNN: Ludewig & Jannach 2018).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SeedWeights {
    /// Exponent by which popular seeds count for less.
    pub damping: f64,
    /// Share that is left of a seed's weight with each place further from the end; 1 weighs all places alike.
    pub decay: f64,
}

impl Default for SeedWeights {
    fn default() -> Self {
        Self { damping: 0.0, decay: 1.0 }
    }
}

impl SeedWeights {
    /// Factor for a seed that so many training playlists hold.
    #[expect(clippy::cast_possible_truncation, reason = "scores are f32")]
    pub(crate) fn of_count(self, count: u32) -> f32 {
        match self.damping {
            damping if damping > 0.0 => ((f64::from(count.max(1)) - 1.0).powf(damping) + 1.0).recip() as f32,
            _ => 1.0,
        }
    }

    /// Factor for a seed so many places before the last.
    #[expect(clippy::cast_possible_truncation, reason = "scores are f32")]
    fn of_distance(self, distance: usize) -> f32 {
        self.decay.powf(distance as f64) as f32
    }
}

/// Weighs the seeds of lists.
#[derive(Debug, Clone)]
pub(super) struct SeedScale {
    /// By item.
    of_popularity: Vec<f32>,
    weights: SeedWeights,
}

impl SeedScale {
    /// Weighs by the number of training playlists that hold each item, and by places.
    pub(super) fn new(counts: &[u32], weights: SeedWeights) -> Self {
        Self { of_popularity: counts.iter().map(|&count| weights.of_count(count)).collect(), weights }
    }

    /// Number of items.
    pub(super) fn items(&self) -> usize {
        self.of_popularity.len()
    }

    /// Each seed once, at its last place, with its weight, in a fixed order: a sum of floats depends on its order.
    pub(super) fn weigh(&self, seeds: &[Item]) -> Vec<(Item, f32)> {
        let mut last: Vec<(Item, usize)> = seeds.iter().rev().copied().zip(0..).collect();
        last.sort_unstable();
        last.dedup_by_key(|&mut (seed, _)| seed);
        let weight = |(seed, distance): (Item, usize)| {
            (seed, self.of_popularity[seed.index()] * self.weights.of_distance(distance))
        };
        last.into_iter().map(weight).collect()
    }
}
