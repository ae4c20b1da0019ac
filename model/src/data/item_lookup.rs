//! From the lake's tracks to the model's.

use super::{Item, TrackId};

/// Position in the vocabulary of each track of the lake, where it has one.
#[derive(Debug, Clone, Default)]
pub struct ItemLookup {
    items: Vec<Option<Item>>,
}

impl ItemLookup {
    /// Numbers the tracks in the order given.
    pub fn from_order(tracks: impl IntoIterator<Item = TrackId>) -> Self {
        let mut lookup = Self::default();
        for (index, track) in (0..).zip(tracks) {
            lookup.insert(track, Item(index));
        }
        lookup
    }

    /// Notes the position of a track.
    pub fn insert(&mut self, track: TrackId, item: Item) {
        if self.items.len() <= track.index() {
            self.items.resize(track.index() + 1, None);
        }
        self.items[track.index()] = Some(item);
    }

    /// Position of a track, where the model knows it.
    pub fn item(&self, track: TrackId) -> Option<Item> {
        self.items.get(track.index()).copied().flatten()
    }

    /// The known ones among tracks, in order.
    pub fn known(&self, tracks: &[TrackId]) -> Vec<Item> {
        tracks.iter().filter_map(|&track| self.item(track)).collect()
    }
}
