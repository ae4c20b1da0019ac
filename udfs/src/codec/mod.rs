//! Codecs: how Segue's tables and operators travel between client, scheduler and executors.
//!
//! Each codec looks for its own nodes, which it writes as an envelope of tagged JSON, and leaves everything else to
//! Ballista's codec. Functions travel by name and are found in the session that every process builds alike, except
//! for those that carry something: types, lambdas, or what is said of a window.

mod envelope;
mod logical;
mod no_rows;
mod physical;
mod row_scan;
mod slice_scan;
pub(crate) mod url_text;

pub use logical::SegueLogicalCodec;
pub use physical::SeguePhysicalCodec;
