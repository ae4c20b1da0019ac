//! Numbers that have a name.

use std::{f64::consts, sync::Arc};

use arrow::array::{ArrayRef, Float64Array};
use datafusion::error::Result;

use crate::functions::scalar::Call;

fn constant(call: &Call, value: f64) -> Result<ArrayRef> {
    Ok(Arc::new(Float64Array::from(vec![value; call.rows])))
}

pub(super) fn pi(call: &Call) -> Result<ArrayRef> {
    constant(call, consts::PI)
}

pub(super) fn e(call: &Call) -> Result<ArrayRef> {
    constant(call, consts::E)
}

pub(super) fn infinity(call: &Call) -> Result<ArrayRef> {
    constant(call, f64::INFINITY)
}

pub(super) fn nan(call: &Call) -> Result<ArrayRef> {
    constant(call, f64::NAN)
}
