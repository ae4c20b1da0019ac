//! HyperLogLog, as in Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a near-optimal cardinality
//! estimation algorithm", 2007, with the estimator of Ertl, "New cardinality estimation algorithms for HyperLogLog
//! sketches", 2017, algorithm 6, which needs no correction for few or many values.

/// Registers by their index. As long as few are set, these are kept as a list.
///
/// In bytes: the logarithm of the number of registers, 0 or 1, then the list of set ones as numbers of four bytes
/// (index and register, little endian), or all registers. No bytes at all if nothing was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Registers {
    bits: u8,
    set: Set,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Set {
    /// Index and register as `index << 8 | register`, in order.
    Few(Vec<u32>),
    All(Vec<u8>),
}

impl Default for Set {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

const FEW: u8 = 0;
const ALL: u8 = 1;

impl Registers {
    /// From what [`Self::bytes`] gave; `None` for other bytes.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let [bits, kind, rest @ ..] = bytes else { return bytes.is_empty().then(Self::default) };
        if !(4..=16).contains(bits) {
            return None;
        }
        let set = match *kind {
            ALL if rest.len() == 1_usize << *bits => Set::All(rest.to_vec()),
            FEW => {
                let (entries, []) = rest.as_chunks::<4>() else { return None };
                let entries: Vec<u32> = entries.iter().map(|entry| u32::from_le_bytes(*entry)).collect();
                let in_order = entries.windows(2).all(|pair| pair[0] >> 8 < pair[1] >> 8);
                let fits = entries.last().is_none_or(|last| (last >> 8) < (1_u32 << *bits));
                Set::Few((in_order && fits).then_some(entries)?)
            }
            _ => return None,
        };
        Some(Self { bits: *bits, set })
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match &self.set {
            Set::Few(entries) if entries.is_empty() => {}
            Set::Few(entries) => {
                bytes.extend([self.bits, FEW]);
                entries.iter().for_each(|entry| bytes.extend(entry.to_le_bytes()));
            }
            Set::All(registers) => {
                bytes.extend([self.bits, ALL]);
                bytes.extend(registers);
            }
        }
        bytes
    }

    /// Whether nothing was seen.
    pub(super) fn is_empty(&self) -> bool {
        matches!(&self.set, Set::Few(entries) if entries.is_empty())
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        match &self.set {
            Set::Few(entries) => entries.capacity() * size_of::<u32>(),
            Set::All(registers) => registers.capacity(),
        }
    }

    /// Takes in a hash; the first one decides that there are 2^`bits` registers.
    pub(super) fn add(&mut self, hash: u64, bits: u8) {
        if self.is_empty() {
            self.bits = bits;
        }
        let bits = u32::from(self.bits);
        let at = u32::try_from(hash >> (64 - bits)).unwrap_or_default();
        // A one behind the bits that are left ends the run of zeros.
        let run = ((hash << bits) | (1 << (bits - 1))).leading_zeros() + 1;
        self.raise(at, u8::try_from(run).unwrap_or(u8::MAX));
    }

    fn raise(&mut self, at: u32, to: u8) {
        match &mut self.set {
            Set::All(registers) => registers[at as usize] = registers[at as usize].max(to),
            Set::Few(entries) => match entries.binary_search_by_key(&at, |entry| entry >> 8) {
                Ok(place) => entries[place] = entries[place].max(at << 8 | u32::from(to)),
                // A list of a sixteenth takes a quarter of the space.
                Err(_) if entries.len() >= 1 << self.bits >> 4 => {
                    self.spread();
                    self.raise(at, to);
                }
                Err(place) => entries.insert(place, at << 8 | u32::from(to)),
            },
        }
    }

    fn spread(&mut self) {
        let Set::Few(entries) = &self.set else { return };
        let mut registers = vec![0; 1 << self.bits];
        entries.iter().for_each(|entry| registers[(entry >> 8) as usize] = entry.to_le_bytes()[0]);
        self.set = Set::All(registers);
    }

