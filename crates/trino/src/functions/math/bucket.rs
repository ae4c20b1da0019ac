//! Buckets, and angles between vectors.

use arrow::{
    array::{ArrayRef, AsArray, Float64Array, Int64Array, ListArray},
    datatypes::Float64Type,
};
use datafusion::error::{DataFusionError, Result};

use crate::{ErrorName, functions::scalar::Call};

fn bad(message: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

pub(super) fn width_bucket(call: &Call) -> Result<ArrayRef> {
    if call.len() == 2 {
        return call.map2::<Float64Array, ListArray, _, Int64Array>(|value, bins| between(value, &bins).map(Some));
    }
    let bounds = [call.column::<Float64Array>(0)?, call.column(1)?, call.column(2)?];
    let counts = call.column::<Int64Array>(3)?;
    call.collect::<_, Int64Array>(|row| {
        let (Some(value), Some(first), Some(second), Some(count)) =
            (bounds[0].get(row), bounds[1].get(row), bounds[2].get(row), counts.get(row))
        else {
            return Ok(None);
        };
        equal_widths(value, first, second, count).map(Some)
    })
}

/// Bucket 0 lies before the bounds, and one more than there are behind them.
fn equal_widths(value: f64, first: f64, second: f64, count: i64) -> Result<i64> {
    if count <= 0 {
        return Err(bad("bucketCount must be greater than 0"));
    }
    if value.is_nan() {
        return Err(bad("operand must not be NaN"));
    }
    if !first.is_finite() {
        return Err(bad("first bound must be finite"));
    }
    if !second.is_finite() {
        return Err(bad("second bound must be finite"));
    }
    #[expect(clippy::float_cmp, reason = "what divides by zero is exact equality")]
    if first == second {
        return Err(bad("bounds cannot equal each other"));
    }
    let (lower, upper) = (first.min(second), first.max(second));
    let bucket = if value < lower {
        0
    } else if value >= upper {
        let overflow = || ErrorName::NumericValueOutOfRange.error("Bucket for value is out of range");
        count.checked_add(1).ok_or_else(overflow)?
    } else {
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "it is below the count")]
        let bucket = (count as f64 * (value - lower) / (upper - lower)) as i64 + 1;
        bucket
    };
    Ok(if first > second { count - bucket + 1 } else { bucket })
}

/// How many of the sorted bounds are not above the value.
fn between(value: f64, bins: &ArrayRef) -> Result<i64> {
    let bins = bins.as_primitive::<Float64Type>();
    if bins.is_empty() {
        return Err(bad("Bins cannot be an empty array"));
    }
    if value.is_nan() {
        return Err(bad("Operand cannot be NaN"));
    }
    let mut last = f64::NEG_INFINITY;
    for bin in bins {
        let bin = bin.filter(|bin| bin.is_finite()).ok_or_else(|| bad("Bin values must be finite"))?;
        if bin < last {
            return Err(bad("Bin values are not sorted in ascending order"));
        }
        last = bin;
    }
    Ok(i64::try_from(bins.values().partition_point(|bin| *bin <= value)).unwrap_or(i64::MAX))
}

pub(super) fn cosine_similarity(call: &Call) -> Result<ArrayRef> {
    call.map2::<ListArray, ListArray, _, Float64Array>(|left, right| cosine(&left, &right))
}

pub(super) fn cosine_distance(call: &Call) -> Result<ArrayRef> {
    call.map2::<ListArray, ListArray, _, Float64Array>(|left, right| {
        Ok(cosine(&left, &right)?.map(|similarity| 1.0 - similarity))
    })
}

fn cosine(left: &ArrayRef, right: &ArrayRef) -> Result<Option<f64>> {
    let (left, right) = (left.as_primitive::<Float64Type>(), right.as_primitive::<Float64Type>());
    if left.len() != right.len() {
        return Err(bad("The arguments must have the same length"));
    }
    let (mut product, mut squares) = (0.0, (0.0, 0.0));
    for pair in left.iter().zip(right) {
        let (Some(a), Some(b)) = pair else { return Ok(None) };
        product += a * b;
        squares = (squares.0 + a * a, squares.1 + b * b);
    }
    if squares.0 == 0.0 || squares.1 == 0.0 {
        return Err(bad("Vector magnitude cannot be zero"));
    }
    Ok(Some(product / (squares.0.sqrt() * squares.1.sqrt())))
}
