//! `greatest` and `least`. A NaN is chosen only if there is nothing else.

use arrow::array::Datum;
use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray},
    compute::{
        is_null,
        kernels::{
            boolean::{and_not, or_kleene},
            cmp,
            nullif::nullif,
            zip::zip,
        },
    },
    datatypes::{DataType, Float32Type, Float64Type},
    error::ArrowError,
};
use datafusion::error::Result;

use crate::{
    TrinoType,
    functions::scalar::{Arguments, Call, Fit, common_type},
};

pub(super) fn typing(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let Some((first, rest)) = arguments.types.split_first() else { return Ok(None) };
    let common = rest.iter().try_fold(first.clone(), |common, next| common_type(&common, next));
    let is_ordered = |of: &TrinoType| !matches!(of, TrinoType::Json | TrinoType::Map(..) | TrinoType::HyperLogLog);
    Ok(common.filter(is_ordered).map(|of| Fit { parameters: vec![of.clone(); arguments.types.len()], result: of }))
}

type Compare = fn(&dyn Datum, &dyn Datum) -> std::result::Result<BooleanArray, ArrowError>;

pub(super) fn greatest(call: &Call) -> Result<ArrayRef> {
    extreme(call, cmp::gt)
}

pub(super) fn least(call: &Call) -> Result<ArrayRef> {
    extreme(call, cmp::lt)
}

fn extreme(call: &Call, is_better: Compare) -> Result<ArrayRef> {
    let mut best = call.whole(0)?;
    for at in 1..call.len() {
        let next = call.whole(at)?;
        if next.data_type().is_null() {
            continue;
        }
        let better = or_kleene(&and_not(&is_better(&next, &best)?, &nan(&next))?, &nan(&best))?;
        best = zip(&better, &next, &best)?;
    }
    match call.valid()? {
        Some(valid) => {
            let is_missing = is_null(&BooleanArray::new(valid.inner().clone(), Some(valid)))?;
            Ok(nullif(&best, &is_missing)?)
        }
        None => Ok(best),
    }
}

/// Which values are no numbers.
fn nan(array: &ArrayRef) -> BooleanArray {
    let is_nan = |at: usize| match array.data_type() {
        DataType::Float64 => array.as_primitive::<Float64Type>().value(at).is_nan(),
        DataType::Float32 => array.as_primitive::<Float32Type>().value(at).is_nan(),
        _ => false,
    };
    (0..array.len()).map(|at| Some(is_nan(at))).collect()
}
