//! Functions of real numbers, in double precision. Outside of their domains they are NaN.

use arrow::{
    array::{ArrayRef, BooleanArray, Float64Array},
    datatypes::Float64Type,
};
use datafusion::error::Result;

use crate::functions::scalar::Call;

fn map(call: &Call, f: impl Fn(f64) -> f64) -> Result<ArrayRef> {
    call.unary::<Float64Type, Float64Type>(f)
}

fn map2(call: &Call, f: impl Fn(f64, f64) -> f64) -> Result<ArrayRef> {
    call.map2::<Float64Array, Float64Array, _, Float64Array>(|x, y| Ok(Some(f(x, y))))
}

fn test(call: &Call, f: impl Fn(f64) -> bool) -> Result<ArrayRef> {
    call.map1::<Float64Array, _, BooleanArray>(|x| Ok(Some(f(x))))
}

pub(super) fn sqrt(call: &Call) -> Result<ArrayRef> {
    map(call, f64::sqrt)
}

pub(super) fn cbrt(call: &Call) -> Result<ArrayRef> {
    map(call, f64::cbrt)
}

pub(super) fn exp(call: &Call) -> Result<ArrayRef> {
    map(call, f64::exp)
}

pub(super) fn ln(call: &Call) -> Result<ArrayRef> {
    map(call, f64::ln)
}

pub(super) fn log2(call: &Call) -> Result<ArrayRef> {
    map(call, f64::log2)
}

pub(super) fn log10(call: &Call) -> Result<ArrayRef> {
    map(call, f64::log10)
}

pub(super) fn degrees(call: &Call) -> Result<ArrayRef> {
    map(call, f64::to_degrees)
}

pub(super) fn radians(call: &Call) -> Result<ArrayRef> {
    map(call, f64::to_radians)
}

pub(super) fn sin(call: &Call) -> Result<ArrayRef> {
    map(call, f64::sin)
}

pub(super) fn cos(call: &Call) -> Result<ArrayRef> {
    map(call, f64::cos)
}

pub(super) fn tan(call: &Call) -> Result<ArrayRef> {
    map(call, f64::tan)
}

pub(super) fn asin(call: &Call) -> Result<ArrayRef> {
    map(call, f64::asin)
}

pub(super) fn acos(call: &Call) -> Result<ArrayRef> {
    map(call, f64::acos)
}

pub(super) fn atan(call: &Call) -> Result<ArrayRef> {
    map(call, f64::atan)
}

pub(super) fn sinh(call: &Call) -> Result<ArrayRef> {
    map(call, f64::sinh)
}

pub(super) fn cosh(call: &Call) -> Result<ArrayRef> {
    map(call, f64::cosh)
}

pub(super) fn tanh(call: &Call) -> Result<ArrayRef> {
    map(call, f64::tanh)
}

pub(super) fn log(call: &Call) -> Result<ArrayRef> {
    map2(call, |base, x| x.ln() / base.ln())
}

pub(super) fn power(call: &Call) -> Result<ArrayRef> {
    map2(call, f64::powf)
}

pub(super) fn atan2(call: &Call) -> Result<ArrayRef> {
    map2(call, f64::atan2)
}

pub(super) fn is_nan(call: &Call) -> Result<ArrayRef> {
    test(call, f64::is_nan)
}

pub(super) fn is_finite(call: &Call) -> Result<ArrayRef> {
    test(call, f64::is_finite)
}

pub(super) fn is_infinite(call: &Call) -> Result<ArrayRef> {
    test(call, f64::is_infinite)
}
