//! Dates, times and intervals.
//!
//! A column of timestamps with time zone has one zone for all its values. A function that reads zones out of text takes
//! the zone of its column from a literal argument, and otherwise has UTC; a value in another zone than the column's
//! keeps its instant where Trino compares instants, and would show another zone, so it ends with NOT_SUPPORTED.

mod arithmetic;
mod convert;
mod extract;
mod iso8601;
mod joda;
mod moment;
mod mysql;
mod pattern;
mod truncate;
mod unit;
mod zone;

use std::sync::Arc;

use datafusion::logical_expr::ScalarUDF;

pub(super) use arithmetic::plus_months;
pub(super) use moment::{Moments, array_of, is_moment, local, out_of_range, per_second};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    [
        arithmetic::functions(),
        convert::functions(),
        extract::functions(),
        iso8601::functions(),
        joda::functions(),
        mysql::functions(),
        truncate::functions(),
        zone::functions(),
    ]
    .concat()
}
