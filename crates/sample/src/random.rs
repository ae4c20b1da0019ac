//! The one source of randomness: `SplitMix64`, keyed by what is drawn.
//!
//! The crate promises equal bytes for equal seeds for good, which the algorithms behind a library's
//! distributions do not: they may change between versions. Hence these few lines of our own.
//! Nothing here is fit for cryptography.

use crate::curve::truncate;

/// The increment of `SplitMix64`: 2^64 divided by the golden ratio.
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// Separates the streams of different things that share an id.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Domain {
    Catalog = 1,
    Discography,
    ArtistUri,
    AlbumUri,
    TrackUri,
    ArtistName,
    AlbumName,
    TrackName,
    Duration,
    Hit,
    Successor,
    Playlist,
}

/// Draws numbers from the stream of one thing.
///
/// The generator is `SplitMix64` of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Starts the stream of item `id` of `domain` under `key`.
    pub(crate) fn new(key: u64, domain: Domain, id: u64) -> Self {
        Self { state: keyed(key, domain, id) }
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        mix(self.state)
    }

    /// Draws from `0..bound`, which must not be empty; the bias is below 2^-32.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        ((u64::from(bound) * (self.next_u64() >> 32)) >> 32) as u32
    }

    /// Draws from `[0, 1)` with 53 bits.
    pub(crate) fn unit(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.next_u64() >> 11) as f64 * SCALE
    }

    /// Tells whether an event of this probability happens.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Draws from `0..bound` with low values preferred: a power of a uniform number, whose density
    /// falls as x^(1/power - 1).
    pub(crate) fn power_below(&mut self, power: u32, bound: u32) -> u32 {
        let unit = self.unit();
        let raised: f64 = (0..power).map(|_| unit).product();
        truncate(f64::from(bound) * raised).min(bound.saturating_sub(1))
    }

    /// Draws from `0..bound` with low values preferred mildly.
    pub(crate) fn skewed_below(&mut self, bound: u32) -> u32 {
        self.power_below(2, bound)
    }

    /// Picks one of `items`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(length(items)) as usize]
    }

    /// Picks one of `items`, the first ones more often.
    pub(crate) fn pick_skewed<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.skewed_below(length(items)) as usize]
    }

    /// Picks one of `words`, which must not be empty.
    pub(crate) fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick::<&'static str>(words)
    }

    /// Picks one of `words`, the first ones more often.
    pub(crate) fn word_skewed(&mut self, words: &[&'static str]) -> &'static str {
        self.pick_skewed::<&'static str>(words)
    }
}

/// Hashes `id` in `domain` under `key`; for a fixed key and domain no two ids collide.
pub(crate) fn keyed(key: u64, domain: Domain, id: u64) -> u64 {
    let stream = mix(key.wrapping_add(GOLDEN_GAMMA.wrapping_mul(domain as u64)));
    mix(stream ^ id)
}

/// Scrambles a number; a bijection, so that distinct inputs stay distinct.
pub(crate) const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

fn length<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_published_sequence() {
        // The first outputs of SplitMix64 with state 1234567, as printed in the Rosetta Code task
        // of that name.
        let mut random = Random { state: 1_234_567 };
        let drawn: Vec<u64> = (0..3).map(|_| random.next_u64()).collect();
        assert_eq!(drawn, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn streams_of_different_things_differ() {
        let first = |key, domain, id| Random::new(key, domain, id).next_u64();
        let reference = first(1, Domain::TrackUri, 7);
        assert_ne!(reference, first(2, Domain::TrackUri, 7));
        assert_ne!(reference, first(1, Domain::AlbumUri, 7));
        assert_ne!(reference, first(1, Domain::TrackUri, 8));
    }

    #[test]
    fn draws_stay_in_range_and_centre() {
        let mut random = Random::new(3, Domain::Playlist, 0);
        let (mut uniform, mut skewed) = (0_u64, 0_u64);
        for _ in 0..100_000 {
            uniform += u64::from(random.below(10));
            skewed += u64::from(random.skewed_below(10));
            assert!(random.unit() < 1.0);
        }
        // Means: 4.5 for the uniform draw; sum over k of 1 - sqrt(k / 10), k = 1..9, that is
        // 2.8949, for the skewed one.
        assert!((440_000..460_000).contains(&uniform), "{uniform}");
        assert!((280_000..299_000).contains(&skewed), "{skewed}");
    }
}
