//! One genre of the catalogue.

use std::ops::Range;

use crate::alias::AliasTable;
use crate::random::Random;
use crate::vocabulary::{Decade, Style};

use super::ArtistId;

/// Artists in a circle, on average, before the number of circles reaches its limit.
const ARTISTS_PER_CIRCLE: u32 = 12;
const MAX_CIRCLES: u32 = 24;

/// Ranks over which popularity stays of one order before it falls as 1/rank^2. They were fitted,
/// with the discographies, to the MPD's numbers of distinct tracks (682 thousand in 100 slices, 2.3
/// million in 1000) and to its most popular track.
const HEAD_RANKS: (f64, f64) = (11.0, 5.0);

/// A scene: its words, its range of artists, and their popularity.
///
/// Artists are dealt out to *circles* by rank, as cards are, so that every circle has stars and
/// unknowns. Artists of one circle share a decade and tend to share playlists. The last two circles
/// also belong to the scene after and the scene before, which is how an artist comes to belong to
/// two scenes.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) style: &'static Style,
    first_artist: u32,
    artists: u32,
    circles: u32,
    popularity: AliasTable,
    circle_popularity: AliasTable,
}

impl Scene {
    pub(crate) fn new(style: &'static Style, first_artist: u32, artists: u32) -> Self {
        let circles = (artists / ARTISTS_PER_CIRCLE).clamp(2, MAX_CIRCLES);
        let weights: Vec<f64> = (0..artists).map(popularity).collect();
        Self {
            style,
            first_artist,
            artists,
            circles,
            circle_popularity: AliasTable::new(&weights[..circles as usize]),
            popularity: AliasTable::new(&weights),
        }
    }

    /// Returns the artist at a popularity rank, which wraps around at the end of the scene.
    pub(crate) fn artist_at(&self, rank: u32) -> ArtistId {
        ArtistId(self.first_artist + rank % self.artists)
    }

    /// Returns the range of the scene's artists.
    pub(crate) fn artists(&self) -> Range<u32> {
        self.first_artist..self.first_artist + self.artists
    }

    pub(crate) fn circle_of(&self, artist: ArtistId) -> u32 {
        (artist.0 - self.first_artist) % self.circles
    }

    /// Returns the circle shared with the following scene, or with the preceding one.
    pub(crate) fn shared_circle(&self, following: bool) -> u32 {
        self.circles - if following { 1 } else { 2 }
    }

    pub(crate) fn decade(&self, circle: u32) -> Decade {
        self.style.decades[circle as usize % self.style.decades.len()]
    }

    pub(crate) fn draw_circle(&self, random: &mut Random) -> u32 {
        self.circle_popularity.draw(random)
    }

    pub(crate) fn draw_artist(&self, random: &mut Random) -> ArtistId {
        self.artist_at(self.popularity.draw(random))
    }

    /// Draws an artist of one circle: a rank from the whole scene, moved to the circle's member in
    /// that deal of the cards.
    pub(crate) fn draw_artist_of(&self, circle: u32, random: &mut Random) -> ArtistId {
        let rank = self.popularity.draw(random);
        let member = rank - rank % self.circles + circle;
        self.artist_at(if member < self.artists { member } else { rank })
    }
}

/// Weighs an artist by rank: nearly flat at the head, 1/rank^2 in the long tail.
fn popularity(rank: u32) -> f64 {
    let rank = f64::from(rank);
    1.0 / ((rank + HEAD_RANKS.0) * (rank + HEAD_RANKS.1))
}