    /// Takes in what another has seen. `None` if they are of different sizes.
    pub(super) fn merge(&mut self, other: Self) -> Option<()> {
        if other.is_empty() {
            return Some(());
        }
        if self.is_empty() {
            *self = other;
            return Some(());
        }
        if self.bits != other.bits {
            return None;
        }
        match other.set {
            Set::Few(entries) => entries.iter().for_each(|entry| self.raise(entry >> 8, entry.to_le_bytes()[0])),
            Set::All(others) => {
                self.spread();
                if let Set::All(registers) = &mut self.set {
                    registers.iter_mut().zip(others).for_each(|(register, other)| *register = (*register).max(other));
                }
            }
        }
        Some(())
    }

    /// How many different hashes were seen, about: the standard error is 1.04 / √(number of registers).
    #[expect(clippy::cast_possible_truncation, reason = "an estimate of a count")]
    pub(super) fn estimate(&self) -> i64 {
        if self.is_empty() {
            return 0;
        }
        // How many registers have each value.
        let mut counts = [0_u32; 66];
        let (registers, longest) = (1_u32 << self.bits, usize::from(64 - self.bits));
        match &self.set {
            Set::Few(entries) => {
                entries.iter().for_each(|entry| counts[usize::from(entry.to_le_bytes()[0].min(65))] += 1);
                counts[0] = registers.saturating_sub(u32::try_from(entries.len()).unwrap_or(u32::MAX));
            }
            Set::All(registers) => {
                registers.iter().for_each(|register| counts[usize::from((*register).min(65))] += 1);
            }
        }
        let count = f64::from(registers);
        let full = count * tau(1.0 - f64::from(counts[longest + 1]) / count);
        let sum = (1..=longest).rev().fold(full, |sum, value| 0.5 * (sum + f64::from(counts[value])));
        let sum = sum + count * sigma(f64::from(counts[0]) / count);
        (count / (2.0 * std::f64::consts::LN_2) * count / sum).round() as i64
    }
}

/// x + Σ x^(2^k) 2^(k-1), to the last digit.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut factor, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * factor;
        factor += factor;
        if sum <= before {
            return sum;
        }
    }
}

/// (1 - x - Σ (1 - x^(2^-k))² 2^-k) / 3, to the last digit.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut factor, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = sum;
        factor *= 0.5;
        sum -= (1.0 - x).powi(2) * factor;
        if sum >= before {
            return sum / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::sketch::hash::of_long;

    fn of(range: std::ops::Range<u64>) -> Registers {
        let mut registers = Registers::default();
        range.for_each(|value| registers.add(of_long(value), 12));
        registers
    }

    /// The standard error of 2¹² registers is 1.6 %; three of them are allowed.
    #[test]
    fn estimates_are_near_the_counts() {
        for count in [1, 10, 100, 1_000, 10_000, 20_000, 100_000, 1_000_000] {
            let (found, count) = (of(0..count).estimate(), i64::try_from(count).unwrap());
            assert!((found - count).abs() * 1000 <= count * 50, "{found} for {count}");
        }
    }

    #[test]
    fn a_merge_has_seen_what_both_have() {
        for (first, second) in [(5_000, 9_000), (50, 9_000), (5_000, 5_100), (10, 20)] {
            let mut merged = of(0..first);
            merged.merge(of(first / 2..second)).unwrap();
            assert_eq!(merged, of(0..second));
        }
    }

    #[test]
    fn bytes_are_read_back() {
        for count in [0, 1, 100, 300, 5_000] {
            let registers = of(0..count);
            let read = Registers::from_bytes(&registers.bytes()).unwrap();
            assert_eq!((read.estimate(), read.is_empty()), (registers.estimate(), count == 0));
        }
        assert_eq!(Registers::from_bytes(&[12, 1, 0]), None);
        assert_eq!(Registers::from_bytes(&[12, 0, 1, 0, 0, 1]), None);
    }
}
