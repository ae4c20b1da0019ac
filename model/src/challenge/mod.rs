//! The RecSys Challenge 2018 on the Million Playlist Dataset: its ten categories, and submissions to it.

mod category;
mod challenge_set;
mod evaluate;
mod shipped;
mod submission;

pub use category::{CATEGORIES, Category, Shown};
pub use challenge_set::{ChallengePlaylist, ChallengeSet};
pub use evaluate::{CategoryMetrics, evaluate_categories};
pub use shipped::Shipped;
pub use submission::{LIST_LENGTH, Team, write_submission};
