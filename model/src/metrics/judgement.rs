//! What a metric looks at.

use std::collections::HashSet;

use crate::data::{ArtistId, ArtistIndex, TrackId};

/// The list made for one playlist beside what was hidden of it.
#[derive(Debug)]
pub struct Judgement<'a> {
    ranked: &'a [TrackId],
    hits: Vec<bool>,
    hidden: &'a [TrackId],
    artists: &'a ArtistIndex,
}

impl<'a> Judgement<'a> {
    /// Compares a list, best first and without repetition, with the hidden tracks, each named once.
    pub fn new(ranked: &'a [TrackId], hidden: &'a [TrackId], artists: &'a ArtistIndex) -> Self {
        let wanted: HashSet<TrackId> = hidden.iter().copied().collect();
        let hits = ranked.iter().map(|track| wanted.contains(track)).collect();
        Self { ranked, hits, hidden, artists }
    }

    /// For each place of the list, best first, whether its track was hidden.
    pub fn hits(&self) -> &[bool] {
        &self.hits
    }

    /// Number of hits among the first places.
    pub fn hits_within(&self, places: usize) -> usize {
        self.hits.iter().take(places).filter(|&&hit| hit).count()
    }

    /// Number of hidden tracks.
    pub fn hidden_count(&self) -> usize {
        self.hidden.len()
    }

    /// Artists of the hidden tracks.
    pub fn hidden_artists(&self) -> HashSet<ArtistId> {
        self.hidden.iter().filter_map(|&track| self.artists.artist(track)).collect()
    }

    /// Artists of those tracks among the first places that are no hits.
    pub fn missed_artists_within(&self, places: usize) -> HashSet<ArtistId> {
        let places = self.ranked.iter().zip(&self.hits).take(places);
        places.filter(|&(_, &hit)| !hit).filter_map(|(&track, _)| self.artists.artist(track)).collect()
    }
}
