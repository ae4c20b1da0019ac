//! `date_trunc`, `last_day_of_month`.

use std::sync::Arc;

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::moment::{Moments, array_of, is_moment};
use crate::{
    ErrorName, TrinoType,
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
        let units = call.texts(0)?;
        let moments = Moments::of(&call.arrays[1])?;
        let is_date = call.types[1] == TrinoType::Date;
        let nulls = call.strict();
        let of_row = |row: usize| -> Result<Option<NaiveDateTime>> {
            if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                return Ok(None);
            }
            let Some(local) = moments.local(row) else { return Ok(None) };
            let unit = units.value(row).to_lowercase();
            let truncated = truncated(local, &unit, is_date).ok_or_else(|| {
                let kind = if is_date { "DATE" } else { "TIMESTAMP" };
                ErrorName::InvalidFunctionArgument.error(format!("'{unit}' is not a valid {kind} field"))
            })?;
            // Below a day the offset of the zone stays, whatever its clock shows twice.
            Ok(Some(match unit.as_str() {
                "millisecond" | "second" | "minute" | "hour" => {
                    truncated - TimeDelta::seconds(moments.offset(row).into())
                }
                _ => moments.instant_of(truncated),
            }))
        };
        let values: Result<Vec<_>> = (0..call.rows).map(of_row).collect();
        array_of(values?.into_iter(), &call.types[1])
    })
}

fn truncated(local: NaiveDateTime, unit: &str, is_date: bool) -> Option<NaiveDateTime> {
    let date = local.date();
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN);
    let month = |month0: u32| date.with_day(1)?.with_month0(month0).map(midnight);
    match unit {
        "day" => Some(midnight(date)),
        "week" => Some(midnight(date - TimeDelta::days(date.weekday().num_days_from_monday().into()))),
        "month" => month(date.month0()),
        "quarter" => month(date.month0() / 3 * 3),
        "year" => month(0),
        _ if is_date => None,
        "millisecond" => local.with_nanosecond(local.nanosecond() / 1_000_000 * 1_000_000),
        "second" => local.with_nanosecond(0),
        "minute" => local.with_nanosecond(0)?.with_second(0),
        "hour" => local.with_nanosecond(0)?.with_second(0)?.with_minute(0),
        _ => None,
    }
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
