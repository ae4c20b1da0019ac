//! Whether what a run makes is as good as what was there before it: the model beside the published one, the rows of a
//! step beside those of past runs.

mod history;
mod model;
mod rows;

pub use history::{Distance, RowHistory, RowPolicy};
pub use model::WorseModel;
pub(crate) use model::forbid_worse;
pub use rows::RowFinding;
pub(crate) use rows::RowJudge;
