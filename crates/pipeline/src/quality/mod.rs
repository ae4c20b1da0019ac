//! Whether what a run makes is as good as what was there before it: the model beside the published one, the rows of a
//! step and what these are like beside those of past runs, the fields of slices beside those that tables have.

mod drift;
mod fields;
mod history;
mod measure;
mod model;
mod rows;

pub use drift::Drift;
pub(crate) use drift::measure;
pub(crate) use fields::unknown_fields;
pub use history::{Distance, History, RowPolicy};
pub use model::WorseModel;
pub(crate) use model::forbid_worse;
pub(crate) use rows::Judge;
pub use rows::RowFinding;
