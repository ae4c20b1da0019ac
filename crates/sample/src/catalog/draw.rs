//! Draws tracks by popularity, along albums, and after other tracks.

use super::{AlbumId, ArtistId, Catalog, SceneId, Track, TrackId};
use crate::curve::Curve;
use crate::random::{Domain, Random, keyed};
use crate::vocabulary::SCENES;

/// Duration of a track in milliseconds: quantiles measured on 20,635 real tracks, a few of which
/// last no time at all.
static DURATION_MS: Curve = Curve::new(&[
    (0.0, 0.0),
    (0.00002, 0.9),
    (0.00003, 4_000.0),
    (0.01, 101_000.0),
    (0.05, 142_000.0),
    (0.25, 190_000.0),
    (0.5, 225_000.0),
    (0.75, 267_000.0),
    (0.95, 360_000.0),
    (0.99, 483_000.0),
    (0.999, 751_000.0),
    (1.0, 2_114_000.0),
]);

/// Share of successors that stay in the circle of the track they follow.
const SUCCESSOR_IN_CIRCLE: f64 = 0.5;

impl Catalog {
    /// Draws a scene by popularity.
    pub(crate) fn draw_scene(&self, random: &mut Random) -> SceneId {
        SceneId(u16::try_from(self.scene_popularity().draw(random)).unwrap_or(0))
    }

    /// Draws a track of an artist: early albums more often, and on each album its hits.
    pub(crate) fn draw_hit(&self, artist: ArtistId, scene: SceneId, random: &mut Random) -> Track {
        let albums = self.albums(artist);
        let album = AlbumId(albums.start + random.power_below(3, albums.end - albums.start));
        let tracks = self.tracks(album);
        let length = tracks.end - tracks.start;
        // The greatest hit stands anywhere on the album, so fame and album order are independent.
        let hit = (keyed(self.key, Domain::Hit, u64::from(album.0)) >> 32) as u32 % length;
        let position = (hit + random.power_below(4, length)) % length;
        Track { id: TrackId(tracks.start + position), album, artist, scene }
    }

    /// Draws any track of a scene, famous or not.
    pub(crate) fn draw_obscure(&self, scene: SceneId, random: &mut Random) -> Track {
        let tracks = self.tracks_of_scene(scene);
        self.track(TrackId(tracks.start + random.below(tracks.end - tracks.start)))
    }

    /// Returns the track after this one on its album.
    pub(crate) fn next_on_album(&self, track: Track) -> Option<Track> {
        let id = TrackId(track.id.0 + 1);
        self.tracks(track.album).contains(&id.0).then_some(Track { id, ..track })
    }

    /// Returns one of the tracks that tend to follow this one; equal choices give equal tracks.
    ///
    /// Followers are drawn by popularity from the same scene, so following changes neither which
    /// tracks are popular nor which scenes are. The relation has a direction: a track's follower is
    /// rarely followed by it.
    pub(crate) fn successor(&self, track: Track, choice: u8) -> Track {
        let mut random = Random::new(self.key, Domain::Successor, u64::from(track.id.0) << 8 | u64::from(choice));
        let scene = self.scene(track.scene);
        let artist = if random.chance(SUCCESSOR_IN_CIRCLE) {
            scene.draw_artist_of(scene.circle_of(track.artist), &mut random)
        } else {
            scene.draw_artist(&mut random)
        };
        self.draw_hit(artist, track.scene, &mut random)
    }

    pub(crate) fn duration_ms(&self, track: Track) -> u32 {
        let mut random = Random::new(self.key, Domain::Duration, u64::from(track.id.0));
        let duration_ms = DURATION_MS.at(random.unit());
        // Styles scale durations in percent; whole numbers keep the result exact.
        let percent = u64::from(self.scene(track.scene).style.duration_percent);
        u32::try_from(u64::from(duration_ms) * percent / 100).unwrap_or(u32::MAX)
    }

    /// Finds the scene of this name, or where a small catalogue lacks it, the one before it on the
    /// list.
    pub(crate) fn scene_named(&self, name: &str) -> SceneId {
        let wanted = SCENES.iter().position(|style| style.name == name).unwrap_or(0);
        let active = |index: u16| self.scene(SceneId(index)).style.name;
        let position = |index: u16| SCENES.iter().position(|style| style.name == active(index)).unwrap_or(0);
        let count = self.scene_count();
        SceneId((0..count).rev().find(|&index| position(index) <= wanted).unwrap_or(0))
    }

    pub(crate) fn scene_count(&self) -> u16 {
        u16::try_from(self.scenes.len()).unwrap_or(u16::MAX)
    }
}
