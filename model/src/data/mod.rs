//! What the lake gives to the model: playlists, tracks, and the vocabulary made of them.
//!
//! Two kinds of numbers name a track here and must not be mixed up: a [`TrackId`] is a key of the lake's `tracks` table
//! and may change whenever the lake is built again; an [`Item`] is a position in one model's vocabulary and never
//! changes. What joins them is the track's address.

mod artist_index;
mod attributes;
mod batch;
mod batches;
mod catalogue;
mod columns;
mod corpus;
mod held_out;
mod item;
mod item_lookup;
mod lake_tables;
mod playlist;
mod sequences;
mod split;
mod track;
mod track_id;
mod vocabulary;

pub use artist_index::{ArtistId, ArtistIndex};
pub use attributes::{Attributes, Categories};
pub use batch::Batch;
pub use batches::Batches;
pub use catalogue::Catalogue;
pub use corpus::Corpus;
pub use held_out::HeldOut;
pub use item::Item;
pub use item_lookup::ItemLookup;
pub use playlist::{PLAYLIST_COLUMNS, Playlist};
pub use sequences::Sequences;
pub use split::Split;
pub use track::Track;
pub use track_id::TrackId;
pub use vocabulary::Vocabulary;

pub(crate) use columns::{integer_lists, integers, numbers, texts};
pub(crate) use corpus::draw;
pub(crate) use lake_tables::{SEQUENCES, TRACK_COOCCURRENCE, TRACKS, open_table, require_made_from};
pub(crate) use vocabulary::{choose_tracks, hex};
