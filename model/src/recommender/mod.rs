//! What every recommender can do, and how its scores become a list.

mod best;
mod prior;
mod query;
mod rank;
mod recommendation;
mod scorer;
mod top_k;

pub use query::Query;
pub use rank::{rank, rank_by_scores};

pub(crate) use best::Best;
pub(crate) use prior::rank_over_prior;
pub use recommendation::Recommendation;
pub use scorer::Recommender;
pub use top_k::top_k;
