//! The training loop: passes over the playlists, validation, early stopping, and the report of how it went.

mod bar_progress;
mod checkpoint;
mod dataset;
mod early_stopping;
mod feed;
mod fitted_rivals;
mod line_progress;
mod log_progress;
mod metered_progress;
mod planned_step;
mod progress;
mod report;
mod session;
mod side_by_side;
mod silent_progress;
mod stop_reason;
mod trainer;

pub use bar_progress::BarProgress;
pub use checkpoint::CheckpointFile;
pub use dataset::Dataset;
pub use early_stopping::EarlyStopping;
pub use line_progress::LineProgress;
pub use log_progress::LogProgress;
pub use metered_progress::MeteredProgress;
pub use progress::Progress;
pub use report::{TrainingReport, ValidationPoint};
pub use session::train_model;
pub use silent_progress::SilentProgress;
pub use stop_reason::StopReason;
pub use trainer::Trainer;
