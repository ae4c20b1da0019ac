//! What the network has to beat, and what helps out where it has nothing to say.
//!
//! Item k-nearest-neighbours over co-occurrence is a strong rival: tuned, it reached 95 % of the winner of the RecSys
//! Challenge 2018. It is therefore measured beside the network and is half of the blend that is shipped.

mod als_tuning;
mod counting;
mod item_knn;
mod matrix_factorisation;
mod measure;
mod neighbours;
mod playlist_index;
mod playlist_knn;
mod playlist_tuning;
mod popularity;
mod seed_weights;
mod sparse_sums;
mod title;
mod title_model;
mod title_recommender;
mod tuning;

pub use als_tuning::{AlsChoice, TriedAls, choose_als};
pub use item_knn::ItemKnn;
pub use matrix_factorisation::{AlsOptions, MatrixFactorisation};
pub use measure::NeighbourMeasure;
pub use neighbours::{Neighbour, Neighbours};
pub use playlist_index::PlaylistIndex;
pub use playlist_knn::PlaylistKnn;
pub use playlist_tuning::{PlaylistKnnChoice, TriedPlaylistKnn, choose_playlist_knn};
pub use popularity::Popularity;
pub use seed_weights::SeedWeights;
pub use title::{normalise_title, title_words};
pub use title_model::{TermKind, TermTracks, TitleModel};
pub use title_recommender::TitleRecommender;
pub use tuning::{KnnChoice, TriedKnn, choose_knn};
