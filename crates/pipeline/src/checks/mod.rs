//! Checks of what a step has written, before anybody else sees it.
//!
//! A check is a query under `sql/checks` that yields one row: how many things it looked at (`checked`), how many of them
//! are wrong (`violations`), and one of these (`example`). Its header names the step, and the share of violations that
//! is `allowed`; a run may be told other shares. The table's own name stands for the table as it would be, `written`
//! for the rows that the step brings.

mod check;
mod outcome;
mod session;

pub use check::Check;
pub use outcome::CheckOutcome;
pub(crate) use session::run;
