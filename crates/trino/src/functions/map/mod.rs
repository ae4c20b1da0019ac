//! Maps.

mod entries;

pub(crate) use entries::{Entries, duplicate_map_keys};
