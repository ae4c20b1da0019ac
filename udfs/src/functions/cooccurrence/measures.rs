//! How strongly two items go together, from counts.

/// Counts of a pair: groups with both, groups with either, all groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PairCounts {
    /// Groups that hold both items.
    pub(crate) pair: u32,
    /// Groups that hold the item.
    pub(crate) item: u32,
    /// Groups that hold the neighbour.
    pub(crate) neighbour: u32,
    /// Groups that hold any item.
    pub(crate) groups: u32,
}

impl PairCounts {
    /// c / √(a·b): the cosine of the items' rows in the item-group matrix.
    pub(crate) fn cosine(&self) -> f64 {
        f64::from(self.pair) / (f64::from(self.item) * f64::from(self.neighbour)).sqrt()
    }

    /// c / (a + b − c): shared groups among the groups of either (Jaccard 1901).
    pub(crate) fn jaccard(&self) -> f64 {
        f64::from(self.pair) / (f64::from(self.item) + f64::from(self.neighbour) - f64::from(self.pair))
    }

    /// c·n / (a·b): how many times more often than if the items were independent.
    pub(crate) fn lift(&self) -> f64 {
        f64::from(self.pair) * f64::from(self.groups) / (f64::from(self.item) * f64::from(self.neighbour))
    }

    /// ln(lift) / −ln(c/n), from −1 to 1 (Bouma 2009, Normalized (Pointwise) Mutual Information); 1 for a pair that
    /// is in every group, where the quotient is 0/0.
    pub(crate) fn npmi(&self) -> f64 {
        if self.pair == self.groups {
            return 1.0;
        }
        self.lift().ln() / -(f64::from(self.pair) / f64::from(self.groups)).ln()
    }

    /// c / a: the share of the item's groups that hold the neighbour.
    pub(crate) fn conditional(&self) -> f64 {
        f64::from(self.pair) / f64::from(self.item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counts: PairCounts, expected: [f64; 5]) {
        let found = [counts.cosine(), counts.jaccard(), counts.lift(), counts.npmi(), counts.conditional()];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{counts:?}: {found} is not {expected}");
        }
    }

    #[test]
    fn equal_hand_computed_values() {
        // 2 shared groups of 4 and 8, 16 groups in all: independent items, so lift 1 and NPMI 0.
        check(PairCounts { pair: 2, item: 4, neighbour: 8, groups: 16 }, [2.0 / 32_f64.sqrt(), 0.2, 1.0, 0.0, 0.5]);
        // Always together: ln(16/4) / -ln(4/16) = 1.
        check(PairCounts { pair: 4, item: 4, neighbour: 4, groups: 16 }, [1.0, 1.0, 4.0, 1.0, 1.0]);
        check(PairCounts { pair: 3, item: 3, neighbour: 3, groups: 3 }, [1.0, 1.0, 1.0, 1.0, 1.0]);
    }
}
