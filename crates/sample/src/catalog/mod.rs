//! The invented music: which artists, albums and tracks exist, and how popular they are.
//!
//! Ids are dense and nested: a scene owns a range of artists by falling popularity, an artist a
//! range of albums, an album a range of tracks. Only the range bounds and the popularity of artists
//! are tables (about 3 bytes a track); names, URIs, durations and successors are computed from ids
//! when they are needed.

mod discography;
mod draw;
mod ids;
mod layout;
mod scene;
mod uri;

pub(crate) use ids::{AlbumId, ArtistId, SceneId, Track, TrackId};
pub(crate) use layout::Catalog;
pub(crate) use scene::Scene;
pub(crate) use uri::{Entity, push_uri};
