//! The tables of the catalogue and the ways from one id to another.

use std::ops::Range;

use super::discography::{TRACKS_PER_ARTIST, album_lengths};
use super::{AlbumId, ArtistId, Scene, SceneId, Track, TrackId};
use crate::alias::AliasTable;
use crate::curve::truncate;
use crate::random::{Domain, keyed};
use crate::vocabulary::{SCENES, Style};

/// A scene needs so many tracks to fill the longest playlist without repeating itself.
const TRACKS_PER_SCENE: u32 = 500;
const MIN_SCENES: u32 = 4;

/// Rounds of correcting the number of artists, and the relative error in the number of tracks that
/// ends them early.
const FITTING_ROUNDS: u32 = 12;
const FITTING_ERROR: f64 = 0.002;

/// The catalogue of one seed and size.
#[derive(Debug)]
pub(crate) struct Catalog {
    /// Keys everything that is computed from ids.
    pub(crate) key: u64,
    pub(crate) scenes: Vec<Scene>,
    scene_popularity: AliasTable,
    /// First artist of each scene, then the number of artists.
    first_artist: Vec<u32>,
    /// First album of each artist, then the number of albums.
    first_album: Vec<u32>,
    /// First track of each album, then the number of tracks.
    first_track: Vec<u32>,
}

impl Catalog {
    /// Lays out a catalogue of about `tracks` tracks.
    pub(crate) fn new(seed: u64, tracks: u32) -> Self {
        let key = keyed(seed, Domain::Catalog, u64::from(tracks));
        let styles = active_styles(tracks);
        let sizes = fitting_sizes(key, &styles, tracks);
        let (first_album, first_track) = discographies(key, &sizes);
        let first_artist = offsets(sizes.iter().copied());
        let scenes =
            styles.iter().zip(&sizes).zip(&first_artist).map(|((style, &size), &first)| Scene::new(style, first, size));
        Self {
            key,
            scenes: scenes.collect(),
            scene_popularity: AliasTable::new(&styles.iter().map(|style| f64::from(style.weight)).collect::<Vec<_>>()),
            first_artist,
            first_album,
            first_track,
        }
    }

    pub(crate) fn track_count(&self) -> u32 {
        self.first_track.last().copied().unwrap_or(0)
    }

    pub(crate) fn scene(&self, scene: SceneId) -> &Scene {
        &self.scenes[usize::from(scene.0)]
    }

    pub(crate) fn scene_popularity(&self) -> &AliasTable {
        &self.scene_popularity
    }

    /// Returns the range of an artist's albums.
    pub(crate) fn albums(&self, artist: ArtistId) -> Range<u32> {
        range(&self.first_album, artist.0)
    }

    /// Returns the range of an album's tracks.
    pub(crate) fn tracks(&self, album: AlbumId) -> Range<u32> {
        range(&self.first_track, album.0)
    }

    /// Returns the range of a scene's tracks.
    pub(crate) fn tracks_of_scene(&self, scene: SceneId) -> Range<u32> {
        let artists = self.scene(scene).artists();
        let album = |artist: u32| self.first_album[artist as usize] as usize;
        self.first_track[album(artists.start)]..self.first_track[album(artists.end)]
    }

    pub(crate) fn scene_of(&self, artist: ArtistId) -> SceneId {
        SceneId(u16::try_from(owner(&self.first_artist, artist.0)).unwrap_or(u16::MAX))
    }

    /// Returns what a track belongs to.
    pub(crate) fn track(&self, id: TrackId) -> Track {
        let album = AlbumId(owner(&self.first_track, id.0));
        let artist = ArtistId(owner(&self.first_album, album.0));
        Track { id, album, artist, scene: self.scene_of(artist) }
    }
}

/// Chooses the scenes of a catalogue: all if it is large, else a few that lie far apart.
fn active_styles(tracks: u32) -> Vec<&'static Style> {
    let all = u32::try_from(SCENES.len()).unwrap_or(u32::MAX);
    let count = (tracks / TRACKS_PER_SCENE).clamp(MIN_SCENES, all) as usize;
    (0..count).map(|index| &SCENES[index * SCENES.len() / count]).collect()
}

