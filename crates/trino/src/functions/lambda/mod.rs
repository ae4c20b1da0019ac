//! Functions that take lambdas.
//!
//! A call with lambdas becomes one scalar function of its own: it carries the bodies of its lambdas as expressions over
//! their parameters and over the columns that they capture, and it takes the captured columns as further arguments.
//!
//! ```text
//! transform(a, x -> x + t.b)   is   transform⟨x + c0⟩(a, t.b)
//! ```
//!
//! DataFusion has lambdas of its own (`HigherOrderUDF`), which its protobuf carries too. They are not used, as a
//! lambda's variables are columns behind those of the input there, counted when the plan is made: a rule of the
//! physical optimizer that puts an expression over another, wider input rewrites the columns and not the variables.
//! An argument is rewritten by every rule, and a body that sees nothing but its own columns need not be.
//!
//! The planner calls [`parameters`] for the types of the parameters of each lambda, left to right, plans its body with
//! parameters as columns of its own choice, and hands all to [`call`]. Executors get the function by way of
//! [`super::codec`].

mod aggregate;
mod array;
mod attempt;
mod body;
mod call;
mod function;
mod map;
mod reduce;
mod sort;

pub(super) use aggregate::ReduceAgg;
pub(crate) use aggregate::{REDUCE_AGG, reduce_agg};
pub(super) use body::Body;
pub(crate) use call::attempt;
pub use call::{Argument, Lambda, call, names, parameters, returns, takes_lambda};
use function::HigherOrder;
pub(super) use function::{Closure, Part};

/// All of them.
pub(super) const ALL: &[HigherOrder] = &[
    array::TRANSFORM,
    array::FILTER,
    array::ANY_MATCH,
    array::ALL_MATCH,
    array::NONE_MATCH,
    array::ZIP_WITH,
    reduce::REDUCE,
    sort::ARRAY_SORT,
    map::MAP_FILTER,
    map::TRANSFORM_KEYS,
    map::TRANSFORM_VALUES,
    map::MAP_ZIP_WITH,
    attempt::TRY,
];
