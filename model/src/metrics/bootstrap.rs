//! Confidence intervals by resampling.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::Interval;

/// Share of resamples that is cut off at either end.
const TAIL: f64 = 0.025;

/// The percentile bootstrap (Efron 1979): playlists are drawn with replacement, again and again, and the middle 95 % of
/// the means is the interval. The same draws serve every recommender, so that differences are paired.
#[derive(Debug, Clone, Copy)]
pub struct Bootstrap {
    resamples: u32,
    seed: u64,
}

impl Bootstrap {
    /// Draws so many resamples.
    pub fn new(resamples: u32, seed: u64) -> Self {
        Self { resamples, seed }
    }

    /// Mean of one value per playlist, with its interval; zeros where there is no playlist.
    pub fn interval(&self, values: &[f64]) -> Interval {
        if values.is_empty() {
            return Interval { mean: 0.0, low: 0.0, high: 0.0 };
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let mut means: Vec<f64> =
            (0..self.resamples).into_par_iter().map(|number| self.resampled_mean(values, number)).collect();
        means.sort_unstable_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, reason = "a share of the number of resamples")]
        #[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
        let cut = (TAIL * means.len() as f64) as usize;
        match (means.get(cut), means.get(means.len().saturating_sub(cut + 1))) {
            (Some(&low), Some(&high)) => Interval { mean, low, high },
            _ => Interval { mean, low: mean, high: mean },
        }
    }

    fn resampled_mean(&self, values: &[f64], number: u32) -> f64 {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(u64::from(number));
        let sum: f64 = (0..values.len()).map(|_| values[random.random_range(0..values.len())]).sum();
        sum / values.len() as f64
    }
}
