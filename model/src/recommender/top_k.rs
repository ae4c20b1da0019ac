//! Exact selection of the best.

use super::{Recommendation, best::Best};
use crate::data::Item;

/// Selects the `k` highest scores, best first, without the excluded items. Equal scores are ordered by item, which is to
/// say by popularity, so that the result depends on nothing but its input.
///
/// Items are excluded in place, by setting their scores to minus infinity; a score that is not a number is never
/// selected.
pub fn top_k(scores: &mut [f32], excluded: &[Item], k: usize) -> Vec<Recommendation> {
    for item in excluded {
        if let Some(score) = scores.get_mut(item.index()) {
            *score = f32::NEG_INFINITY;
        }
    }
    let mut best = Best::new(k);
    for (index, &score) in (0..).zip(scores.iter()) {
        best.offer(Item(index), score);
    }
    best.into_list()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::best::better_first, *};

    #[test]
    fn best_come_first_and_excluded_not_at_all() {
        check(&[0.1, 0.9, 0.5], &[], 2, &[1, 2]);
        check(&[0.1, 0.9, 0.5], &[1], 2, &[2, 0]);
        check(&[0.1, 0.9, 0.5], &[1], 9, &[2, 0]);
        check(&[1.0, 1.0, 1.0, 1.0], &[0], 2, &[1, 2]);
        check(&[f32::NAN, 1.0], &[], 2, &[1]);
        check(&[0.0, -0.0, 0.0], &[], 3, &[0, 1, 2]);
        check(&[], &[], 3, &[]);
        check(&[1.0], &[Item(7).0], 0, &[]);
    }

    #[track_caller]
    fn check(scores: &[f32], excluded: &[u32], k: usize, expected: &[u32]) {
        let excluded: Vec<_> = excluded.iter().copied().map(Item).collect();
        let items: Vec<_> = top_k(&mut scores.to_vec(), &excluded, k).iter().map(|best| best.item.0).collect();
        assert_eq!(items, expected);
    }

    proptest! {
        #[test]
        fn equals_a_full_sort(
            scores in prop::collection::vec((-4i8..4).prop_map(f32::from), 0..200),
            excluded in prop::collection::vec((0u32..220).prop_map(Item), 0..20),
            k in 0usize..40,
        ) {
            let mut all: Vec<_> = (0..).zip(&scores).map(|(item, &score)| Recommendation { item: Item(item), score }).collect();
            all.retain(|candidate| !excluded.contains(&candidate.item));
            all.sort_by(better_first);
            all.truncate(k);
            prop_assert_eq!(top_k(&mut scores.clone(), &excluded, k), all);
        }
    }
}
