//! Counts which items stand together in groups, and how strongly.
//!
//! Groups and items are numbers here; what they stand for, and where they come from, is the caller's business. The
//! pairs are the entries of M·Mᵀ, M being the item-group incidence matrix. They are never stored: one row at a time is
//! accumulated (Gustavson 1978, Two Fast Algorithms for Sparse Matrices) and cut to its best entries before the next.
//!
//! ```text
//! memberships ──► Incidence ──► blocks of items ──► Counter ──► Neighbours of each block
//! ```
//!
//! What limits the counting is the way to the accumulators, not arithmetic, so everything is about their size: items
//! that cannot have a neighbour get none, ids follow frequency so that what is used most lies together, and a row uses
//! the narrowest counters that its own frequency allows.

mod block;
mod census;
mod counter;
mod incidence;
mod lists;
mod measure;
mod neighbours;
mod options;
mod parallel;
mod plain;
mod ranking;
mod selection;
mod sequences;
mod weighted;
mod weights;

pub use block::{Block, Division};
pub use census::{Census, Numbering};
pub use counter::Counter;
pub use incidence::{Incidence, Membership};
pub use lists::{Lists, ListsBuilder};
pub use measure::{Measure, PairCounts};
pub use neighbours::Neighbours;
pub use options::{Options, Weighting};
