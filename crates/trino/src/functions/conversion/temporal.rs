//! Casts to dates, times and timestamps. Fractions of a second that a type has no digits for are rounded half up.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int32Array, Int64Array},
    compute::cast,
    datatypes::{DataType, Int64Type, TimeUnit},
};
use datafusion::error::Result;

use super::{
    failures::{Failures, invalid, no_cast},
    temporal_text::{parse_date, parse_moment, parse_time},
};
use crate::{
    TrinoType,
    error::TrinoError,
    functions::time::{local, per_second},
};

const NANOSECONDS_OF_DAY: i64 = 86_400_000_000_000;

pub(super) fn to_temporal(
    array: &ArrayRef,
    from: &TrinoType,
    to: &TrinoType,
    failures: &mut Failures,
) -> Result<ArrayRef> {
    use TrinoType::{Date, Time, Timestamp, TimestampWithTimeZone};
    match (from, to) {
        (TrinoType::Varchar(_) | TrinoType::Char(_), _) => of_text(array, from, to, failures),
        (Timestamp(_), Date) => dates(array),
        (TimestampWithTimeZone(..), Date) => dates(&local(array)?),
        (Date, Timestamp(_)) => Ok(cast(array, &to.data_type())?),
        (Date, TimestampWithTimeZone(digits, _)) => {
            Ok(cast(&cast(array, &Timestamp(*digits).data_type())?, &to.data_type())?)
        }
        (Timestamp(_), Time(digits)) => times(array, *digits),
        (TimestampWithTimeZone(..), Time(digits)) => times(&local(array)?, *digits),
        (Time(_), Time(digits)) => {
            let micros = cast(array, &DataType::Int64)?;
            let unit = 10_i64.pow(u32::from(6 - digits.min(&6)));
            let rounded = micros.as_primitive::<Int64Type>().unary::<_, Int64Type>(|micros| {
                (micros + unit / 2).div_euclid(unit) * unit % (NANOSECONDS_OF_DAY / 1000)
            });
            Ok(cast(&rounded, &to.data_type())?)
        }
        (Timestamp(_), Timestamp(digits)) => rounded(array, *digits, to),
        (Timestamp(_), TimestampWithTimeZone(digits, _)) => {
            Ok(cast(&rounded(array, *digits, &Timestamp(*digits))?, &to.data_type())?)
        }
        (TimestampWithTimeZone(..), Timestamp(digits)) => rounded(&local(array)?, *digits, to),
        (TimestampWithTimeZone(..), TimestampWithTimeZone(digits, _)) => rounded(array, *digits, to),
        _ => Err(no_cast(from, to)),
    }
}

fn counts(array: &ArrayRef) -> Result<(Int64Array, i64)> {
    let unit = match array.data_type() {
        DataType::Timestamp(unit, _) => *unit,
        _ => TimeUnit::Nanosecond,
    };
    Ok((cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone(), per_second(unit)))
}

fn dates(array: &ArrayRef) -> Result<ArrayRef> {
    let (counts, per_second) = counts(array)?;
    let days = counts.iter().map(|count| count.and_then(|at| i32::try_from(at.div_euclid(per_second * 86_400)).ok()));
    Ok(cast(&days.collect::<Int32Array>(), &DataType::Date32)?)
}

fn times(array: &ArrayRef, digits: u8) -> Result<ArrayRef> {
    let (counts, per_second) = counts(array)?;
    let unit = 10_i64.pow(u32::from(9 - digits.min(9)));
    let of_day = counts.unary::<_, Int64Type>(|count| {
        let nanoseconds = count.rem_euclid(per_second * 86_400) * (1_000_000_000 / per_second);
        (nanoseconds + unit / 2).div_euclid(unit) * unit % NANOSECONDS_OF_DAY / 1000
    });
    Ok(cast(&of_day, &DataType::Time64(TimeUnit::Microsecond))?)
}

