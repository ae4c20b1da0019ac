//! Which training playlists hold which tracks.

use crate::data::{Item, Sequences};

/// Training playlists by track, and their tracks, each once: 8 bytes for each.
#[derive(Debug, Clone)]
pub struct PlaylistIndex {
    /// Tracks of each playlist, ascending.
    playlists: Sequences<Item>,
    /// Playlists that hold each track, ascending.
    holders: Sequences<u32>,
    /// `1 / √length` of each playlist, its length in the space of tracks being 1 then.
    scales: Vec<f32>,
}

impl PlaylistIndex {
    /// Indexes playlists of tracks from 0 to `items`.
    pub fn new(train: &Sequences<Item>, items: usize) -> Self {
        let mut distinct = Vec::new();
        let mut holders: Vec<Vec<u32>> = vec![Vec::new(); items];
        let mut playlists = Sequences::default();
        for (number, playlist) in (0..).zip(train.rows()) {
            distinct.clear();
            distinct.extend_from_slice(playlist);
            distinct.sort_unstable();
            distinct.dedup();
            distinct.iter().for_each(|item| holders[item.index()].push(number));
            playlists.push(distinct.iter().copied());
        }
        let scales = playlists.rows().map(|playlist| (playlist.len().max(1) as f32).sqrt().recip()).collect();
        Self { playlists, holders: holders.into_iter().collect(), scales }
    }

    /// Number of playlists.
    pub(super) fn len(&self) -> usize {
        self.playlists.len()
    }

    /// Number of tracks.
    pub(super) fn items(&self) -> usize {
        self.holders.len()
    }

    /// Playlists that hold a track, ascending.
    pub(super) fn holders(&self, item: Item) -> &[u32] {
        self.holders.row(item.index())
    }

    /// Tracks of a playlist, each once, and the share of its length that each of them is.
    pub(super) fn playlist(&self, number: u32) -> (&[Item], f32) {
        let number = number as usize;
        (self.playlists.row(number), self.scales[number])
    }
}
