//! The tracks of a playlist, in order.
//!
//! A playlist is a chain of *stretches* of some ten tracks, each on one taste; within a stretch
//! come single tracks, clusters of one artist, runs along an album, and tracks that follow their
//! predecessor by habit. So recent tracks say more about the next one than early tracks do, and the
//! last track most of all.

use super::theme::{Taste, Theme};
use crate::catalog::{Catalog, Track, TrackId};
use crate::random::Random;

/// Chance that the next track follows the last by habit, and how its followers share that.
const SUCCESSOR: f64 = 0.16;
const FIRST_SUCCESSOR: f64 = 0.6;
const SECOND_SUCCESSOR: f64 = 0.25;

/// Chances that a step starts a run along an album, or a cluster of one artist; most runs and
/// clusters are short.
const ALBUM_RUN: f64 = 0.045;
const MAX_RUN: u32 = 12;
const ARTIST_CLUSTER: f64 = 0.01;
const MAX_CLUSTER: u32 = 4;

/// Chances that an artist comes from the taste's circle, or from anywhere in its scene; the rest
/// from the whole catalogue.
const FROM_CIRCLE: f64 = 0.38;
const FROM_SCENE: f64 = 0.57;

/// Chance of an obscure find: any track of the scene, however little known.
const OBSCURE_FIND: f64 = 0.02;

/// Chance that a playlist named after an artist takes that artist.
const FAVOURITE: f64 = 0.3;

/// Duplicates: some playlists are careless, and add tracks again that they already have.
const CARELESS: f64 = 0.2;
const CARELESS_RATE: f64 = 0.065;

/// The shortest and the longest stretch on one taste.
const STRETCH: std::ops::Range<u32> = 6..18;

/// Steps in a row without a new track, after which tracks are taken in catalogue order; small
/// catalogues need it.
const MAX_FRUITLESS_STEPS: u32 = 40;

const MIN_ARTISTS: usize = 3;

/// Chooses `length` tracks; at least three artists, hence three albums, are among them.
pub(super) fn compose(catalog: &Catalog, theme: &Theme, length: u32, mut random: Random) -> Vec<Track> {
    let duplicates = if random.chance(CARELESS) { CARELESS_RATE } else { 0.0 };
    let taste = theme.taste(&mut random);
    let capacity = length as usize;
    let mut sequence =
        Sequence { catalog, theme, random, taste, length: capacity, tracks: Vec::with_capacity(capacity) };
    sequence.fill(duplicates);
    sequence.ensure_artists();
    sequence.tracks
}

struct Sequence<'a> {
    catalog: &'a Catalog,
    theme: &'a Theme,
    random: Random,
    taste: Taste,
    length: usize,
    tracks: Vec<Track>,
}

