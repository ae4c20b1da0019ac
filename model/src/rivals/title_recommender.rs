//! Recommendation from a title alone.

use std::collections::HashMap;

use tch::Tensor;

use super::{TermKind, TermTracks, TitleModel, normalise_title, title_words};
use crate::{
    Result,
    config::TitleConfig,
    recommender::{Query, Recommender},
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
    smoothing: f32,
}

impl<'a> TitleRecommender<'a> {
    /// Takes the number of training playlists that hold each item, and the number of all training playlists.
    pub fn new(model: &'a TitleModel, counts: &[u32], playlists: u32, config: &TitleConfig) -> Self {
        let shares = counts.iter().map(|&count| count as f32 / playlists.max(1) as f32).collect();
        #[expect(clippy::cast_possible_truncation, reason = "scores are f32")]
        let smoothing = config.smoothing as f32;
        Self { model, shares, smoothing }
    }

    fn estimate(&self, title: &str) -> Vec<f32> {
        let title = normalise_title(title);
        let words: Vec<&TermTracks> =
            title_words(&title).into_iter().filter_map(|word| self.model.find(TermKind::Word, word)).collect();
        let mut scores = match words.is_empty() {
            true => self.shares.clone(),
            false => self.mean(&words),
        };
        if let Some(term) = self.model.find(TermKind::Title, &title) {
            scores = self.refine(&scores, term);
        }
        scores
    }

    fn mean(&self, words: &[&TermTracks]) -> Vec<f32> {
        let mut sums = vec![0.0; self.shares.len()];
        for word in words {
            for (sum, share) in sums.iter_mut().zip(self.refine(&self.shares, word)) {
                *sum += share;
            }
        }
        let scale = (words.len() as f32).recip();
        sums.into_iter().map(|sum| sum * scale).collect()
    }

    fn refine(&self, broader: &[f32], term: &TermTracks) -> Vec<f32> {
        let total = term.playlists as f32 + self.smoothing;
        let mut shares: Vec<f32> = broader.iter().map(|share| share * self.smoothing / total).collect();
        for &(item, count) in &term.tracks {
            shares[item.index()] += count as f32 / total;
        }
        shares
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
        let mut known: HashMap<&str, Vec<f32>> = HashMap::new();
        let mut scores = Vec::with_capacity(queries.len() * self.shares.len());
        for query in queries {
            let title = query.title.as_deref().unwrap_or_default();
            scores.extend_from_slice(known.entry(title).or_insert_with(|| self.estimate(title)));
        }
        let shape = [queries.len(), self.shares.len()].map(|size| i64::try_from(size).unwrap_or(i64::MAX));
        Ok(Tensor::f_from_slice(&scores)?.f_reshape(shape)?)
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
        assert!((recommender.estimate("gym")[1] - expected).abs() < 1e-6);
    }

    #[test]
    fn only_known_terms_are_known() {
        let (model, _) = model();
        for (title, known) in [("gym", true), ("my gym", true), ("odd", false), ("", false)] {
            assert_eq!(model.knows(title), known, "title `{title}`");
        }
    }
}
