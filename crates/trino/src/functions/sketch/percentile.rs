//! `approx_percentile`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use datafusion::{common::ScalarValue, error::Result, logical_expr::AggregateUDF};

use crate::{
    ErrorName, TrinoType,
    functions::{
        aggregate::{picked, top, valid},
        define::{
            aggregate::{Gathering, Kind, Rows, aggregate},
            is_integer,
        },
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![approx_percentile()]
}

fn is_number(of: &TrinoType) -> bool {
    is_integer(of) || matches!(of, TrinoType::Real | TrinoType::Double | TrinoType::Decimal { .. })
}

/// `approx_percentile(x, p)`, `approx_percentile(x, weight, p)`, each also with an array of shares: the value, of the
/// type of `x` (`bigint` for integers, `double` for decimals), below which the share `p` of the rows or weights lies. It is the exact one by
/// the nearest rank, and so a value of the group; all values are kept until the end. NULL for no rows.
/// INVALID_FUNCTION_ARGUMENT for shares outside of 0 to 1 and for weights below 1.
fn approx_percentile() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| {
        let (of, share) = match types {
            [of, share] => (of, share),
            [of, weight, share] if is_number(weight) => (of, share),
            _ => return None,
        };
        let of = match of {
            TrinoType::Decimal { .. } => &TrinoType::Double,
            of if is_integer(of) => &TrinoType::Bigint,
            of => of,
        };
        match share {
            TrinoType::Array(share) if is_number(of) && is_number(share) => {
                Some(TrinoType::Array(Box::new(of.clone())))
            }
            share if is_number(of) && is_number(share) => Some(of.clone()),
            _ => None,
        }
    };
    aggregate("approx_percentile", typing, Kind::Gather(Gathering { keep: Some(valid), finish }))
}

fn invalid(message: &str) -> datafusion::error::DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

fn doubles(array: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

fn finish(rows: &Rows) -> Result<ScalarValue> {
    if rows.len() == 0 {
        return rows.null();
    }
    let values = &rows.columns[0];
    let share = &rows.columns[rows.columns.len() - 1];
    let order = top(values, rows.len(), false)?;
    let weights = match rows.columns.as_slice() {
        [_, weights, _] => doubles(&picked(weights, order.clone())?)?,
        _ => Float64Array::from(vec![1.0; order.len()]),
    };
    if weights.iter().any(|weight| weight.is_none_or(|weight| weight < 1.0)) {
        return Err(invalid("percentile weight must be >= 1"));
    }
    let total: f64 = weights.iter().flatten().sum();
    let at = |share: f64| -> Result<u32> {
        if !(0.0..=1.0).contains(&share) {
            return Err(invalid("Percentile must be between 0 and 1"));
        }
        let mut below = 0.0;
        for (row, weight) in order.iter().zip(weights.iter().flatten()) {
            below += weight;
            if below >= share * total {
                return Ok(*row);
            }
        }
        Ok(order.last().copied().unwrap_or_default())
    };
    if let DataType::List(_) = share.data_type() {
        let shares = doubles(&share.as_list::<i32>().value(0))?;
        let rows_at = shares.iter().flatten().map(at).collect::<Result<Vec<_>>>()?;
        return rows.array(picked(values, rows_at)?);
    }
    let shares = doubles(share)?;
    if shares.is_null(0) {
        return rows.null();
    }
    rows.value(&picked(values, vec![at(shares.value(0))?])?, 0)
}
