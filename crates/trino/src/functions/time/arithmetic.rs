//! `date_add`, `date_diff`, and sums and differences with intervals.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, PrimitiveArray},
    datatypes::{DurationMillisecondType, IntervalYearMonthType},
};
use chrono::{Datelike, Months, NaiveDateTime, TimeDelta};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{
    moment::{Moments, array_of, is_moment, numbers, out_of_range},
    unit::Unit,
};
use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, Call, define, is_integer, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        date_add(),
        date_diff(),
        define("date_plus_interval", with_interval, |call| plus_interval(call, 1)),
        define("date_minus_interval", with_interval, |call| plus_interval(call, -1)),
        timestamp_minus_timestamp(),
    ]
}

pub(in crate::functions) fn plus_months(local: NaiveDateTime, months: i64) -> Result<NaiveDateTime> {
    let count = Months::new(u32::try_from(months.unsigned_abs()).map_err(|_| out_of_range())?);
    let moved = if months < 0 { local.checked_sub_months(count) } else { local.checked_add_months(count) };
    moved.ok_or_else(out_of_range)
}

/// `date_add(unit, n, x)`: the date or timestamp so many units later, of the type of `x`; a day that the month does not
/// have is its last one. Days and longer units keep what the clock of the zone shows.
fn date_add() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [unit, count, of]
                if is_text(unit) && (is_integer(count) || *count == TrinoType::Unknown) && is_moment(of) =>
            {
                Some(of.clone())
            }
            _ => None,
        })
    };
    define("date_add", typing, |call| {
        let of = &call.types[2];
        let (units, counts) = (call.meanings(0, |name| Unit::of_name(name, of))?, call.integers(1)?);
        let moments = Moments::of(&call.arrays[2])?;
        let of_row = |row: usize| -> Result<Option<NaiveDateTime>> {
            let (Some(unit), Some(instant)) = (units.of_row(row), moments.instant(row)) else { return Ok(None) };
            let (count, local) = (counts.value(row), moments.local(row).unwrap_or(instant));
            let moved = match *unit {
                Unit::Months(months) => {
                    let months = months.checked_mul(count).ok_or_else(out_of_range)?;
                    moments.instant_of(plus_months(local, months)?)
                }
                Unit::Days(days) => {
                    let span = days.checked_mul(count).and_then(TimeDelta::try_days);
                    let moved = span.and_then(|span| local.checked_add_signed(span)).ok_or_else(out_of_range)?;
                    moments.instant_of(moved)
                }
                Unit::OfClock(micros) => {
                    let span = micros.checked_mul(count).map(TimeDelta::microseconds);
                    span.and_then(|span| instant.checked_add_signed(span)).ok_or_else(out_of_range)?
                }
            };
            Ok(Some(moved))
        };
        let values: Result<Vec<_>> = (0..call.rows).map(of_row).collect();
        array_of(values?.into_iter(), of)
    })
}

/// `date_diff(unit, from, to)`: how many whole units lie between, negative if `to` is before `from`.
fn date_diff() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [unit, from, to] if is_text(unit) && is_moment(from) && is_moment(to) => Some(TrinoType::Bigint),
            _ => None,
        })
    };
    define("date_diff", typing, |call| {
        // A date beside a timestamp is one, and the clock of the first shows both.
        let of = if call.types[1] == TrinoType::Date { &call.types[2] } else { &call.types[1] };
        let units = call.meanings(0, |name| Unit::of_name(name, of))?;
        let from = Moments::of(&call.arrays[1])?;
        let to = Moments::of(&call.arrays[2])?.shown_as(&from);
        let (starts, ends) = (from.local_micros(), to.local_micros());
        let instants = from.in_micros().zip(to.in_micros());
        let of_row = |row: usize| -> Option<i64> {
            let Some(unit) = units.of_row(row) else { return Some(0) };
            // Units are of whole milliseconds, and of a part of one nothing is counted.
            let between = |from: i64, to: i64| Some(to.checked_sub(from)? / 1000);
            Some(match *unit {
                Unit::Months(months) => months_between(from.local(row)?, to.local(row)?) / months,
                Unit::Days(days) => between(starts.value(row), ends.value(row))? / (days * 86_400_000),
                Unit::OfClock(micros) => {
                    let millis = match instants {
                        Some((from, to)) => between(from.value(row), to.value(row))?,
                        None => (to.instant(row)? - from.instant(row)?).num_milliseconds(),
                    };
                    millis / (micros / 1000)
                }
            })
        };
        let rows: Vec<_> = (0..call.rows).collect();
        Ok(Arc::new(numbers(&rows, units.valid(), of_row)?))
    })
}

/// Whole months from one to the other; backwards as many as forwards, as Joda-Time counts, which Trino uses.
fn months_between(start: NaiveDateTime, end: NaiveDateTime) -> i64 {
    if end < start {
        return -months_between(end, start);
    }
    let months = i64::from(end.year() - start.year()) * 12 + i64::from(end.month()) - i64::from(start.month());
    let reached = plus_months(start, months).unwrap_or(end);
    if reached > end { months - 1 } else { months }
}

/// `x + interval` and `x - interval`, which the planner writes `date_plus_interval` and `date_minus_interval`: of the
/// type of `x`; dates take whole days only.
fn with_interval(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(match arguments.types {
        [of, TrinoType::IntervalDayToSecond | TrinoType::IntervalYearToMonth] if is_moment(of) => Some(of.clone()),
        _ => None,
    })
}

fn plus_interval(call: &Call, sign: i64) -> Result<ArrayRef> {
    let moments = Moments::of(&call.arrays[0])?;
    let of = &call.types[0];
    let in_months = call.types[1] == TrinoType::IntervalYearToMonth;
    let interval = call.values_as(1, &call.types[1])?;
    let amount = |row: usize| -> Option<i64> {
        if interval.is_null(row) {
            return None;
        }
        Some(if in_months {
            i64::from(interval.as_primitive::<IntervalYearMonthType>().value(row))
        } else {
            interval.as_primitive::<DurationMillisecondType>().value(row)
        })
    };
    let of_row = |row: usize| -> Result<Option<NaiveDateTime>> {
        let (Some(instant), Some(amount)) = (moments.instant(row), amount(row)) else { return Ok(None) };
        if in_months {
            let local = moments.local(row).unwrap_or(instant);
            return Ok(Some(moments.instant_of(plus_months(local, sign * amount)?)));
        }
        if *of == TrinoType::Date && amount % 86_400_000 != 0 {
            let message = "Cannot add hour, minutes or seconds to a date";
            return Err(ErrorName::InvalidFunctionArgument.error(message));
        }
        let span = TimeDelta::try_milliseconds(sign * amount).ok_or_else(out_of_range)?;
        Ok(Some(instant.checked_add_signed(span).ok_or_else(out_of_range)?))
    };
    let values: Result<Vec<_>> = (0..call.rows).map(of_row).collect();
    array_of(values?.into_iter(), of)
}

/// `x - y` of dates and of timestamps, which the planner writes `timestamp_minus_timestamp`: an interval day to second.
fn timestamp_minus_timestamp() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [a, b] if is_moment(a) && is_moment(b) => Some(TrinoType::IntervalDayToSecond),
            _ => None,
        })
    };
    define("timestamp_minus_timestamp", typing, |call| {
        let (left, right) = (Moments::of(&call.arrays[0])?, Moments::of(&call.arrays[1])?);
        let of_row = |row| Some((left.instant(row)? - right.instant(row)?).num_milliseconds());
        Ok(Arc::new((0..call.rows).map(of_row).collect::<PrimitiveArray<DurationMillisecondType>>()))
    })
}
