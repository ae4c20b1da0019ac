//! Logical optimizer rules of Segue, one per file.

mod fuse_unnest;
mod narrow_tracks;
mod slice_scan;

pub use fuse_unnest::FuseUnnest;
pub use narrow_tracks::NarrowTracks;
