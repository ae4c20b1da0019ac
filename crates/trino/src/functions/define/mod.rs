//! How functions of one value a row, and of groups, are written down: a name, a typing and an evaluation.

pub(crate) mod aggregate;
mod call;
mod common_type;
mod scalar;

pub(crate) use call::{Call, fit};
pub(crate) use common_type::{common_type, is_integer, is_text};
pub(crate) use scalar::{Arguments, define, define_volatile, unfit};
