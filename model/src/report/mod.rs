//! What was measured about a model, as a page that one can look at: one file of HTML that needs nothing else.

mod chart;
mod escape;
mod examples;
mod page;

pub use examples::{Example, examples};
pub use page::page;
