//! Draws negatives.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Negatives;
use crate::config::{LossConfig, SamplerKind};

/// Exponent that flattens popularity, as in word2vec (Mikolov et al. 2013, arXiv 1310.4546).
const POPULARITY_EXPONENT: f64 = 0.75;

/// Draws negatives, uniformly or in proportion to popularity^0.75.
#[derive(Debug)]
pub struct NegativeSampler {
    /// Running sums of the shares; the last is 1.
    cumulative: Vec<f64>,
    /// Correction of each item's logit.
    corrections: Vec<f32>,
    negatives: usize,
}

impl NegativeSampler {
    /// Prepares drawing from as many items as there are counts.
    pub fn new(counts: &[u32], config: &LossConfig) -> Self {
        let weight = |&count: &u32| match config.sampler {
            SamplerKind::Uniform => 1.0,
            SamplerKind::Popularity => f64::from(count.max(1)).powf(POPULARITY_EXPONENT),
        };
        let weights: Vec<f64> = counts.iter().map(weight).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let cumulative = weights.iter().map(|weight| {
            sum += weight / total;
            sum
        });
        let cumulative = cumulative.collect();
        // Logarithm of the expected number of times that the item is among the negatives: subtracting it makes the
        // sampled partition function an unbiased estimate of the full one (Bengio & Senécal 2008; the positive is not
        // drawn, hence not corrected: Khrylchenko et al. 2025, arXiv 2507.09331).
        #[expect(clippy::cast_possible_truncation, reason = "logits are f32")]
        let correction = |weight: &f64| (config.negatives as f64 * weight / total).ln() as f32;
        let corrections = match config.log_q {
            true => weights.iter().map(correction).collect(),
            false => vec![0.0; counts.len()],
        };
        Self { cumulative, corrections, negatives: config.negatives }
    }

    /// Draws the negatives of one batch.
    pub fn draw(&self, random: &mut ChaCha8Rng) -> Negatives {
        let mut items = Vec::with_capacity(self.negatives);
        let mut corrections = Vec::with_capacity(self.negatives);
        for _ in 0..self.negatives {
            let point: f64 = random.random();
            let item = self.cumulative.partition_point(|&sum| sum <= point).min(self.cumulative.len() - 1);
            items.push(i64::try_from(item).unwrap_or(i64::MAX));
            corrections.push(self.corrections[item]);
        }
        Negatives { items, corrections }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn items_come_as_often_as_their_share() {
        check(SamplerKind::Uniform, &[1, 10, 100], &[1.0 / 3.0; 3]);
        let weights = [1.0, 16f64.powf(0.75), 81f64.powf(0.75)]; // 1, 8, 27
        check(SamplerKind::Popularity, &[1, 16, 81], &weights.map(|weight| weight / 36.0));
    }

    #[track_caller]
    fn check(sampler: SamplerKind, counts: &[u32], shares: &[f64]) {
        let config = LossConfig { sampler, negatives: 100_000, ..LossConfig::default() };
        let negatives = NegativeSampler::new(counts, &config).draw(&mut ChaCha8Rng::seed_from_u64(3));
        for (item, share) in (0..).zip(shares) {
            let drawn = negatives.items.iter().filter(|&&negative| negative == item).count() as f64 / 100_000.0;
            assert!((drawn - share).abs() < 0.01, "item {item} came {drawn}, expected {share}");
            let correction = negatives.items.iter().position(|&negative| negative == item).unwrap();
            let correction = f64::from(negatives.corrections[correction]);
            assert!((correction - (100_000.0 * share).ln()).abs() < 1e-4);
        }
    }

    #[test]
    fn without_log_q_nothing_is_corrected() {
        let config = LossConfig { log_q: false, negatives: 50, ..LossConfig::default() };
        let negatives = NegativeSampler::new(&[1, 2, 3], &config).draw(&mut ChaCha8Rng::seed_from_u64(3));
        assert_eq!(negatives.corrections, vec![0.0; 50]);
    }
}
