//! What every recommender can do, and how its scores become a list.

mod query;
mod rank;
mod recommendation;
mod scorer;
mod top_k;

pub use query::Query;
pub use rank::{queries_at_once, rank};

pub(crate) use rank::select;
pub use recommendation::Recommendation;
pub use scorer::Recommender;
pub use top_k::top_k;
