//! How functions of groups are written down.
//!
//! A function either folds its rows into a state of fixed size ([`Kind::Fold`]), or gathers rows and makes its value of
//! them at the end, with those dropped on the way that no longer matter ([`Kind::Gather`]). Both work in phases, for
//! DISTINCT, and in any window frame.

mod fitted;
mod fold;
mod function;
mod gather;
mod rows;
mod sliding;

pub(crate) use fold::{Fold, Single, fold};
pub(crate) use function::{Kind, aggregate, bind_aggregate, bind_types, types};
pub(crate) use gather::Gathering;
pub(crate) use rows::Rows;
pub(crate) use sliding::Sliding;