/// Finds numbers of artists whose discographies together have about `tracks` tracks.
///
/// Another number of artists gives other discographies, so a correction may overshoot: the best
/// round counts.
fn fitting_sizes(key: u64, styles: &[&Style], tracks: u32) -> Vec<u32> {
    let mut artists = f64::from(tracks) / TRACKS_PER_ARTIST;
    let mut best = (f64::INFINITY, Vec::new());
    for _ in 0..FITTING_ROUNDS {
        let sizes = scene_sizes(styles, artists);
        let ratio = count_tracks(key, &sizes) / f64::from(tracks);
        let error = (ratio - 1.0).abs();
        if error < best.0 {
            best = (error, sizes);
        }
        if error < FITTING_ERROR {
            break;
        }
        artists /= ratio;
    }
    best.1
}

/// Shares the artists out among scenes: half evenly, half by popularity.
fn scene_sizes(styles: &[&Style], artists: f64) -> Vec<u32> {
    let total: f64 = styles.iter().map(|style| f64::from(style.weight)).sum();
    let even = 0.5 / styles.len() as f64;
    styles.iter().map(|style| truncate(artists * (even + 0.5 * f64::from(style.weight) / total)).max(8)).collect()
}

fn relative_ranks(size: u32) -> impl Iterator<Item = f64> {
    (0..size).map(move |rank| (f64::from(rank) + 0.5) / f64::from(size))
}

fn count_tracks(key: u64, sizes: &[u32]) -> f64 {
    let ranks = sizes.iter().flat_map(|&size| relative_ranks(size));
    (0_u32..).zip(ranks).flat_map(|(artist, rank)| album_lengths(key, artist, rank)).map(f64::from).sum()
}

fn discographies(key: u64, sizes: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let (mut albums, mut tracks) = (Vec::new(), Vec::new());
    let ranks = sizes.iter().flat_map(|&size| relative_ranks(size));
    for (artist, rank) in (0_u32..).zip(ranks) {
        let before = tracks.len();
        tracks.extend(album_lengths(key, artist, rank));
        albums.push(u32::try_from(tracks.len() - before).unwrap_or(u32::MAX));
    }
    (offsets(albums.into_iter()), offsets(tracks.into_iter()))
}

/// Turns lengths into first positions, with the total at the end.
fn offsets(lengths: impl Iterator<Item = u32>) -> Vec<u32> {
    let sums = lengths.scan(0, |end, length| {
        *end += length;
        Some(*end)
    });
    std::iter::once(0).chain(sums).collect()
}

fn range(first: &[u32], index: u32) -> Range<u32> {
    first[index as usize]..first[index as usize + 1]
}

/// Returns the index of the range that holds `position`.
fn owner(first: &[u32], position: u32) -> u32 {
    u32::try_from(first.partition_point(|&start| start <= position) - 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_about_the_tracks_asked_for() {
        #[track_caller]
        fn check(tracks: u32, tolerance: f64) {
            for seed in 0..3 {
                let laid_out = Catalog::new(seed, tracks).track_count();
                let error = (f64::from(laid_out) / f64::from(tracks) - 1.0).abs();
                assert!(error < tolerance, "{laid_out} tracks instead of {tracks} with seed {seed}");
            }
        }
        check(2_000, 0.05);
        check(10_000, 0.02);
        check(300_000, 0.01);
    }

    #[test]
    fn ranges_nest_without_gaps() {
        let catalog = Catalog::new(7, 20_000);
        let mut next = TrackId(0);
        for artist in (0..catalog.first_album.len() - 1).map(|artist| ArtistId(u32::try_from(artist).unwrap())) {
            for album in catalog.albums(artist).map(AlbumId) {
                for id in catalog.tracks(album).map(TrackId) {
                    assert_eq!(id, next);
                    assert_eq!(catalog.track(id), Track { id, album, artist, scene: catalog.scene_of(artist) });
                    next = TrackId(id.0 + 1);
                }
            }
        }
        assert_eq!(next.0, catalog.track_count());
    }
}
