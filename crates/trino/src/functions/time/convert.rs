//! `date`, `from_unixtime`, `from_unixtime_nanos`, `to_unixtime`, `to_milliseconds`, `parse_duration`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, Float64Array, Int64Array, PrimitiveArray},
    datatypes::DurationMillisecondType,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{
    moment::{Moments, array_of, is_moment, out_of_range},
    zone::literal_zone,
};
use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, Call, define, is_integer, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("date", to_date, date),
        define("from_unixtime", unixtime_type, from_unixtime),
        from_unixtime_nanos(),
        to_unixtime(),
        to_milliseconds(),
        parse_duration(),
    ]
}

/// `date(x)`: the date of a timestamp, or of a text `2020-01-31`; other texts are INVALID_CAST_ARGUMENT.
fn to_date(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(match arguments.types {
        [of] if is_moment(of) || is_text(of) => Some(TrinoType::Date),
        _ => None,
    })
}

fn date(call: &Call) -> Result<ArrayRef> {
    if is_moment(&call.types[0]) {
        let moments = Moments::of(&call.arrays[0])?;
        let midnight = |local: NaiveDateTime| local.date().and_time(NaiveTime::MIN);
        return array_of((0..call.rows).map(|row| moments.local(row).map(midnight)), &TrinoType::Date);
    }
    let texts = call.texts(0)?;
    let parsed = |text: &str| {
        let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d");
        let wrong = |_| ErrorName::InvalidCastArgument.error(format!("Value cannot be cast to date: {text}"));
        Ok(date.map_err(wrong)?.and_time(NaiveTime::MIN))
    };
    let values: Result<Vec<_>> = texts.iter().map(|text| text.map(parsed).transpose()).collect();
    array_of(values?.into_iter(), &TrinoType::Date)
}

/// `from_unixtime(seconds)`, in UTC; `from_unixtime(seconds, zone)`; `from_unixtime(seconds, hours, minutes)` of an
/// offset: a timestamp(3) with time zone. Zones and offsets are literals.
fn unixtime_type(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    let is_number = |of: &TrinoType| {
        is_integer(of)
            || matches!(of, TrinoType::Real | TrinoType::Double | TrinoType::Decimal { .. } | TrinoType::Unknown)
    };
    let zone = match arguments.types {
        [seconds] if is_number(seconds) => "UTC".to_owned(),
        [seconds, zone] if is_number(seconds) && is_text(zone) => literal_zone(arguments, 1)?,
        [seconds, hours, minutes] if is_number(seconds) && is_integer(hours) && is_integer(minutes) => {
            let missing = || ErrorName::NotSupported.error("the offset of a time zone must be a literal here");
            let hours = arguments.integer(1).ok_or_else(missing)?;
            let minutes = arguments.integer(2).ok_or_else(missing)?;
            let all = hours * 60 + minutes;
            let sign = if all < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", all.abs() / 60, all.abs() % 60)
        }
        _ => return Ok(None),
    };
    Ok(Some(TrinoType::TimestampWithTimeZone(3, zone)))
}

#[expect(clippy::cast_possible_truncation, reason = "what is outside of the range is refused before")]
fn from_unixtime(call: &Call) -> Result<ArrayRef> {
    let seconds = call.doubles(0)?;
    let instant = |seconds: f64| {
        let millis = (seconds * 1000.0).round();
        let in_range = millis.is_finite() && millis.abs() < 9e15;
        let found = in_range.then(|| DateTime::from_timestamp_millis(millis as i64)).flatten();
        Ok(found.ok_or_else(out_of_range)?.naive_utc())
    };
    let values: Result<Vec<_>> = seconds.iter().map(|seconds| seconds.map(instant).transpose()).collect();
    array_of(values?.into_iter(), &call.return_type())
}

/// `from_unixtime_nanos(nanoseconds)`: a timestamp(9) with time zone, in UTC.
fn from_unixtime_nanos() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [of] if is_integer(of) || *of == TrinoType::Unknown => {
                Some(TrinoType::TimestampWithTimeZone(9, "UTC".to_owned()))
            }
            _ => None,
        })
    };
    define("from_unixtime_nanos", typing, |call| {
        let nanos = call.integers(0)?;
        let instant = |nanos| DateTime::from_timestamp_nanos(nanos).naive_utc();
        array_of(nanos.iter().map(|nanos| nanos.map(instant)), &call.return_type())
    })
}

/// `to_unixtime(timestamp)`: the seconds since 1970, as a double.
#[expect(clippy::cast_precision_loss, reason = "the result is a double")]
fn to_unixtime() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [of] if is_moment(of) => Some(TrinoType::Double),
            _ => None,
        })
    };
    define("to_unixtime", typing, |call| {
        let moments = Moments::of(&call.arrays[0])?;
        let seconds = |at: NaiveDateTime| at.and_utc().timestamp_micros() as f64 / 1e6;
        Ok(Arc::new((0..call.rows).map(|row| moments.instant(row).map(seconds)).collect::<Float64Array>()))
    })
}

/// `to_milliseconds(interval)`: how many an interval day to second has.
fn to_milliseconds() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let fits = matches!(arguments.types, [TrinoType::IntervalDayToSecond]);
        Ok(fits.then_some(TrinoType::Bigint))
    };
    define("to_milliseconds", typing, |call| {
        let millis = call.values_as(0, &TrinoType::IntervalDayToSecond)?;
        let millis = millis.as_primitive::<DurationMillisecondType>();
        Ok(Arc::new(millis.iter().collect::<Int64Array>()))
    })
}

/// `parse_duration(text)`: the interval day to second of a number and a unit (ns, us, ms, s, m, h or d), such as
/// `3.81 d`, to the millisecond. Other texts are INVALID_FUNCTION_ARGUMENT.
#[expect(clippy::cast_possible_truncation, reason = "what is outside of the range is refused before")]
fn parse_duration() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(matches!(arguments.types, [of] if is_text(of)).then_some(TrinoType::IntervalDayToSecond))
    };
    define("parse_duration", typing, |call| {
        let parsed = |text: &str| {
            let wrong = || {
                ErrorName::InvalidFunctionArgument
                    .error(format!("duration is not a valid data duration string: {text}"))
            };
            let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(wrong)?;
            let (number, unit) = text.split_at(unit_at);
            let number: f64 = number.trim().parse().map_err(|_| wrong())?;
            let factor = match unit {
                "ns" => 1e-6,
                "us" => 1e-3,
                "ms" => 1.0,
                "s" => 1e3,
                "m" => 60e3,
                "h" => 3.6e6,
                "d" => 86.4e6,
                _ => return Err(wrong()),
            };
            let millis = (number * factor).round();
            if millis.abs() < 9e15 { Ok(millis as i64) } else { Err(wrong()) }
        };
        let millis = call.texts(0)?.iter().map(|text| text.map(parsed).transpose()).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(millis.into_iter().collect::<PrimitiveArray<DurationMillisecondType>>()))
    })
}
