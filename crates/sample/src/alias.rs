//! Draws from a fixed discrete distribution in constant time.

use crate::random::Random;

/// A table for Walker's alias method.
///
/// Built as in M. D. Vose, "A Linear Algorithm for Generating Random Numbers with a Given
/// Distribution", IEEE TSE 17(9), 1991. Thresholds have 32 bits, so a probability is off by less
/// than 2^-32.
#[derive(Debug)]
pub(crate) struct AliasTable {
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The slot's own index is drawn below this, out of 2^32; `u32::MAX` stands for always.
    threshold: u32,
    alias: u32,
}

impl AliasTable {
    /// Builds a table from non-negative weights, at least one of them positive.
    pub(crate) fn new(weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let scale = weights.len() as f64 / total;
        let mut scaled: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
        let mut slots: Vec<Slot> =
            (0_u32..).zip(weights).map(|(index, _)| Slot { threshold: u32::MAX, alias: index }).collect();

        let indices = (0_u32..).zip(&scaled).map(|(index, &weight)| (index, weight));
        let (mut small, mut large): (Vec<_>, Vec<_>) = indices.partition(|&(_, weight)| weight < 1.0);
        while let (Some((poor, _)), Some(&(rich, _))) = (small.pop(), large.last()) {
            let share = scaled[poor as usize];
            slots[poor as usize] = Slot { threshold: threshold(share), alias: rich };
            scaled[rich as usize] -= 1.0 - share;
            if scaled[rich as usize] < 1.0 {
                large.pop();
                small.push((rich, 0.0));
            }
        }
        Self { slots }
    }

    /// Draws an index with the probability of its weight.
    pub(crate) fn draw(&self, random: &mut Random) -> u32 {
        let bits = random.next_u64();
        let index = (((bits >> 32) * self.slots.len() as u64) >> 32) as u32;
        let fraction = bits & u64::from(u32::MAX);
        let slot = self.slots[index as usize];
        if fraction < u64::from(slot.threshold) { index } else { slot.alias }
    }
}

fn threshold(share: f64) -> u32 {
    crate::curve::truncate(share * f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Domain;

    #[test]
    fn frequencies_follow_weights() {
        #[track_caller]
        fn check(weights: &[f64]) {
            const DRAWS: u32 = 200_000;
            let table = AliasTable::new(weights);
            let mut random = Random::new(1, Domain::Catalog, 0);
            let mut counts = vec![0_u32; weights.len()];
            for _ in 0..DRAWS {
                counts[table.draw(&mut random) as usize] += 1;
            }
            let total: f64 = weights.iter().sum();
            for (count, weight) in counts.iter().zip(weights) {
                let (seen, expected) = (f64::from(*count) / f64::from(DRAWS), weight / total);
                assert!((seen - expected).abs() < 0.005, "{weights:?}: {seen} instead of {expected}");
            }
        }
        check(&[1.0]);
        check(&[3.0, 1.0]);
        check(&[0.0, 1.0, 0.0]);
        check(&[10.0, 5.0, 1.0, 1.0, 1.0, 0.5]);
        check(&[1.0; 7]);
    }
}
