//! Lists from sparse scores over a common order.

use super::{Recommendation, best::Best};
use crate::data::Item;

/// Ranks items of which few have a score of their own, while all others are known to come in a common order, such as
/// that of popularity: then nothing needs to touch the whole vocabulary.
///
/// `own` are items, ascending, with their whole score; `others` yields every item with the score that it has if it is not
/// among them, best first, ties by item. The seeds, in any order, are left out.
pub(crate) fn rank_over_prior(
    own: &[(Item, f32)],
    others: impl Iterator<Item = (Item, f32)>,
    seeds: &[Item],
    k: usize,
) -> Vec<Recommendation> {
    let mut seeds = seeds.to_vec();
    seeds.sort_unstable();
    let is_seed = |item: Item| seeds.binary_search(&item).is_ok();
    let mut best = Best::new(k);
    for &(item, score) in own {
        if score >= best.threshold() && !is_seed(item) {
            best.offer(item, score);
        }
    }
    let is_own = |item: Item| own.binary_search_by_key(&item, |&(item, _)| item).is_ok();
    let mut taken = 0;
    for (item, score) in others {
        if taken == k {
            break;
        }
        if !is_seed(item) && !is_own(item) {
            best.offer(item, score);
            taken += 1;
        }
    }
    best.into_list()
}
