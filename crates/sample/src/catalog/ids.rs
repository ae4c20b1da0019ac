//! Identities within the catalogue.

/// Identifies a scene, in the order of the catalogue's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SceneId(pub(crate) u16);

/// Identifies an artist; a scene's artists are consecutive, the most popular first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ArtistId(pub(crate) u32);

/// Identifies an album; an artist's albums are consecutive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AlbumId(pub(crate) u32);

/// Identifies a track; an album's tracks are consecutive, in the order of the album.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TrackId(pub(crate) u32);

/// A track together with what it belongs to, so that nothing is looked up twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Track {
    pub(crate) id: TrackId,
    pub(crate) album: AlbumId,
    pub(crate) artist: ArtistId,
    pub(crate) scene: SceneId,
}
