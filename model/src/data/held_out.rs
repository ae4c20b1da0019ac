//! A playlist with a hidden part.

use super::{Playlist, TrackId};

/// A playlist of which a part is hidden, to see whether it is found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldOut {
    /// Key of the playlist.
    pub pid: i64,
    /// Title, where it has one.
    pub title: Option<String>,
    /// Visible tracks in order.
    pub seeds: Vec<TrackId>,
    /// Hidden tracks, each once and none that is visible: a repetition cannot be recommended, as seeds are excluded.
    pub hidden: Vec<TrackId>,
}

impl HeldOut {
    /// Takes the parts of a playlist; [`None`] if nothing is hidden.
    pub fn from_playlist(playlist: Playlist) -> Option<Self> {
        let mut hidden = Vec::with_capacity(playlist.holdouts.len());
        for id in playlist.holdouts {
            if !playlist.seeds.contains(&id) && !hidden.contains(&id) {
                hidden.push(id);
            }
        }
        (!hidden.is_empty()).then_some(Self { pid: playlist.pid, title: playlist.title, seeds: playlist.seeds, hidden })
    }
}
