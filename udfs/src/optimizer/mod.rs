//! Logical optimizer rules of Segue, one per file.

mod cooccurrence_node;
mod divide_cooccurrence;
mod fields_read;
mod fuse_unnest;
mod narrow_neighbours;
mod narrow_tracks;
mod slice_scan;

pub(crate) use cooccurrence_node::{CooccurrenceNode, Counted};
pub use divide_cooccurrence::DivideCooccurrence;
pub use fuse_unnest::FuseUnnest;
pub use narrow_neighbours::NarrowNeighbours;
pub use narrow_tracks::NarrowTracks;
