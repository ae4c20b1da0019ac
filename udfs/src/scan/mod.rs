//! The raw scan: slices of the Million Playlist Dataset as a table with nested tracks.
//!
//! A slice is one pretty-printed JSON object of about 33 MB and thus an indivisible unit of work. It is streamed: a task
//! holds a few MB of a slice and one batch of rows, whatever the size and number of the slices. Plain, `.gz` and `.zst`
//! files are read from disk and S3; so are files of playlists, one per line (`.jsonl`, `.ndjson`).
//!
//! A playlist that cannot be used is named by file, byte offset and JSON path. Whether it fails the query or is set
//! aside is [`BadInput`]; what was set aside is itself a table ([`Content::Rejects`]), so nothing is dropped in silence.

mod batch;
mod fields;
mod input;
mod json;
mod opener;
mod schema;
mod source;
mod spec;
mod table;
mod text_column;

pub use fields::unknown_fields;
pub use schema::TRACKS;
pub use source::SliceSource;
pub use spec::{BadInput, Content, ScanSpec};
pub use table::{SliceTable, SliceVersions, version_of};
