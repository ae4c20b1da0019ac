//! How a list is judged: one metric per file, all of them over the same [`Judgement`], whoever made the list.
//!
//! The definitions are those of the RecSys Challenge 2018 (organisers' `metrics.py`), computed for each playlist and
//! averaged over playlists. Lists are full rankings of the whole vocabulary, cut at [`LIST_LENGTH`], seeds excluded.
//! Hidden tracks that the model does not know count as missed.

mod bootstrap;
mod clicks;
mod hit_rate;
mod interval;
mod judgement;
mod metric;
mod ndcg;
mod r_precision;
mod r_precision_artists;
mod recall;
mod reciprocal_rank;

pub use bootstrap::Bootstrap;
pub use clicks::Clicks;
pub use hit_rate::HitRate;
pub use interval::Interval;
pub use judgement::Judgement;
pub use metric::{LIST_LENGTH, Metric, continuation, leave_one_out};
pub use ndcg::Ndcg;
pub use r_precision::RPrecision;
pub use r_precision_artists::RPrecisionArtists;
pub use recall::Recall;
pub use reciprocal_rank::ReciprocalRank;

#[cfg(test)]
mod tests;
