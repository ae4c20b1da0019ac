//! What is shown of a playlist.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::data::{HeldOut, Playlist, Split, TrackId};

/// Which tracks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// The first so many.
    First(usize),
    /// So many at random, in their order.
    Random(usize),
}

impl Shown {
    /// Number of tracks.
    pub fn count(self) -> usize {
        match self {
            Self::First(count) | Self::Random(count) => count,
        }
    }
}

/// What is shown of a playlist; the rest is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Category {
    /// Number, as in the challenge.
    pub number: u8,
    /// Whether the title is shown.
    pub has_title: bool,
    /// Which tracks are.
    pub shown: Shown,
}

/// The ten categories of the challenge.
pub const CATEGORIES: [Category; 10] = [
    Category { number: 1, has_title: true, shown: Shown::First(0) },
    Category { number: 2, has_title: true, shown: Shown::First(1) },
    Category { number: 3, has_title: true, shown: Shown::First(5) },
    Category { number: 4, has_title: false, shown: Shown::First(5) },
    Category { number: 5, has_title: true, shown: Shown::First(10) },
    Category { number: 6, has_title: false, shown: Shown::First(10) },
    Category { number: 7, has_title: true, shown: Shown::First(25) },
    Category { number: 8, has_title: true, shown: Shown::Random(25) },
    Category { number: 9, has_title: true, shown: Shown::First(100) },
    Category { number: 10, has_title: true, shown: Shown::Random(100) },
];

impl Category {
    /// Cuts a whole playlist; [`None`] if it has too few tracks, or no title where one is to be shown.
    pub fn cut(&self, playlist: &Playlist, random: &mut ChaCha8Rng) -> Option<HeldOut> {
        let tracks: Vec<TrackId> = playlist.seeds.iter().chain(&playlist.holdouts).copied().collect();
        if tracks.len() <= self.shown.count() || (self.has_title && playlist.title.is_none()) {
            return None;
        }
        let mut places: Vec<usize> = (0..tracks.len()).collect();
        if let Shown::Random(count) = self.shown {
            places.shuffle(random);
            places[..count].sort_unstable();
            places[count..].sort_unstable();
        }
        let (shown, hidden) = places.split_at(self.shown.count());
        let pick = |places: &[usize]| places.iter().map(|&place| tracks[place]).collect();
        HeldOut::from_playlist(Playlist {
            pid: playlist.pid,
            title: playlist.title.clone().filter(|_| self.has_title),
            split: Split::Test,
            seeds: pick(shown),
            holdouts: pick(hidden),
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn a_playlist_is_cut_as_its_category_says() {
        let tracks: Vec<TrackId> = (0..110).map(TrackId).collect();
        let playlist = |length: usize, title: Option<&str>| Playlist {
            pid: 7,
            title: title.map(str::to_owned),
            split: Split::Test,
            seeds: tracks[..length / 2].to_vec(),
            holdouts: tracks[length / 2..length].to_vec(),
        };
        let mut random = ChaCha8Rng::seed_from_u64(1);
        for category in CATEGORIES {
            let count = category.shown.count();
            let cut = category.cut(&playlist(110, Some("x")), &mut random).unwrap();
            assert_eq!((cut.seeds.len(), cut.hidden.len()), (count, 110 - count), "{category:?}");
            assert_eq!(cut.title.is_some(), category.has_title);
            assert!(cut.seeds.is_sorted() && cut.hidden.is_sorted());
            let is_first = cut.seeds == tracks[..count];
            assert_eq!(is_first, matches!(category.shown, Shown::First(_)), "{category:?}");
            assert!(category.cut(&playlist(count, Some("x")), &mut random).is_none(), "nothing would be hidden");
            assert_eq!(category.cut(&playlist(110, None), &mut random).is_none(), category.has_title);
        }
    }
}
