//! `value_at_quantile`, `values_at_quantiles`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, ListArray},
    compute::cast,
    datatypes::{DataType, Field, Float64Type},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{
    digest::{Digest, Kept, Number, invalid, sortable},
    percentile::is_share,
};
use crate::{
    TrinoType,
    functions::{
        array::Elements,
        define::{Arguments, Call, define},
    },
};

pub(super) fn scalars() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("value_at_quantile", |arguments| Ok(typing(arguments, false)), value_at_quantile),
        define("values_at_quantiles", |arguments| Ok(typing(arguments, true)), values_at_quantiles),
    ]
}

/// `value_at_quantile(digest, q)`: the value below which the share `q` lies, of the type of the digest's values;
/// `values_at_quantiles(digest, array)`: those for all shares of an array. INVALID_FUNCTION_ARGUMENT for shares outside
/// of 0 to 1, and in an array for NULL and for shares that do not ascend.
fn typing(arguments: &Arguments<'_>, several: bool) -> Option<TrinoType> {
    let [digest, share] = arguments.types else { return None };
    let of = match digest {
        TrinoType::TDigest => TrinoType::Double,
        TrinoType::QDigest(of) => of.as_ref().clone(),
        _ => return None,
    };
    match share {
        TrinoType::Array(share) if several && is_share(share) => Some(TrinoType::Array(Box::new(of))),
        share if !several && is_share(share) => Some(of),
        _ => None,
    }
}

fn kept(call: &Call) -> Kept {
    match &call.types[0] {
        TrinoType::QDigest(value) => Kept::Q(Number::of(value)),
        _ => Kept::T,
    }
}

/// A value as a number: the bits of a double for t-digests.
fn value_at(digest: &mut Digest, share: f64) -> Result<i64> {
    if !(0.0..=1.0).contains(&share) {
        return Err(invalid("quantiles should be in [0, 1] range"));
    }
    Ok(match digest {
        Digest::T(digest) => sortable(digest.value_at(share)),
        Digest::Q(digest) => digest.value_at(share),
    })
}

fn values(kept: Kept, numbers: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    match kept {
        Kept::T => Number::Double.values(numbers),
        Kept::Q(number) => number.values(numbers),
    }
}

fn digests(call: &Call) -> Result<BinaryArray> {
    Ok(cast(&call.arrays[0], &DataType::Binary)?.as_binary::<i32>().clone())
}

fn value_at_quantile(call: &Call) -> Result<ArrayRef> {
    let (kept, digests, shares) = (kept(call), digests(call)?, call.doubles(1)?);
    let of_row = |row: usize| {
        if digests.is_null(row) || shares.is_null(row) {
            return Ok(None);
        }
        value_at(&mut kept.read(digests.value(row))?, shares.value(row)).map(Some)
    };
    let found = (0..call.rows).map(of_row).collect::<Result<Vec<_>>>()?;
    Ok(values(kept, found.into_iter()))
}

fn values_at_quantiles(call: &Call) -> Result<ArrayRef> {
    let (kept, digests) = (kept(call), digests(call)?);
    let shares = Elements::of(&call.lists_of(1, &TrinoType::Double)?)?;
    let nulls = call.strict();
    let all = shares.values.as_primitive::<Float64Type>();
    let mut found = vec![None; all.len()];
    for row in (0..call.rows).filter(|row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(*row))) {
        let mut digest = kept.read(digests.value(row))?;
        let range = shares.range(row);
        if range.clone().any(|at| all.is_null(at)) {
            return Err(invalid("percentiles cannot be null"));
        }
        if !all.values()[range.clone()].is_sorted() {
            return Err(invalid("percentiles must be sorted in increasing order"));
        }
        for at in range {
            found[at] = Some(value_at(&mut digest, all.value(at))?);
        }
    }
    let values = values(kept, found.into_iter());
    let item = Arc::new(Field::new("item", values.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(item, shares.offsets, values, nulls)?))
}
