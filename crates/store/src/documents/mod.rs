//! Named JSON documents: what the data catalog and the query endpoint keep.
//!
//! The store knows their names and revisions, not what they say. A change that was made from an older revision than the
//! one that is there is refused, so that of two processes that change the same object one has to look again.

mod changes;
mod document;
mod reads;

pub use document::{Document, DocumentKey};
