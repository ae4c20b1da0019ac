//! The next-track network: item embeddings, an encoder that reads the sequence, and the same embeddings as output.
//!
//! ```text
//! tokens ─► item rows ─► + position ─► encoder ─► layer norm ─► context ─► · item rows + bias ─► scores
//! [b, l]    [b, l, d]    [b, l, d]     [b, l, d]                [b, l, d]                        [b, l, items]
//! ```
//!
//! Input and output share one table (tied embeddings): it is by far the largest tensor, and a track that is rare as a
//! target still learns from where it stands as context. The encoder is a [`SequenceEncoder`], so that another one is
//! another file here.

mod attribute_embedding;
mod dot;
mod dropout;
mod gru;
mod item_index;
mod item_rows;
mod item_table;
mod layer_norm;
mod linear;
mod logit_moments;
mod network_recommender;
mod next_track_network;
mod reader;
mod row_index;
mod sequence_encoder;
mod transformer;
mod transformer_block;

pub(crate) use item_index::{ItemIndex, Search};
pub(crate) use layer_norm::LAYER_NORM_EPSILON;
pub(crate) use logit_moments::LogitMoments;
pub(crate) use transformer_block::FEED_FORWARD_FACTOR;

pub use dropout::Dropout;
pub use gru::GruEncoder;
pub use item_rows::ItemRows;
pub use item_table::ItemTable;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use network_recommender::NetworkRecommender;
pub use next_track_network::NextTrackNetwork;
pub use reader::Reader;
pub use row_index::RowIndex;
pub use sequence_encoder::SequenceEncoder;
pub use transformer::TransformerEncoder;
pub use transformer_block::TransformerBlock;
