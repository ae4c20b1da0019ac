//! Names of artists, albums and tracks.
//!
//! A name is a function of the catalogue's key and an id, so it is the same in every slice and
//! takes no memory. Names of different things may coincide, as real ones do.

mod album;
mod artist;
mod syllables;
mod track;

pub(crate) use album::push_album_name;
pub(crate) use artist::push_artist_name;
pub(crate) use track::push_track_name;

#[cfg(test)]
mod tests;
