//! Logical optimizer rules of Segue, one per file.

mod cooccurrence_node;
mod divide_cooccurrence;
mod empty_rows;
mod fields_read;
mod fuse_unnest;
mod narrow_neighbours;
mod narrow_tracks;
mod slice_scan;
mod travelling_windows;

pub(crate) use cooccurrence_node::{CooccurrenceNode, Counted};
pub use divide_cooccurrence::DivideCooccurrence;
pub use empty_rows::KeepEmptyColumns;
pub(crate) use empty_rows::NoRowsNode;
pub use fuse_unnest::FuseUnnest;
pub use narrow_neighbours::NarrowNeighbours;
pub use narrow_tracks::NarrowTracks;
pub use travelling_windows::TravellingWindows;
