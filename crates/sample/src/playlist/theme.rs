//! What a playlist is about.

use crate::catalog::{ArtistId, SceneId};
use crate::random::Random;

/// The words of a playlist's title together with what it draws its tracks from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Theme {
    /// Title words in lower case, never empty.
    pub(super) words: String,
    /// Circles of artists, the dearest first; never empty.
    pub(super) tastes: Vec<Taste>,
    /// An artist that the playlist is named after.
    pub(super) favourite: Option<(ArtistId, SceneId)>,
}

/// A liking for one circle of artists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taste {
    pub(super) scene: SceneId,
    pub(super) circle: u32,
}

impl Theme {
    /// Draws a taste, the dearest most often.
    pub(super) fn taste(&self, random: &mut Random) -> Taste {
        *random.pick_skewed(&self.tastes)
    }
}
