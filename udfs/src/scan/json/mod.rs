//! The parser for slices: tokens, playlists, documents, and what can be wrong with them.

mod cursor;
mod document;
mod fault;
mod playlist;
mod special;
mod track;
mod track_shape;

#[cfg(test)]
mod tests;

pub(crate) use cursor::{RawString, unescape};
pub(crate) use document::{Document, Layout, Step};
pub(crate) use fault::{Fault, FaultKind};
pub(crate) use playlist::Playlist;
pub(crate) use track::Track;
