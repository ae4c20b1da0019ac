//! Texts of dates, times and intervals, and back.

use std::fmt::Write;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray},
    compute::cast,
    datatypes::{DataType, Date32Type, Int64Type, TimeUnit},
};
use datafusion::error::Result;

use super::calendar;
use crate::TrinoType;

const NANOSECONDS_OF_DAY: i64 = 86_400_000_000_000;

/// What a text of a timestamp says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moment<'a> {
    pub(super) days: i64,
    /// Since midnight.
    pub(super) nanoseconds: i64,
    pub(super) zone: Option<&'a str>,
}

/// `2020-5-1`, with any number of digits in the year.
pub(super) fn parse_date(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut parts = unsigned.split('-');
    let (year, month, day) = (number(parts.next()?, 9)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() { None } else { calendar::days(sign * year, month, day) }
}

/// `10:20`, `10:20:30` or `10:20:30.123456789`; nanoseconds since midnight.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.split(':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let second = match parts.next() {
        Some(second) => number(second, 2)?,
        None if text.contains('.') => return None,
        None => 0,
    };
    let is_in_range = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
    let is_number = fraction.bytes().all(|digit| digit.is_ascii_digit()) && !text.ends_with('.');
    if !is_in_range || !is_number || fraction.len() > 12 {
        return None;
    }
    let picoseconds: i64 = format!("{fraction:0<12}").parse().ok()?;
    Some(((hour * 60 + minute) * 60 + second) * 1_000_000_000 + (picoseconds + 500) / 1000)
}

/// A date, with a time of day and a zone if there are any.
pub(super) fn parse_moment(text: &str) -> Option<Moment<'_>> {
    let text = text.trim();
    let (date, rest) = text.split_once(' ').unwrap_or((text, ""));
    let days = parse_date(date)?;
    let rest = rest.trim_start();
    let clock = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == ':' || letter == '.'));
    let (clock, zone) = rest.split_at(clock.unwrap_or(rest.len()));
    let nanoseconds = if clock.is_empty() { 0 } else { parse_time(clock)? };
    let zone = zone.trim();
    Some(Moment { days, nanoseconds, zone: (!zone.is_empty()).then_some(zone) })
}

/// The zone that the text of a timestamp names.
pub(super) fn zone_of(text: &str) -> Option<String> {
    parse_moment(text)?.zone.map(str::to_owned)
}

fn number(text: &str, most: usize) -> Option<i64> {
    let is_number = !text.is_empty() && text.len() <= most && text.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// The texts of dates and times.
pub(super) fn texts(array: &ArrayRef, of: &TrinoType) -> Result<StringArray> {
    Ok(match of {
        TrinoType::Date => {
            let days = array.as_primitive::<Date32Type>().iter();
            days.map(|days| days.map(|days| date_text(i64::from(days)))).collect()
        }
        TrinoType::Time(digits) => {
            let micros = cast(array, &DataType::Int64)?;
            let micros = micros.as_primitive::<Int64Type>().iter();
            micros.map(|micros| micros.map(|micros| clock_text(micros * 1000, *digits))).collect()
        }
        TrinoType::TimestampWithTimeZone(digits, zone) => {
            let local = cast(array, &DataType::Timestamp(unit(array), None))?;
            let texts = moments(&local, *digits)?;
            texts.iter().map(|text| text.map(|text| format!("{text} {zone}"))).collect()
        }
        TrinoType::Timestamp(digits) => moments(array, *digits)?,
        _ => StringArray::new_null(array.len()),
    })
}

fn unit(array: &ArrayRef) -> TimeUnit {
    match array.data_type() {
        DataType::Timestamp(unit, _) => *unit,
        _ => TimeUnit::Nanosecond,
    }
}

fn moments(array: &ArrayRef, digits: u8) -> Result<StringArray> {
    let scale = match unit(array) {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1000,
        TimeUnit::Nanosecond => 1,
    };
    let counts = cast(array, &DataType::Int64)?;
    let per_day = NANOSECONDS_OF_DAY / scale;
    let text = |count: i64| {
        let clock = clock_text(count.rem_euclid(per_day) * scale, digits);
        format!("{} {clock}", date_text(count.div_euclid(per_day)))
    };
    Ok(counts.as_primitive::<Int64Type>().iter().map(|count| count.map(text)).collect())
}

fn date_text(days: i64) -> String {
    let (year, month, day) = calendar::civil(days);
    let sign = if year < 0 { "-" } else { "" };
    format!("{sign}{:04}-{month:02}-{day:02}", year.abs())
}

fn clock_text(nanoseconds: i64, digits: u8) -> String {
    let seconds = nanoseconds / 1_000_000_000;
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if digits > 0 {
        let fraction = format!("{:09}", nanoseconds % 1_000_000_000);
        text.push('.');
        text.push_str(&fraction[..usize::from(digits.min(9))]);
    }
    text
}

/// `2-3` for two years and three months.
pub(super) fn write_months(months: i32, into: &mut String) {
    let sign = if months < 0 { "-" } else { "" };
    let months = months.unsigned_abs();
    // Writing to a text does not fail.
    let _ = write!(into, "{sign}{}-{}", months / 12, months % 12);
}

/// `1 02:03:04.567`.
pub(super) fn write_milliseconds(milliseconds: i64, into: &mut String) {
    let sign = if milliseconds < 0 { "-" } else { "" };
    let all = milliseconds.unsigned_abs();
    let (days, hours, minutes) = (all / 86_400_000, all / 3_600_000 % 24, all / 60_000 % 60);
    let _ = write!(into, "{sign}{days} {hours:02}:{minutes:02}:{:02}.{:03}", all / 1000 % 60, all % 1000);
}
