//! Playlists to judge by.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::{
    data::{ArtistIndex, HeldOut, ItemLookup, TrackId},
    metrics::{Judgement, Metric},
    recommender::{Query, Recommendation},
};

/// Playlists of which a part is hidden, in the form that recommenders and metrics need.
#[derive(Debug)]
pub struct EvaluationSet<'a> {
    queries: Vec<Query>,
    hidden: Vec<&'a [TrackId]>,
    tracks: &'a [TrackId],
    artists: &'a ArtistIndex,
    unknown: usize,
}

impl<'a> EvaluationSet<'a> {
    /// Translates playlists for a model that numbers the lake's tracks by `lookup`, of which `tracks` is the reverse.
    pub fn new(
        playlists: &[&'a HeldOut],
        lookup: &ItemLookup,
        tracks: &'a [TrackId],
        artists: &'a ArtistIndex,
    ) -> Self {
        let query = |playlist: &&HeldOut| Query { seeds: lookup.known(&playlist.seeds), title: playlist.title.clone() };
        let hidden: Vec<&[TrackId]> = playlists.iter().map(|playlist| playlist.hidden.as_slice()).collect();
        let unknown = hidden.iter().flat_map(|hidden| hidden.iter()).filter(|&&id| lookup.item(id).is_none()).count();
        Self { queries: playlists.iter().map(query).collect(), hidden, tracks, artists, unknown }
    }

    /// The same playlists with their visible tracks in random order, always the same one for a seed: what a recommender
    /// loses by it is what order is worth to it.
    #[must_use]
    pub fn with_shuffled_seeds(&self, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut queries = self.queries.clone();
        queries.iter_mut().for_each(|query| query.seeds.shuffle(&mut random));
        Self { queries, hidden: self.hidden.clone(), ..*self }
    }

    /// Number of playlists.
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Whether there is no playlist.
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// What is visible of the playlists.
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// Share of the hidden tracks that the model does not know.
    pub fn hidden_unknown_share(&self) -> f64 {
        let hidden: usize = self.hidden.iter().map(|hidden| hidden.len()).sum();
        self.unknown as f64 / hidden.max(1) as f64
    }

    /// Judges the list made for the playlist at a place, by several metrics.
    pub fn judge(&self, place: usize, list: &[Recommendation], metrics: &[&dyn Metric]) -> Vec<f64> {
        let ranked: Vec<TrackId> = list.iter().map(|line| self.tracks[line.item.index()]).collect();
        let judgement = Judgement::new(&ranked, self.hidden[place], self.artists);
        metrics.iter().map(|metric| metric.value(&judgement)).collect()
    }
}
