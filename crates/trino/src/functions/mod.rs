//! Trino's functions.
//!
//! DataFusion has functions of the same names with other meanings, and both must be known to one session. So Trino's
//! are registered with [`PREFIX`] before their name, and only [`crate::sql`] looks there. Each is one type that says
//! what it takes and yields, what NULL, empty and extreme values do, and which error it ends with.

mod aggregate;
mod arithmetic;
mod array;
mod binary;
mod bitwise;
mod bound;
pub mod codec;
mod conditional;
mod conversion;
mod define;
mod format;
mod grammar;
mod json;
pub mod lambda;
mod map;
mod math;
mod regex;
mod register;
mod scalar;
mod sketch;
mod text;
mod time;
mod url;
mod window;

pub(crate) use bound::{bind, bind_as};
pub(crate) use define::aggregate::bind_aggregate;
pub(crate) use grammar::{RECURSION_DEPTH, unnest_ordinals};
pub use register::{Entry, FunctionSet, catalogue, functions};

/// What stands before the name of a function of Trino's where DataFusion knows it.
pub const PREFIX: &str = "trino$";
