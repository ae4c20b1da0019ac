//! Operators by the kind of their operands. Integers go through Arrow's checked kernels.

use arrow::{
    array::{ArrayRef, Datum, Scalar},
    compute::kernels::numeric,
    datatypes::DataType,
    error::ArrowError,
};
use datafusion::error::{DataFusionError, Result};

use super::decimal;
use crate::{ErrorName, TrinoType, functions::scalar::Call};

type Kernel = fn(&dyn Datum, &dyn Datum) -> std::result::Result<ArrayRef, ArrowError>;

fn is_decimal(call: &Call) -> bool {
    matches!(call.types.result, TrinoType::Decimal { .. })
}

fn by_kernel(call: &Call, name: &str, kernel: Kernel) -> Result<ArrayRef> {
    let ((left, left_constant), (right, right_constant)) = (call.array(0), call.array(1));
    let found = match (left_constant && !right_constant, right_constant && !left_constant) {
        (true, _) => kernel(&Scalar::new(left), right),
        (_, true) => kernel(left, &Scalar::new(right)),
        _ => kernel(left, right),
    };
    found.map_err(|error| named(error, &call.types.result, name))
}

/// Arrow's error by Trino's name, with the operands that Arrow tells.
fn named(error: ArrowError, of: &TrinoType, name: &str) -> DataFusionError {
    match error {
        ArrowError::DivideByZero => ErrorName::DivisionByZero.error("Division by zero"),
        ArrowError::ArithmeticOverflow(message) => {
            let operands = message.trim_start_matches("Overflow happened on: ");
            ErrorName::NumericValueOutOfRange.error(format!("{of} {name} overflow: {operands}"))
        }
        other => other.into(),
    }
}

pub(super) fn add(call: &Call) -> Result<ArrayRef> {
    if is_decimal(call) { decimal::add(call) } else { by_kernel(call, "addition", numeric::add) }
}

pub(super) fn subtract(call: &Call) -> Result<ArrayRef> {
    if is_decimal(call) { decimal::subtract(call) } else { by_kernel(call, "subtraction", numeric::sub) }
}

pub(super) fn multiply(call: &Call) -> Result<ArrayRef> {
    if is_decimal(call) { decimal::multiply(call) } else { by_kernel(call, "multiplication", numeric::mul) }
}

pub(super) fn divide(call: &Call) -> Result<ArrayRef> {
    if is_decimal(call) { decimal::divide(call) } else { by_kernel(call, "division", numeric::div) }
}

pub(super) fn modulus(call: &Call) -> Result<ArrayRef> {
    if is_decimal(call) { decimal::modulus(call) } else { by_kernel(call, "modulus", numeric::rem) }
}

pub(super) fn negate(call: &Call) -> Result<ArrayRef> {
    let (array, _) = call.array(0);
    match array.data_type() {
        DataType::Decimal128(..) => Ok(numeric::neg(array)?),
        _ => numeric::neg(array).map_err(|error| named(error, &call.types.result, "negation")),
    }
}
