//! Logical optimizer rules of Segue, one per file.

mod narrow_tracks;

pub use narrow_tracks::NarrowTracks;
