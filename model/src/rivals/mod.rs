//! What the network has to beat, and what helps out where it has nothing to say.
//!
//! Item k-nearest-neighbours over co-occurrence is a strong rival: tuned, it reached 95 % of the winner of the RecSys
//! Challenge 2018. It is therefore measured beside the network and is half of the blend that is shipped.

mod damping;
mod item_knn;
mod neighbours;
mod popularity;
mod title;
mod title_model;
mod title_recommender;

pub use damping::{DampingChoice, TriedDamping, choose_damping};
pub use item_knn::ItemKnn;
pub use neighbours::{Neighbour, Neighbours};
pub use popularity::Popularity;
pub use title::{normalise_title, title_words};
pub use title_model::{TermKind, TermTracks, TitleModel};
pub use title_recommender::TitleRecommender;
