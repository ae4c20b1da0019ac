//! Recommendation from a title alone.

use rayon::prelude::*;
use tch::Tensor;

use super::{TermKind, TermTracks, TitleModel, normalise_title, sparse_sums::SparseSums, title_words};
use crate::{
    Result,
    config::TitleConfig,
    data::Item,
    recommender::{Query, Recommendation, Recommender, rank_over_prior},
};

/// Estimates the share of playlists of a title that hold a track, and backs off where few bear it.
///
/// With s playlists' worth of belief (Dirichlet smoothing: Zhai & Lafferty 2004) in the next broader estimate:
///
/// ```text
/// p(track)         = training playlists with the track / training playlists
/// p(track | word)  = (count + s · p(track)) / (playlists with the word + s)
/// p(track | title) = (count + s · mean over known words of p(track | word)) / (playlists with the title + s)
/// ```
///
/// A title of which nothing is known yields popularity.
#[derive(Debug, Clone)]
pub struct TitleRecommender<'a> {
    model: &'a TitleModel,
    shares: Vec<f32>,
    /// Items, the most popular first.
    order: Vec<Item>,
    smoothing: f32,
}

impl<'a> TitleRecommender<'a> {
    /// Takes the number of training playlists that hold each item, and the number of all training playlists.
    pub fn new(model: &'a TitleModel, counts: &[u32], playlists: u32, config: &TitleConfig) -> Self {
        let shares = counts.iter().map(|&count| count as f32 / playlists.max(1) as f32).collect();
        #[expect(clippy::cast_possible_truncation, reason = "scores are f32")]
        let smoothing = config.smoothing as f32;
        let mut order: Vec<Item> = (0..u32::try_from(counts.len()).unwrap_or(u32::MAX)).map(Item).collect();
        order.sort_by_key(|item| std::cmp::Reverse(counts[item.index()]));
        Self { model, shares, order, smoothing }
    }

    /// The estimate for a title as `scale · p(track)`, and what the tracks of its terms have on top of that.
    fn estimate(&self, title: &str, sums: &mut SparseSums) -> (f32, Vec<(Item, f32)>) {
        let title = normalise_title(title);
        let words: Vec<&TermTracks> =
            title_words(&title).into_iter().filter_map(|word| self.model.find(TermKind::Word, word)).collect();
        let whole = self.model.find(TermKind::Title, &title);
        // What the title itself leaves to the estimate by its words.
        let rest = whole.map_or(1.0, |term| self.smoothing / self.total(term));
        let mut scale = if words.is_empty() { rest } else { 0.0 };
        for word in &words {
            let share = rest / words.len() as f32 / self.total(word);
            scale += share * self.smoothing;
            for &(item, count) in &word.tracks {
                sums.add(item, count as f32 * share);
            }
        }
        if let Some(term) = whole {
            for &(item, count) in &term.tracks {
                sums.add(item, count as f32 / self.total(term));
            }
        }
        (scale, sums.take())
    }

    fn total(&self, term: &TermTracks) -> f32 {
        term.playlists as f32 + self.smoothing
    }
}

impl Recommender for TitleRecommender<'_> {
    fn name(&self) -> &'static str {
        "title"
    }

    fn items(&self) -> usize {
        self.shares.len()
    }

    fn score(&self, queries: &[Query]) -> Result<Tensor> {
        let mut sums = SparseSums::new(self.items());
        let mut scores = Vec::with_capacity(queries.len() * self.items());
        for query in queries {
            let (scale, own) = self.estimate(query.title.as_deref().unwrap_or_default(), &mut sums);
            let first = scores.len();
            scores.extend(self.shares.iter().map(|share| share * scale));
            for (item, share) in own {
                scores[first + item.index()] += share;
            }
        }
        let shape = [queries.len(), self.items()].map(|size| i64::try_from(size).unwrap_or(i64::MAX));
        Ok(Tensor::f_from_slice(&scores)?.f_reshape(shape)?)
    }

    fn rank(&self, queries: &[Query], k: usize) -> Result<Vec<Vec<Recommendation>>> {
        let room = || SparseSums::new(self.items());
        let list = |sums: &mut SparseSums, query: &Query| {
            let (scale, mut own) = self.estimate(query.title.as_deref().unwrap_or_default(), sums);
            for (item, share) in &mut own {
                *share += self.shares[item.index()] * scale;
            }
            let others = self.order.iter().map(|&item| (item, self.shares[item.index()] * scale));
            rank_over_prior(&own, others, &query.seeds, k)
        };
        Ok(queries.par_iter().map_init(room, list).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::{Item, Sequences},
        recommender::rank,
    };

    /// "gym" playlists hold item 1, "beach" playlists item 2, everything else item 0.
    fn model() -> (TitleModel, Vec<u32>) {
        let playlists: [(&str, &[u32]); 8] = [
            ("Gym", &[1, 0]),
            ("gym!", &[1]),
            ("gym time", &[1, 1]),
            ("beach", &[2]),
            ("Beach", &[2, 0]),
            ("odd", &[3]),
            ("else", &[0]),
            ("other", &[0]),
        ];
        let sequences: Sequences<Item> = playlists.iter().map(|(_, items)| items.iter().copied().map(Item)).collect();
        let titles: Vec<_> = playlists.iter().map(|(title, _)| Some((*title).to_owned())).collect();
        (TitleModel::count(&sequences, &titles, &TitleConfig::default()), vec![4, 3, 2, 1])
    }

    #[test]
    fn title_then_word_then_popularity() {
        check("GYM", 1);
        check("gym songs", 1);
        check("beach", 2);
        check("never seen", 0);
        // One playlist bears it, which is too few.
        check("odd", 0);
        check("", 0);
    }

    #[track_caller]
    fn check(title: &str, expected: u32) {
        let (model, counts) = model();
        let recommender = TitleRecommender::new(&model, &counts, 8, &TitleConfig::default());
        let query = Query { seeds: Vec::new(), title: Some(title.to_owned()) };
        assert_eq!(rank(&recommender, &[query], 1).unwrap()[0][0].item, Item(expected), "title `{title}`");
    }

    #[test]
    fn estimate_follows_the_formula() {
        let (model, counts) = model();
        let recommender = TitleRecommender::new(&model, &counts, 8, &TitleConfig::default());
        // Two playlists have the title "gym", three have the word; all of them hold item 1. Smoothing is 5.
        let word = (3.0 + 5.0 * 3.0 / 8.0) / (3.0 + 5.0);
        let expected = (2.0 + 5.0 * word) / (2.0 + 5.0);
        let query = Query { seeds: Vec::new(), title: Some("gym".to_owned()) };
        let score = recommender.rank(&[query], 1).unwrap()[0][0].score;
        assert!((score - expected).abs() < 1e-6, "{score} for {expected}");
    }

    #[test]
    fn only_known_terms_are_known() {
        let (model, _) = model();
        for (title, known) in [("gym", true), ("my gym", true), ("odd", false), ("", false)] {
            assert_eq!(model.knows(title), known, "title `{title}`");
        }
    }
}
