//! Trino's functions.
//!
//! DataFusion has functions of the same names with other meanings, and both must be known to one session. So Trino's
//! are registered with [`PREFIX`] before their name, and only [`crate::sql`] looks there. Each is one type that says
//! what it takes and yields, what NULL, empty and extreme values do, and which error it ends with.

mod aggregate;
mod array;
mod define;
mod json;
pub mod lambda;
mod map;
mod register;
mod sketch;
mod time;
mod window;

pub use register::{FunctionSet, functions};

/// What stands before the name of a function of Trino's where DataFusion knows it.
pub const PREFIX: &str = "trino$";
