//! Texts of dates, times and intervals, and back.

use std::fmt::Write;

use arrow::{
    array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray, StringArray, StringBuilder},
    compute::cast,
    datatypes::{DataType, Date32Type, Int64Type, TimeUnit},
};
use datafusion::error::Result;

use super::calendar;
use crate::{TrinoType, functions::time::local};

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
        TrinoType::Date => written(array.as_primitive::<Date32Type>(), |days, into| write_date(i64::from(days), into)),
        TrinoType::Time(digits) => {
            let micros = cast(array, &DataType::Int64)?;
            written(micros.as_primitive::<Int64Type>(), |micros, into| write_clock(micros * 1000, *digits, into))
        }
        TrinoType::TimestampWithTimeZone(digits, zone) => moments(&local(array)?, *digits, &format!(" {zone}"))?,
        TrinoType::Timestamp(digits) => moments(array, *digits, "")?,
        _ => StringArray::new_null(array.len()),
    })
}

fn written<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, write: impl Fn(T::Native, &mut String)) -> StringArray {
    let (mut texts, mut text) = (StringBuilder::with_capacity(array.len(), 0), String::new());
    for value in array {
        text.clear();
        texts.append_option(value.map(|value| {
            write(value, &mut text);
            &text
        }));
    }
    texts.finish()
}

fn unit(array: &ArrayRef) -> TimeUnit {
    match array.data_type() {
        DataType::Timestamp(unit, _) => *unit,
        _ => TimeUnit::Nanosecond,
    }
}

fn moments(array: &ArrayRef, digits: u8, zone: &str) -> Result<StringArray> {
    let scale = match unit(array) {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1000,
        TimeUnit::Nanosecond => 1,
    };
    let counts = cast(array, &DataType::Int64)?;
    let per_day = NANOSECONDS_OF_DAY / scale;
    Ok(written(counts.as_primitive::<Int64Type>(), |count, into| {
        write_date(count.div_euclid(per_day), into);
        into.push(' ');
        write_clock(count.rem_euclid(per_day) * scale, digits, into);
        into.push_str(zone);
    }))
}

fn write_date(days: i64, into: &mut String) {
    let (year, month, day) = calendar::civil(days);
    if year < 0 {
        into.push('-');
    }
    write_digits(year.abs(), 4, into);
    into.push('-');
    write_digits(month, 2, into);
    into.push('-');
    write_digits(day, 2, into);
}

fn write_clock(nanoseconds: i64, digits: u8, into: &mut String) {
    let seconds = nanoseconds / 1_000_000_000;
    write_digits(seconds / 3600, 2, into);
    into.push(':');
    write_digits(seconds / 60 % 60, 2, into);
    into.push(':');
    write_digits(seconds % 60, 2, into);
    if digits > 0 {
        into.push('.');
        let digits = usize::from(digits.min(9));
        let dropped = 10_i64.pow(u32::try_from(9 - digits).unwrap_or_default());
        write_digits(nanoseconds % 1_000_000_000 / dropped, digits, into);
    }
}

/// A number that is not negative, with zeros in front up to a width.
fn write_digits(mut value: i64, width: usize, into: &mut String) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    while value > 0 || digits.len() - start < width {
        start -= 1;
        digits[start] = b'0' + u8::try_from(value % 10).unwrap_or_default();
        value /= 10;
    }
    digits[start..].iter().for_each(|digit| into.push(char::from(*digit)));
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
