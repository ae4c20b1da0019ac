//! `date_add`, `date_diff`, and sums and differences with intervals.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, PrimitiveArray},
    datatypes::{DurationMillisecondType, IntervalYearMonthType},
};
use chrono::{Datelike, Months, NaiveDateTime, TimeDelta};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ScalarUDF,
};

use super::moment::{Moments, array_of, is_moment, out_of_range};
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

fn invalid_field(unit: &str, of: &TrinoType) -> DataFusionError {
    let kind = if *of == TrinoType::Date { "DATE" } else { "TIMESTAMP" };
    ErrorName::InvalidFunctionArgument.error(format!("'{unit}' is not a valid {kind} field"))
}

/// Milliseconds of units of a fixed length.
fn millis_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "millisecond" => 1,
        "second" => 1000,
        "minute" => 60_000,
        "hour" => 3_600_000,
        "day" => 86_400_000,
        "week" => 604_800_000,
        _ => return None,
    })
}

/// Months of units that are counted in months.
fn months_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "month" => 1,
        "quarter" => 3,
        "year" => 12,
        _ => return None,
    })
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
        let (units, counts) = (call.texts(0)?, call.integers(1)?);
        let moments = Moments::of(&call.arrays[2])?;
        let of = &call.types[2];
        let nulls = call.strict();
        let of_row = |row: usize| -> Result<Option<NaiveDateTime>> {
            let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
            let (Some(instant), false) = (moments.instant(row), is_null) else { return Ok(None) };
            let (unit, count) = (units.value(row).to_lowercase(), counts.value(row));
            let local = moments.local(row).unwrap_or(instant);
            if let Some(months) = months_of(&unit) {
                let months = months.checked_mul(count).ok_or_else(out_of_range)?;
                return Ok(Some(moments.instant_of(plus_months(local, months)?)));
            }
            let is_day = matches!(unit.as_str(), "day" | "week");
            let length = millis_of(&unit).filter(|_| is_day || *of != TrinoType::Date);
            let length = length.ok_or_else(|| invalid_field(&unit, of))?;
            let span = length.checked_mul(count).and_then(TimeDelta::try_milliseconds).ok_or_else(out_of_range)?;
            let from = if is_day { local } else { instant };
            let moved = from.checked_add_signed(span).ok_or_else(out_of_range)?;
            Ok(Some(if is_day { moments.instant_of(moved) } else { moved }))
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
        let units = call.texts(0)?;
        let (from, to) = (Moments::of(&call.arrays[1])?, Moments::of(&call.arrays[2])?);
        let of_row = |row: usize| -> Result<Option<i64>> {
            let (Some(a), Some(b), true) = (from.instant(row), to.instant(row), units.is_valid(row)) else {
                return Ok(None);
            };
            let unit = units.value(row).to_lowercase();
            let (start, end) = (from.local(row).unwrap_or(a), to.local(row).unwrap_or(b));
            if let Some(months) = months_of(&unit) {
                return Ok(Some(months_between(start, end) / months));
            }
            let is_day = matches!(unit.as_str(), "day" | "week");
            let length = millis_of(&unit).filter(|_| is_day || call.types[1] != TrinoType::Date);
            let length = length.ok_or_else(|| invalid_field(&unit, &call.types[1]))?;
            let span = if is_day { end - start } else { b - a };
            Ok(Some(span.num_milliseconds() / length))
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<Result<Int64Array>>()?))
    })
}

/// Whole months from one to the other.
fn months_between(start: NaiveDateTime, end: NaiveDateTime) -> i64 {
    let months = i64::from(end.year() - start.year()) * 12 + i64::from(end.month()) - i64::from(start.month());
    let reached = plus_months(start, months).unwrap_or(end);
    if months > 0 && reached > end {
        months - 1
    } else if months < 0 && reached < end {
        months + 1
    } else {
        months
    }
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
