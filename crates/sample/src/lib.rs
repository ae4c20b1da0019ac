//! Makes playlist slices in the format of the Spotify Million Playlist Dataset (MPD).
//!
//! The MPD itself may not be redistributed, so demos, tests and benchmarks need data of the same
//! shape that anyone may make. This crate writes slices that match it to the byte in style (Python
//! 2's `json.dump` with a 4-space indent) and closely in statistics, with names that are invented
//! throughout.
//!
//! ```text
//! SampleOptions ─► Catalog    scenes ► artists ► albums ► tracks; names and URIs are computed
//!                     │
//!           pid ─► Playlist   theme ► title and tastes ► sequence of tracks
//!                     │
//!                   slice     JSON ► gzip or zstd ► temporary file ► rename
//! ```
//!
//! Three properties hold by construction:
//!
//! * **Reproducible.** The catalogue depends on the seed and its size only, a playlist on the
//!   catalogue and its pid only. Neither the number of slices nor the number of threads changes a
//!   byte. Sampling uses additions, multiplications, divisions and square roots only, which IEEE
//!   754 defines exactly, so platforms agree too.
//! * **Worth learning.** Playlists keep to scenes, to circles of artists within them, to albums,
//!   and some tracks tend to follow others, so titles, co-occurrence and order each carry signal.
//! * **Bounded.** A thread holds one playlist and a small output buffer, never a whole slice.
//!
//! The crate knows nothing of the query engine, and reads no slices.

mod compression;
mod error;
mod generator;
mod options;
mod progress;
mod write;

mod alias;
mod curve;
mod random;
mod seen;

mod catalog;
mod format;
mod naming;
mod playlist;
mod vocabulary;

pub use compression::Compression;
pub use error::Error;
pub use generator::Generator;
pub use options::SampleOptions;
pub use progress::{Progress, Summary};
pub use write::write_slices;
