//! One JSON document a line, as the `SerDe`s of OpenX, Hive and HCatalog have it.

mod document;
mod read;
mod write;

pub(crate) use read::{Names, read};
pub(crate) use write::write;
