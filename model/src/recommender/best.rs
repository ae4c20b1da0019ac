//! The best so far.

use std::cmp::Ordering;

use super::Recommendation;
use crate::data::Item;

/// The `k` best of what has been offered so far, whatever the order in which it came. Equal scores are ordered by item,
/// which is to say by popularity, so that the result depends on nothing but what was offered.
///
/// What may still be among the best is collected, and thinned out whenever twice as much as needed has come together.
#[derive(Debug)]
pub(crate) struct Best {
    k: usize,
    lines: Vec<Recommendation>,
    threshold: f32,
}

impl Best {
    /// Looks for the `k` best.
    pub(crate) fn new(k: usize) -> Self {
        let threshold = if k == 0 { f32::INFINITY } else { f32::NEG_INFINITY };
        Self { k, lines: Vec::with_capacity(2 * k), threshold }
    }

    /// What scores less than this cannot enter any more.
    pub(crate) fn threshold(&self) -> f32 {
        self.threshold
    }

    /// Takes an item in if it may be among the best. Minus infinity and what is not a number never are.
    pub(crate) fn offer(&mut self, item: Item, score: f32) {
        if self.k > 0 && score >= self.threshold && score > f32::NEG_INFINITY {
            self.lines.push(Recommendation { item, score });
            if self.lines.len() >= 2 * self.k {
                self.thin_out();
            }
        }
    }

    /// Keeps the best only, so that [`Self::threshold`] is as high as it can be.
    pub(crate) fn thin_out(&mut self) {
        if self.k > 0 && self.lines.len() >= self.k {
            let (_, last, _) = self.lines.select_nth_unstable_by(self.k - 1, better_first);
            self.threshold = last.score;
            self.lines.truncate(self.k);
        }
    }

    /// The list, best first.
    pub(crate) fn into_list(mut self) -> Vec<Recommendation> {
        self.lines.sort_unstable_by(better_first);
        self.lines.truncate(self.k);
        self.lines
    }
}

pub(super) fn better_first(left: &Recommendation, right: &Recommendation) -> Ordering {
    // No score here is NaN, and the two zeros are equal.
    right.score.partial_cmp(&left.score).unwrap_or(Ordering::Equal).then(left.item.cmp(&right.item))
}
