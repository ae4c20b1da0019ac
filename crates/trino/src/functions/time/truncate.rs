//! `date_trunc`, `last_day_of_month`.

use std::sync::Arc;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime};
use datafusion::logical_expr::ScalarUDF;

use super::{
    moment::{MICROS_OF_DAY, Moments, array_of, array_of_micros, date_of, is_moment, numbers},
    unit::Unit,
};
use crate::{
    TrinoType,
    functions::define::{Arguments, define, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![date_trunc(), last_day_of_month()]
}

/// `date_trunc(unit, x)`: the date or timestamp with all smaller units at their least, of the type of `x`. Units are
/// millisecond (timestamps only), second, minute, hour, day, week, month, quarter, year; others are
/// INVALID_FUNCTION_ARGUMENT, as are those smaller than a day for dates.
fn date_trunc() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [unit, of] if is_text(unit) && is_moment(of) => Some(of.clone()),
            _ => None,
        })
    };
    define("date_trunc", typing, |call| {
        let units = call.meanings(0, |name| Unit::of_name(name, &call.types[1]))?;
        let moments = Moments::of(&call.arrays[1])?;
        let local = moments.local_micros();
        let has_zone = moments.has_zone();
        let of_row = |row: usize| -> Option<i64> {
            let Some(unit) = units.of_row(row) else { return Some(0) };
            let truncated = truncated(local.value(row), *unit)?;
            Some(match unit {
                _ if !has_zone => truncated,
                // Below a day the offset of the zone stays, whatever its clock shows twice.
                Unit::OfClock(_) => truncated - i64::from(moments.offset(row)) * 1_000_000,
                _ => {
                    let local = DateTime::from_timestamp_micros(truncated)?.naive_utc();
                    moments.instant_of(local).and_utc().timestamp_micros()
                }
            })
        };
        let rows: Vec<_> = (0..call.rows).collect();
        array_of_micros(&numbers(&rows, units.valid(), of_row)?, &call.types[1])
    })
}

/// Microseconds since 1970-01-01 00:00, without what is smaller than a unit.
fn truncated(local: i64, unit: Unit) -> Option<i64> {
    let day = local.div_euclid(MICROS_OF_DAY);
    let days = match unit {
        Unit::OfClock(length) => return Some(local - local.rem_euclid(length)),
        Unit::Days(1) => day,
        // 1970-01-01 was a Thursday.
        Unit::Days(_) => day - (day + 3).rem_euclid(7),
        Unit::Months(length) => {
            let date = date_of(day)?;
            let first = i64::from(date.month0()) / length * length;
            let first = NaiveDate::from_ymd_opt(date.year(), u32::try_from(first).ok()? + 1, 1)?;
            i64::from(first.to_epoch_days())
        }
    };
    days.checked_mul(MICROS_OF_DAY)
}

/// `last_day_of_month(x)`: the date of the last day of the month.
fn last_day_of_month() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [of] if is_moment(of) => Some(TrinoType::Date),
            _ => None,
        })
    };
    define("last_day_of_month", typing, |call| {
        let moments = Moments::of(&call.arrays[0])?;
        let last = |local: NaiveDateTime| {
            let first = local.date().with_day(1)?.checked_add_months(Months::new(1))?;
            Some(first.pred_opt()?.and_time(NaiveTime::MIN))
        };
        array_of((0..call.rows).map(|row| moments.local(row).and_then(last)), &TrinoType::Date)
    })
}