/// The same points in time with fewer or more digits.
fn rounded(array: &ArrayRef, digits: u8, to: &TrinoType) -> Result<ArrayRef> {
    let (counts, per_second) = counts(array)?;
    let wanted = 10_i64.pow(u32::from(digits.min(9)));
    if wanted >= per_second {
        return Ok(cast(array, &to.data_type())?);
    }
    let unit = per_second / wanted;
    let counts = counts.unary::<_, Int64Type>(|count| (count + unit / 2).div_euclid(unit) * unit);
    Ok(cast(&cast(&counts, array.data_type())?, &to.data_type())?)
}

fn of_text(array: &ArrayRef, from: &TrinoType, to: &TrinoType, failures: &mut Failures) -> Result<ArrayRef> {
    let texts = array.as_string::<i32>();
    let bad = |what: &str, text: &str| invalid(format!("Value cannot be cast to {what}: {text}"));
    match to {
        TrinoType::Date => {
            let days = failures.map::<_, _, Int32Array>(texts, |text| {
                let days = parse_date(text).and_then(|days| i32::try_from(days).ok());
                days.ok_or_else(|| bad("date", text))
            })?;
            Ok(cast(&days, &DataType::Date32)?)
        }
        TrinoType::Time(digits) => {
            let unit = 10_i64.pow(u32::from(9 - digits.min(&9)));
            let micros = failures.map::<_, _, Int64Array>(texts, |text| {
                let nanoseconds = parse_time(text.trim()).ok_or_else(|| bad("time", text))?;
                Ok((nanoseconds + unit / 2) / unit * unit % NANOSECONDS_OF_DAY / 1000)
            })?;
            Ok(cast(&micros, &to.data_type())?)
        }
        TrinoType::Timestamp(digits) => {
            let moments = failures.map::<_, _, Int64Array>(texts, |text| {
                let moment = parse_moment(text).filter(|moment| moment.zone.is_none());
                let moment = moment.ok_or_else(|| bad("timestamp", text))?;
                count(moment.days, moment.nanoseconds, *digits).ok_or_else(|| bad("timestamp", text))
            })?;
            Ok(cast(&moments, &to.data_type())?)
        }
        TrinoType::TimestampWithTimeZone(digits, zone) => {
            let moments = failures.map::<_, _, Int64Array>(texts, |text| zoned(text, *digits, zone))?;
            Ok(cast(&moments, &to.data_type())?)
        }
        _ => Err(no_cast(from, to)),
    }
}

/// A point in time in units of a column of timestamps with so many digits.
fn count(days: i64, nanoseconds: i64, digits: u8) -> Option<i64> {
    let unit = 10_i64.pow(u32::from(9 - digits.min(9)));
    let of_column = match digits {
        0..=3 => 1_000_000,
        4..=6 => 1000,
        _ => 1,
    };
    let nanoseconds = (nanoseconds + unit / 2) / unit * unit;
    days.checked_mul(NANOSECONDS_OF_DAY / of_column)?.checked_add(nanoseconds / of_column)
}

/// The point in time of a text with a zone, or in the given zone if it names none.
fn zoned(text: &str, digits: u8, zone: &str) -> std::result::Result<i64, TrinoError> {
    let bad = || invalid(format!("Value cannot be cast to timestamp: {text}"));
    let moment = parse_moment(text).ok_or_else(bad)?;
    let zone = moment.zone.unwrap_or(zone);
    let seconds = moment.days * 86_400 + moment.nanoseconds / 1_000_000_000;
    let clock = arrow::array::TimestampSecondArray::from(vec![seconds]);
    let there = cast(&clock, &DataType::Timestamp(TimeUnit::Second, Some(Arc::from(zone)))).map_err(|_| bad())?;
    let there = cast(&there, &DataType::Int64).map_err(|_| bad())?;
    let there = there.as_primitive::<Int64Type>();
    if there.is_null(0) {
        return Err(bad());
    }
    let seconds = there.value(0);
    let nanoseconds = seconds.rem_euclid(86_400) * 1_000_000_000 + moment.nanoseconds % 1_000_000_000;
    count(seconds.div_euclid(86_400), nanoseconds, digits).ok_or_else(bad)
}
