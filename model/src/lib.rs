//! Next-track models for playlists: training, evaluation, batch prediction and recommendation.
//!
//! The flow is one way:
//!
//! ```text
//! lake tables ──► data ──► training ──► network ─┐
//!                  │        (loss, optim)        ├─► blend ──► evaluation ──► artefact ──► predict, recommend, serve
//!                  └──► rivals (popularity, ─────┘               (metrics)
//!                        item k-nearest-neighbours, title)
//! ```
//!
//! Everything that can rank tracks implements [`recommender::Recommender`], so that one metric code judges the network
//! and its rivals alike. This is the only crate of Segue that links libtorch; it knows the lake but no query engine.

pub mod artefact;
pub mod blend;
pub mod challenge;
pub mod command;
pub mod config;
pub mod data;
pub mod evaluation;
pub mod loss;
pub mod metrics;
pub mod network;
pub mod optim;
pub mod predict;
pub mod recommend;
pub mod recommender;
pub mod report;
pub mod rivals;
pub mod serve;
pub mod training;
pub mod versions;

mod device;
mod error;
mod waiting;

pub use device::DeviceChoice;
pub use error::{Error, Result};
pub use waiting::wait_without_spinning;
