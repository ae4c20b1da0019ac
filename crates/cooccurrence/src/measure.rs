//! How strongly two items go together, from counts.

use serde::{Deserialize, Serialize};

/// A measure by which neighbours can be ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Number of shared groups.
    Count,
    /// See [`PairCounts::cosine`].
    Cosine,
    /// See [`PairCounts::jaccard`].
    Jaccard,
    /// See [`PairCounts::lift`].
    Lift,
    /// See [`PairCounts::pmi`].
    Pmi,
    /// See [`PairCounts::npmi`].
    Npmi,
    /// See [`PairCounts::conditional`].
    Conditional,
    /// Sum of the weights of the shared groups.
    Weight,
    /// How often, and how closely, the neighbour comes after the item.
    Follows,
}

impl Measure {
    /// All measures.
    pub const ALL: [Self; 9] = [
        Self::Count,
        Self::Cosine,
        Self::Jaccard,
        Self::Lift,
        Self::Pmi,
        Self::Npmi,
        Self::Conditional,
        Self::Weight,
        Self::Follows,
    ];

    /// Its name in queries.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Cosine => "cosine",
            Self::Jaccard => "jaccard",
            Self::Lift => "lift",
            Self::Pmi => "pmi",
            Self::Npmi => "npmi",
            Self::Conditional => "conditional",
            Self::Weight => "weight",
            Self::Follows => "follows",
        }
    }
}

/// Counts of a pair: groups with both, groups with either, all groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairCounts {
    /// Groups that hold both items.
    pub pair: u32,
    /// Groups that hold the item.
    pub item: u32,
    /// Groups that hold the neighbour.
    pub neighbour: u32,
    /// Groups that hold any item.
    pub groups: u32,
}

impl PairCounts {
    /// c / √(a·b): the cosine of the items' rows in the item-group matrix.
    pub fn cosine(&self) -> f64 {
        f64::from(self.pair) / (f64::from(self.item) * f64::from(self.neighbour)).sqrt()
    }

    /// c / (a + b − c): shared groups among the groups of either (Jaccard 1901).
    pub fn jaccard(&self) -> f64 {
        f64::from(self.pair) / (f64::from(self.item) + f64::from(self.neighbour) - f64::from(self.pair))
    }

    /// c·n / (a·b): how many times more often than if the items were independent.
    pub fn lift(&self) -> f64 {
        f64::from(self.pair) * f64::from(self.groups) / (f64::from(self.item) * f64::from(self.neighbour))
    }

    /// ln(lift): pointwise mutual information, in nats (Church & Hanks 1990, Word Association Norms).
    pub fn pmi(&self) -> f64 {
        self.lift().ln()
    }

    /// ln(lift) / −ln(c/n), from −1 to 1 (Bouma 2009, Normalized (Pointwise) Mutual Information); 1 for a pair that
    /// is in every group, where the quotient is 0/0.
    pub fn npmi(&self) -> f64 {
        if self.pair == self.groups {
            return 1.0;
        }
        self.pmi() / -(f64::from(self.pair) / f64::from(self.groups)).ln()
    }

    /// c / a: the share of the item's groups that hold the neighbour.
    pub fn conditional(&self) -> f64 {
        f64::from(self.pair) / f64::from(self.item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counts: PairCounts, expected: [f64; 6]) {
        let found =
            [counts.cosine(), counts.jaccard(), counts.lift(), counts.pmi(), counts.npmi(), counts.conditional()];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{counts:?}: {found} is not {expected}");
        }
    }

    #[test]
    fn equal_hand_computed_values() {
        // 2 shared groups of 4 and 8, 16 groups in all: independent items, so lift 1, PMI and NPMI 0.
        check(
            PairCounts { pair: 2, item: 4, neighbour: 8, groups: 16 },
            [2.0 / 32_f64.sqrt(), 0.2, 1.0, 0.0, 0.0, 0.5],
        );
        // Always together: ln(16/4) / -ln(4/16) = 1.
        check(PairCounts { pair: 4, item: 4, neighbour: 4, groups: 16 }, [1.0, 1.0, 4.0, 4_f64.ln(), 1.0, 1.0]);
        check(PairCounts { pair: 3, item: 3, neighbour: 3, groups: 3 }, [1.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    }
}
