//! Fields of dates and times.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array};
use arrow::datatypes::{DurationMillisecondType, IntervalYearMonthType};
use chrono::{Datelike, NaiveDateTime, Timelike};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::moment::{Moments, is_moment};
use crate::{
    TrinoType,
    functions::define::{Arguments, Call, define},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("year", of_date_or_months, |call| dates_or_months(call, |at| at.year().into(), |m| m / 12)),
        define("quarter", of_date, |call| dates(call, |at| i64::from(at.month0() / 3 + 1))),
        define("month", of_date_or_months, |call| dates_or_months(call, |at| at.month().into(), |m| m % 12)),
        define("week", of_date, |call| dates(call, |at| at.iso_week().week().into())),
        define("week_of_year", of_date, |call| dates(call, |at| at.iso_week().week().into())),
        define("day", of_date_or_millis, |call| times(call, |at| at.day().into(), |ms| ms / 86_400_000)),
        define("day_of_month", of_date, |call| dates(call, |at| at.day().into())),
        define("day_of_week", of_date, |call| dates(call, |at| at.weekday().number_from_monday().into())),
        define("dow", of_date, |call| dates(call, |at| at.weekday().number_from_monday().into())),
        define("day_of_year", of_date, |call| dates(call, |at| at.ordinal().into())),
        define("doy", of_date, |call| dates(call, |at| at.ordinal().into())),
        define("year_of_week", of_date, |call| dates(call, |at| at.iso_week().year().into())),
        define("yow", of_date, |call| dates(call, |at| at.iso_week().year().into())),
        define("hour", of_time, |call| times(call, |at| at.hour().into(), |ms| ms / 3_600_000 % 24)),
        define("minute", of_time, |call| times(call, |at| at.minute().into(), |ms| ms / 60_000 % 60)),
        define("second", of_time, |call| times(call, |at| at.second().into(), |ms| ms / 1000 % 60)),
        define("millisecond", of_time, |call| times(call, |at| i64::from(at.nanosecond() / 1_000_000), |ms| ms % 1000)),
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

fn dates(call: &Call, field: fn(NaiveDateTime) -> i64) -> Result<ArrayRef> {
    let moments = Moments::of(&call.arrays[0])?;
    let values = (0..call.rows).map(|row| moments.local(row).map(field));
    Ok(Arc::new(values.collect::<Int64Array>()))
}

fn dates_or_months(call: &Call, field: fn(NaiveDateTime) -> i64, of_months: fn(i64) -> i64) -> Result<ArrayRef> {
    if call.types[0] != TrinoType::IntervalYearToMonth {
        return dates(call, field);
    }
    let months = call.arrays[0].as_primitive::<IntervalYearMonthType>();
    Ok(Arc::new(months.iter().map(|months| months.map(|months| of_months(months.into()))).collect::<Int64Array>()))
}

fn times(call: &Call, field: fn(NaiveDateTime) -> i64, of_millis: fn(i64) -> i64) -> Result<ArrayRef> {
    if call.types[0] != TrinoType::IntervalDayToSecond {
        return dates(call, field);
    }
    let millis = call.values_as(0, &TrinoType::IntervalDayToSecond)?;
    let millis = millis.as_primitive::<DurationMillisecondType>();
    Ok(Arc::new(millis.iter().map(|millis| millis.map(of_millis)).collect::<Int64Array>()))
}

fn offsets(call: &Call, field: fn(i64) -> i64) -> Result<ArrayRef> {
    let moments = Moments::of(&call.arrays[0])?;
    let of_row = |row| moments.instant(row).map(|_| field(moments.offset(row).into()));
    Ok(Arc::new((0..call.rows).map(of_row).collect::<Int64Array>()))
}
