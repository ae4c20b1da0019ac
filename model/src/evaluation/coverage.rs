//! What a recommender shows of the catalogue.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{data::Item, recommender::Recommendation};

/// Places that a reader looks at.
const PLACES: usize = 10;

/// What a recommender shows of the catalogue in its first ten places: accuracy alone rewards showing the charts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Share of the vocabulary that is recommended to anybody.
    pub coverage_10: f64,
    /// Training playlists that hold a recommended track, on average.
    pub popularity_10: f64,
}

impl Coverage {
    /// Measures lists, given the number of training playlists that hold each item.
    pub fn measure(lists: &[Vec<Recommendation>], counts: &[u32]) -> Self {
        let shown: Vec<Item> = lists.iter().flat_map(|list| list.iter().take(PLACES)).map(|shown| shown.item).collect();
        let distinct: HashSet<Item> = shown.iter().copied().collect();
        let popularity: f64 = shown.iter().map(|item| f64::from(counts[item.index()])).sum();
        Self {
            coverage_10: distinct.len() as f64 / counts.len().max(1) as f64,
            popularity_10: popularity / shown.len().max(1) as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_ten_places_are_measured() {
        let list = |items: &[u32]| {
            items.iter().map(|&item| Recommendation { item: Item(item), score: 0.0 }).collect::<Vec<_>>()
        };
        let counts: Vec<u32> = (0..20).map(|item| 100 - item).collect();
        let lists = [list(&(0..12).collect::<Vec<_>>()), list(&[0, 1])];
        let coverage = Coverage::measure(&lists, &counts);
        assert_eq!(coverage.coverage_10, 10.0 / 20.0);
        // Items 0 to 9 once, 0 and 1 once more.
        let sum: u32 = (0..10).map(|item| 100 - item).sum::<u32>() + 100 + 99;
        assert_eq!(coverage.popularity_10, f64::from(sum) / 12.0);
    }
}
