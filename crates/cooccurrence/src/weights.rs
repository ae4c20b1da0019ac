//! Weights as integers, so that their sum does not depend on the order in which they are added.

use crate::Weighting;

/// What one is.
const ONE: u64 = 1 << 32;

/// Sum of weights in units of 2⁻³²: exact, and the same in whatever order it is made. 2³² groups of weight one fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Weight(u64);

impl Weight {
    /// What a group with so many distinct items adds to its pairs.
    pub(crate) fn of_group(weighting: Weighting, length: usize) -> Self {
        match weighting {
            Weighting::Uniform => Self(ONE),
            Weighting::InverseLength => Self::share(length as u64),
        }
    }

    /// What so many groups of weight one add.
    pub(crate) fn of_groups(groups: u32) -> Self {
        Self(ONE * u64::from(groups))
    }

    /// What a neighbour that comes `distance` positions after the item adds: 1/distance; nothing at the same position.
    pub(crate) fn of_distance(distance: u64) -> Self {
        Self::share(distance)
    }

    /// 1/parts, rounded to the nearest unit.
    fn share(parts: u64) -> Self {
        match parts {
            0 => Self(0),
            parts => Self((ONE + parts / 2) / parts),
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }

    #[expect(clippy::cast_precision_loss, reason = "a measure has 53 bits")]
    pub(crate) fn as_f64(self) -> f64 {
        self.0 as f64 / ONE as f64
    }
}
