//! Predictions, published set by set.
//!
//! ```text
//!  begin_set ──► loading ──load…──► loading ──publish──► published ──► (superseded) ──prune──► gone
//!                   ▲                  │                     ▲               │
//!                   └──── begin_set ───┘                     └── roll_back ──┘
//!                  (its rows are replaced)
//! ```
//!
//! A pointer row names the current set, and the view `current_predictions` shows that set's rows. Publication verifies
//! the loaded rows and moves the pointer in one transaction, so a statement that reads the view sees the old set or the
//! new one, whole. Nothing ever changes the rows of a set that is or was current.

mod begin;
mod delete;
mod load;
mod prediction_row;
mod prediction_set;
mod prune;
mod publish;
mod read;
mod roll_back;
mod set_record;
mod set_state;
mod sets;
mod verify;

pub use prediction_row::{PredictionRow, Recommendation};
pub use prediction_set::PredictionSet;
pub use publish::Publication;
pub use set_record::SetRecord;
pub use set_state::SetState;

/// The slot whose set `current_predictions` shows.
const SLOT: &str = "next_track";
