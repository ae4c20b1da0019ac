//! HyperLogLog, as in Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a near-optimal cardinality
//! estimation algorithm", 2007, with linear counting of few values.

/// Registers by their index, none as long as nothing was seen. Two of different sizes cannot be merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Registers(Vec<u8>);

impl Registers {
    /// From what [`Self::bytes`] gave.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Takes in a hash into 2^`bits` registers.
    pub(super) fn add(&mut self, hash: u64, bits: u32) {
        if self.0.is_empty() {
            self.0 = vec![0; 1 << bits];
        }
        let at = usize::try_from(hash >> (64 - bits)).unwrap_or_default();
        // A one behind the bits that are left ends the run of zeros.
        let run = ((hash << bits) | (1 << (bits - 1))).leading_zeros() + 1;
        self.0[at] = self.0[at].max(u8::try_from(run).unwrap_or(u8::MAX));
    }

    /// Takes in what another has seen. `None` if they are of different sizes.
    pub(super) fn merge(&mut self, other: &[u8]) -> Option<()> {
        if other.is_empty() {
            return Some(());
        }
        if self.0.is_empty() {
            self.0 = other.to_vec();
            return Some(());
        }
        if self.0.len() != other.len() {
            return None;
        }
        self.0.iter_mut().zip(other).for_each(|(register, other)| *register = (*register).max(*other));
        Some(())
    }

    /// How many different hashes were seen, about: the standard error is 1.04 / √(number of registers).
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "an estimate of a count")]
    pub(super) fn estimate(&self) -> i64 {
        if self.0.is_empty() {
            return 0;
        }
        let count = self.0.len() as f64;
        let sum: f64 = self.0.iter().map(|register| 0.5_f64.powi(i32::from(*register))).sum();
        let raw = 0.7213 / (1.0 + 1.079 / count) * count * count / sum;
        let zeros = self.0.iter().filter(|register| **register == 0).count() as f64;
        let estimate = if raw <= 2.5 * count && zeros > 0.0 { count * (count / zeros).ln() } else { raw };
        estimate.round() as i64
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hash, Hasher};

    use super::*;

    fn of(range: std::ops::Range<u64>) -> Registers {
        let mut registers = Registers::default();
        for value in range {
            let mut hasher = DefaultHasher::new();
            value.hash(&mut hasher);
            registers.add(hasher.finish(), 12);
        }
        registers
    }

    /// The standard error of 2¹² registers is 1.6 %; three of them are allowed.
    #[test]
    fn estimates_are_near_the_counts() {
        for count in [1, 10, 100, 1_000, 10_000, 100_000] {
            let (found, count) = (of(0..count).estimate(), i64::try_from(count).unwrap());
            assert!((found - count).abs() * 1000 <= count * 50, "{found} for {count}");
        }
    }

    #[test]
    fn a_merge_has_seen_what_both_have() {
        let mut merged = of(0..5_000);
        merged.merge(of(2_000..9_000).bytes()).unwrap();
        assert_eq!(merged, of(0..9_000));
    }
}
