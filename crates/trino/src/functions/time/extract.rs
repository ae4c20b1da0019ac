//! Fields of dates and times.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, PrimitiveArray},
    datatypes::{Date32Type, DurationMillisecondType, Int64Type, IntervalYearMonthType},
};
use chrono::{Datelike, NaiveDate};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::moment::{MICROS_OF_DAY, Moments, date_of, is_moment, numbers};
use crate::{
    TrinoType,
    functions::define::{Arguments, Call, define},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("year", of_date_or_months, |call| dates_or_months(call, |date| date.year().into(), |m| m / 12)),
        define("quarter", of_date, |call| dates(call, |date| i64::from(date.month0() / 3 + 1))),
        define("month", of_date_or_months, |call| dates_or_months(call, |date| date.month().into(), |m| m % 12)),
        define("week", of_date, |call| dates(call, |date| date.iso_week().week().into())),
        define("week_of_year", of_date, |call| dates(call, |date| date.iso_week().week().into())),
        define("day", of_date_or_millis, day),
        define("day_of_month", of_date, |call| dates(call, |date| date.day().into())),
        define("day_of_week", of_date, |call| dates(call, |date| date.weekday().number_from_monday().into())),
        define("dow", of_date, |call| dates(call, |date| date.weekday().number_from_monday().into())),
        define("day_of_year", of_date, |call| dates(call, |date| date.ordinal().into())),
        define("doy", of_date, |call| dates(call, |date| date.ordinal().into())),
        define("year_of_week", of_date, |call| dates(call, |date| date.iso_week().year().into())),
        define("yow", of_date, |call| dates(call, |date| date.iso_week().year().into())),
        define("hour", of_time, |call| times(call, |millis| millis / 3_600_000 % 24)),
        define("minute", of_time, |call| times(call, |millis| millis / 60_000 % 60)),
        define("second", of_time, |call| times(call, |millis| millis / 1000 % 60)),
        define("millisecond", of_time, |call| times(call, |millis| millis % 1000)),
        define("timezone_hour", of_zone, |call| offsets(call, |seconds| seconds / 3600)),
        define("timezone_minute", of_zone, |call| offsets(call, |seconds| seconds / 60 % 60)),
    ]
}

fn bigint(arguments: &Arguments<'_>, takes: fn(&TrinoType) -> bool) -> Result<Option<TrinoType>> {
    Ok(match arguments.types {
        [of] if takes(of) => Some(TrinoType::Bigint),
        _ => None,
    })
}

/// Of dates and timestamps: `quarter(x)`, `week(x)` (of ISO 8601), `day_of_week(x)` (1 for Monday), `year_of_week(x)`…
fn of_date(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    bigint(arguments, is_moment)
}

/// Of intervals year to month too: `year(x)`, `month(x)`.
fn of_date_or_months(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    bigint(arguments, |of| is_moment(of) || *of == TrinoType::IntervalYearToMonth)
}

/// Of intervals day to second too: `day(x)`.
fn of_date_or_millis(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    bigint(arguments, |of| is_moment(of) || *of == TrinoType::IntervalDayToSecond)
}

/// Of timestamps, times and intervals day to second, and not of dates: `hour(x)`, `minute(x)`, `second(x)`,
/// `millisecond(x)`.
fn of_time(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    bigint(arguments, |of| {
        matches!(of, TrinoType::Time(_) | TrinoType::IntervalDayToSecond) || is_moment(of) && *of != TrinoType::Date
    })
}

/// Of timestamps with time zone: `timezone_hour(x)`, `timezone_minute(x)`.
fn of_zone(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    bigint(arguments, |of| matches!(of, TrinoType::TimestampWithTimeZone(..)))
}

/// A field of the dates of dates and timestamps.
fn dates(call: &Call, field: impl Fn(NaiveDate) -> i64) -> Result<ArrayRef> {
    let array = &call.arrays[0];
    if let Some(days) = array.as_primitive_opt::<Date32Type>() {
        return Ok(Arc::new(numbers(days.values(), days.nulls(), |day| Some(field(date_of(day.into())?)))?));
    }
    let local = Moments::of(array)?.local_micros();
    let of_micros = |micros: i64| Some(field(date_of(micros.div_euclid(MICROS_OF_DAY))?));
    Ok(Arc::new(numbers(local.values(), local.nulls(), of_micros)?))
}

fn dates_or_months(call: &Call, field: impl Fn(NaiveDate) -> i64, of_months: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    if call.types[0] != TrinoType::IntervalYearToMonth {
        return dates(call, field);
    }
    let months = call.arrays[0].as_primitive::<IntervalYearMonthType>();
    Ok(Arc::new(months.unary::<_, Int64Type>(|months| of_months(months.into()))))
}

fn day(call: &Call) -> Result<ArrayRef> {
    if call.types[0] == TrinoType::IntervalDayToSecond {
        return Ok(Arc::new(intervals(call)?.unary::<_, Int64Type>(|millis| millis / 86_400_000)));
    }
    dates(call, |date| date.day().into())
}

fn intervals(call: &Call) -> Result<PrimitiveArray<DurationMillisecondType>> {
    Ok(call.values_as(0, &TrinoType::IntervalDayToSecond)?.as_primitive::<DurationMillisecondType>().clone())
}

/// A field of the milliseconds of the day, or of an interval.
fn times(call: &Call, field: impl Fn(i64) -> i64) -> Result<ArrayRef> {
    if call.types[0] == TrinoType::IntervalDayToSecond {
        return Ok(Arc::new(intervals(call)?.unary::<_, Int64Type>(field)));
    }
    let local = Moments::of(&call.arrays[0])?.local_micros();
    Ok(Arc::new(local.unary::<_, Int64Type>(|micros: i64| field(micros.rem_euclid(MICROS_OF_DAY) / 1000))))
}

fn offsets(call: &Call, field: fn(i64) -> i64) -> Result<ArrayRef> {
    let moments = Moments::of(&call.arrays[0])?;
    let of_row = |row| moments.instant(row).map(|_| field(moments.offset(row).into()));
    Ok(Arc::new((0..call.rows).map(of_row).collect::<Int64Array>()))
}
