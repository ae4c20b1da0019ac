//! Tracks: their names for applications, and the small integer keys under which predictions hold them.
//!
//! A prediction row with a key takes 45 bytes in MySQL, one with a 36-character URI 80 (measured on a million rows),
//! in the table and in the buffer pool; and the set that is loaded each night has millions of rows. The price is one
//! look-up per distinct track and batch when rows are loaded, and a join by primary key when they are read.

mod keys;
mod track;
mod upsert;

pub(crate) use keys::TrackKeys;
pub use track::Track;
pub(crate) use track::check_uri;
