//! Which cast it is.

use arrow::{
    array::{Array, ArrayRef, BooleanArray, new_empty_array, new_null_array},
    compute::nullif,
    datatypes::DataType,
};
use datafusion::error::Result;

use super::{
    boolean, decimal,
    failures::{Failures, no_cast},
    float,
    from_json::from_json,
    integer, nested, temporal, temporal_text, text, uuid,
};
use crate::{
    ErrorName, TrinoType,
    functions::scalar::{Arguments, Call, Fit, fit},
};

/// The second argument names the type of the result.
pub(super) fn typing(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let [from, TrinoType::Varchar(_)] = arguments.types else { return Ok(None) };
    let name = arguments.constants.get(1).copied().flatten().and_then(|name| name.try_as_str().flatten());
    let Some(name) = name else { return Err(ErrorName::NotSupported.error("the type of a cast must be constant")) };
    let value = arguments.constants.first().copied().flatten().and_then(|value| value.try_as_str().flatten());
    let result = match (TrinoType::parse(name)?, value, from) {
        (TrinoType::TimestampWithTimeZone(digits, zone), Some(text), _) => {
            TrinoType::TimestampWithTimeZone(digits, temporal_text::zone_of(text).unwrap_or(zone))
        }
        (TrinoType::TimestampWithTimeZone(digits, _), None, TrinoType::TimestampWithTimeZone(_, zone)) => {
            TrinoType::TimestampWithTimeZone(digits, zone.clone())
        }
        (of, ..) => of,
    };
    // Whether there is such a cast shows on no values at all.
    cast_values(&new_empty_array(&from.data_type()), from, &result, &mut Failures::new(false))?;
    Ok(Some(Fit { parameters: arguments.types.to_vec(), result }))
}

pub(super) fn cast(call: &Call) -> Result<ArrayRef> {
    cast_values(&call.whole(0)?, &call.given[0], &call.types.result, &mut Failures::new(false))
}

pub(super) fn try_cast(call: &Call) -> Result<ArrayRef> {
    let mut failures = Failures::new(true);
    let values = cast_values(&call.whole(0)?, &call.given[0], &call.types.result, &mut failures)?;
    without(&values, &failures)
}

/// The values cast one by one, NULL where that fails, and the rows in which it does.
pub(crate) fn try_cast_values(array: &ArrayRef, from: &TrinoType, to: &TrinoType) -> Result<(ArrayRef, Vec<usize>)> {
    let mut failures = Failures::new(true);
    let values = cast_values(array, from, to, &mut failures)?;
    Ok((without(&values, &failures)?, failures.rows))
}

/// The values, NULL where casts failed.
pub(super) fn without(values: &ArrayRef, failures: &Failures) -> Result<ArrayRef> {
    if failures.rows.is_empty() {
        return Ok(ArrayRef::clone(values));
    }
    let mut failed = vec![false; values.len()];
    failures.rows.iter().for_each(|row| failed[*row] = true);
    Ok(nullif(values, &BooleanArray::from(failed))?)
}

/// Casts all values of an array.
pub(super) fn cast_values(
    array: &ArrayRef,
    from: &TrinoType,
    to: &TrinoType,
    failures: &mut Failures,
) -> Result<ArrayRef> {
    let of = to.data_type();
    if matches!(from, TrinoType::Unknown) || matches!(array.data_type(), DataType::Null) {
        return Ok(new_null_array(&of, array.len()));
    }
    if from == to {
        return fit(array, &of);
    }
    let array = &fit(array, &from.data_type())?;
    if *from == TrinoType::Json {
        return fit(&from_json(array, to, failures)?, &of);
    }
    let values = match to {
        TrinoType::Boolean => boolean::to_boolean(array, from, failures)?,
        TrinoType::Tinyint | TrinoType::Smallint | TrinoType::Integer | TrinoType::Bigint => {
            integer::to_integer(array, from, to, failures)?
        }
        TrinoType::Real | TrinoType::Double => float::to_float(array, from, to, failures)?,
        TrinoType::Decimal { precision, scale } => decimal::to_decimal(array, from, (*precision, *scale), failures)?,
        TrinoType::Varchar(length) => text::to_varchar(array, from, *length, failures)?,
        TrinoType::Char(length) => text::to_char(array, from, *length)?,
        TrinoType::Varbinary
        | TrinoType::Uuid
        | TrinoType::HyperLogLog
        | TrinoType::TDigest
        | TrinoType::QDigest(_) => uuid::to_bytes(array, from, to, failures)?,
        TrinoType::Date
        | TrinoType::Time(_)
        | TrinoType::Timestamp(_)
        | TrinoType::TimestampWithTimeZone(..)
        | TrinoType::IntervalYearToMonth
        | TrinoType::IntervalDayToSecond => temporal::to_temporal(array, from, to, failures)?,
        TrinoType::Array(_) | TrinoType::Map(..) | TrinoType::Row(_) => nested::to_nested(array, from, to, failures)?,
        TrinoType::Unknown | TrinoType::Json => return Err(no_cast(from, to)),
    };
    fit(&values, &of)
}