impl Sequence<'_> {
    fn fill(&mut self, duplicates: f64) {
        let (mut stretch, mut fruitless) = (0, 0);
        while self.tracks.len() < self.length {
            if stretch == 0 {
                self.taste = self.theme.taste(&mut self.random);
                stretch = STRETCH.start + self.random.below(STRETCH.end - STRETCH.start);
            }
            let before = self.tracks.len();
            if before > 0 && self.random.chance(duplicates) {
                let again = *self.random.pick(&self.tracks);
                self.tracks.push(again);
            } else if fruitless == MAX_FRUITLESS_STEPS {
                self.push_any();
            } else {
                self.step();
            }
            stretch -= 1;
            fruitless = if self.tracks.len() > before { 0 } else { fruitless + 1 };
        }
    }

    /// Adds one track, or a few that belong together, or none if they are there already.
    fn step(&mut self) {
        let last = self.tracks.last().copied();
        if let Some(last) = last.filter(|_| self.random.chance(SUCCESSOR)) {
            let choice = self.random.unit();
            let choice = u8::from(choice >= FIRST_SUCCESSOR) + u8::from(choice >= FIRST_SUCCESSOR + SECOND_SUCCESSOR);
            self.push(self.catalog.successor(last, choice));
        } else if self.random.chance(ALBUM_RUN) {
            self.push_album_run();
        } else if self.random.chance(ARTIST_CLUSTER) {
            self.push_artist_cluster();
        } else {
            let track = self.draw();
            self.push(track);
        }
    }

    /// Adds consecutive tracks of an album, from its start or from a hit on.
    fn push_album_run(&mut self) {
        let hit = self.draw();
        let first = TrackId(self.catalog.tracks(hit.album).start);
        let start = if self.random.chance(0.5) { Track { id: first, ..hit } } else { hit };
        let run = 3 + self.random.skewed_below(MAX_RUN - 2);
        let catalog = self.catalog;
        let along = std::iter::successors(Some(start), |&track| catalog.next_on_album(track));
        along.take(run as usize).for_each(|track| self.push(track));
    }

    fn push_artist_cluster(&mut self) {
        let first = self.draw();
        self.push(first);
        for _ in 0..=self.random.below(MAX_CLUSTER - 1) {
            let another = self.catalog.draw_hit(first.artist, first.scene, &mut self.random);
            self.push(another);
        }
    }

    /// Draws a track by the theme, the taste of this stretch, and popularity.
    fn draw(&mut self) -> Track {
        let random = &mut self.random;
        if let Some((artist, scene)) = self.theme.favourite
            && random.chance(FAVOURITE)
        {
            return self.catalog.draw_hit(artist, scene, random);
        }
        if random.chance(OBSCURE_FIND) {
            return self.catalog.draw_obscure(self.taste.scene, random);
        }
        let source = random.unit();
        let Taste { mut scene, circle } = self.taste;
        let artist = if source < FROM_CIRCLE {
            self.catalog.scene(scene).draw_artist_of(circle, random)
        } else {
            if source >= FROM_CIRCLE + FROM_SCENE {
                scene = self.catalog.draw_scene(random);
            }
            self.catalog.scene(scene).draw_artist(random)
        };
        self.catalog.draw_hit(artist, scene, random)
    }

    /// Adds a track unless the playlist is full or has it.
    fn push(&mut self, track: Track) {
        if self.tracks.len() < self.length && !self.contains(track.id) {
            self.tracks.push(track);
        }
    }

    /// Adds the first track at or after a random place of the catalogue that the playlist does not
    /// have.
    fn push_any(&mut self) {
        let count = self.catalog.track_count();
        let start = self.random.below(count);
        let ids = (0..count).map(|offset| TrackId((start + offset) % count));
        if let Some(id) = ids.into_iter().find(|&id| !self.contains(id)) {
            self.tracks.push(self.catalog.track(id));
        }
    }

    fn contains(&self, id: TrackId) -> bool {
        self.tracks.iter().any(|track| track.id == id)
    }

    /// Replaces tracks of artists that occur repeatedly until there are enough artists.
    fn ensure_artists(&mut self) {
        let stars = (0..).map(|rank| self.catalog.scene(self.taste.scene).artist_at(rank));
        for artist in stars.take(2 * MIN_ARTISTS) {
            if self.artists() >= MIN_ARTISTS {
                return;
            }
            let occurs = |track: &Track| track.artist == artist;
            let repeated = (0..self.tracks.len()).rev().find(|&index| {
                let artist = self.tracks[index].artist;
                self.tracks[..index].iter().any(|track| track.artist == artist)
            });
            if let Some(index) = repeated.filter(|_| !self.tracks.iter().any(occurs)) {
                self.tracks[index] = self.catalog.draw_hit(artist, self.taste.scene, &mut self.random);
            }
        }
    }

    fn artists(&self) -> usize {
        let mut artists: Vec<_> = self.tracks.iter().map(|track| track.artist).collect();
        artists.sort_unstable();
        artists.dedup();
        artists.len()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalog::SceneId;
    use crate::random::Domain;

    const TASTE: Taste = Taste { scene: SceneId(0), circle: 0 };

    fn theme() -> Theme {
        Theme { words: "test".to_owned(), tastes: vec![TASTE], favourite: None }
    }

    fn random(id: u64) -> Random {
        Random::new(1, Domain::Playlist, id)
    }

    #[test]
    fn playlists_get_their_length_even_from_one_circle_of_the_smallest_catalogue() {
        let catalog = Catalog::new(1, 2_000);
        for (id, length) in (0..).zip([5, 6, 15, 100, 249, 250]) {
            assert_eq!(compose(&catalog, &theme(), length, random(id)).len(), length as usize);
        }
    }

    #[test]
    fn careful_listeners_add_no_track_twice() {
        let catalog = Catalog::new(1, 2_000);
        let theme = theme();
        let mut sequence = sequence(&catalog, &theme, 250, Vec::new());
        sequence.fill(0.0);
        let distinct: HashSet<u32> = sequence.tracks.iter().map(|track| track.id.0).collect();
        assert_eq!(distinct.len(), 250);
    }

    #[test]
    fn lonely_artists_get_company() {
        #[track_caller]
        fn check(tracks: &[u32]) {
            let catalog = Catalog::new(1, 2_000);
            let theme = theme();
            let tracks = tracks.iter().map(|&id| catalog.track(TrackId(id))).collect();
            let mut sequence = sequence(&catalog, &theme, 5, tracks);
            sequence.ensure_artists();
            assert!(sequence.artists() >= MIN_ARTISTS && sequence.tracks.len() == 5);
        }
        check(&[0, 0, 0, 0, 0]);
        check(&[0, 1, 2, 3, 4]);
        check(&[1_500, 1_500, 0, 1, 2]);
        check(&[0, 500, 1_000, 1_500, 1_900]);
    }

    fn sequence<'a>(catalog: &'a Catalog, theme: &'a Theme, length: usize, tracks: Vec<Track>) -> Sequence<'a> {
        Sequence { catalog, theme, random: random(9), taste: TASTE, length, tracks }
    }
}
