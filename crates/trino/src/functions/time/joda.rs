//! `format_datetime`, `parse_datetime`: the patterns of Joda-Time.

use std::sync::Arc;

use arrow::array::StringBuilder;
use chrono::NaiveDateTime;
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ScalarUDF,
};

use super::{
    moment::{Moments, array_of, instant_in, is_moment, zone_of},
    pattern::{Item, Parsed, read, write},
};
use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, define, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![format_datetime(), parse_datetime()]
}

fn invalid(message: impl Into<String>) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

/// The fields of a pattern: runs of a letter, texts in quotes, and signs that stand for themselves.
fn items(pattern: &str) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        if letter == '\'' {
            let quoted = &rest[1..];
            let end = quoted.find('\'').ok_or_else(|| invalid(format!("Illegal pattern: {pattern}")))?;
            items.push(Item::Literal(if end == 0 { "'".to_owned() } else { quoted[..end].to_owned() }));
            rest = &quoted[end + 1..];
            continue;
        }
        let run = rest.chars().take_while(|other| *other == letter).count();
        rest = &rest[run * letter.len_utf8()..];
        items.push(match letter {
            'y' | 'Y' if run == 2 => Item::TwoDigitYear,
            'y' | 'Y' => Item::Year(run),
            'x' => Item::WeekYear(run),
            'w' => Item::Week(run),
            'e' => Item::Weekday(run),
            'E' => Item::WeekdayName { short: run < 4 },
            'D' => Item::DayOfYear(run),
            'M' if run < 3 => Item::Month(run),
            'M' => Item::MonthName { short: run == 3 },
            'd' => Item::Day(run),
            'a' => Item::HalfOfDay,
            'K' => Item::HalfHourFrom0(run),
            'h' => Item::HalfHour(run),
            'H' => Item::Hour(run),
            'k' => Item::HourFrom1(run),
            'm' => Item::Minute(run),
            's' => Item::Second(run),
            'S' => Item::Fraction(run),
            'Z' if run < 3 => Item::Offset { colon: run == 2 },
            'Z' => Item::ZoneName,
            'G' | 'C' | 'z' => {
                let message = format!("the letter {letter} of patterns of Joda-Time is not supported");
                return Err(ErrorName::NotSupported.error(message));
            }
            letter if letter.is_ascii_alphabetic() => {
                return Err(invalid(format!("Illegal pattern component: {letter}")));
            }
            letter => Item::Literal(letter.to_string().repeat(run)),
        });
    }
    Ok(items)
}

/// `format_datetime(timestamp, pattern)`: the text of a date or timestamp in the words of its zone.
fn format_datetime() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [of, pattern] if is_moment(of) && is_text(pattern) => Some(TrinoType::Varchar(None)),
            _ => None,
        })
    };
    define("format_datetime", typing, |call| {
        let moments = Moments::of(&call.arrays[0])?;
        let patterns = call.meanings(1, items)?;
        let zone = match &call.types[0] {
            TrinoType::TimestampWithTimeZone(_, zone) => zone.clone(),
            _ => "UTC".to_owned(),
        };
        let mut texts = StringBuilder::with_capacity(call.rows, 16 * call.rows);
        for row in 0..call.rows {
            match patterns.of_row(row).zip(moments.local(row)) {
                Some((items, local)) => {
                    write(items, local, moments.offset(row), &zone, &mut texts)?;
                    texts.append_value("");
                }
                None => texts.append_null(),
            }
        }
        Ok(Arc::new(texts.finish()))
    })
}

fn parsed(text: &str, items: &[Item]) -> Result<Parsed> {
    read(items, text).ok_or_else(|| invalid(format!("Invalid format: \"{text}\"")))
}

/// The instant of what was read from a text, for a column in a zone. A text without zone is of UTC.
pub(super) fn instant(text: &str, parsed: &Parsed, column: &str) -> Result<NaiveDateTime> {
    let local = parsed.local().ok_or_else(|| invalid(format!("Invalid format: \"{text}\"")))?;
    let zone = parsed.zone.as_deref().unwrap_or("UTC");
    if zone != column {
        let message = format!(
            "a column of timestamps has one zone, here {column}, and the value \"{text}\" is of {zone}: convert it with \
             a literal zone, or cut the zone off the text"
        );
        return Err(ErrorName::NotSupported.error(message));
    }
    Ok(instant_in(zone_of(zone)?, local))
}

/// `parse_datetime(text, pattern)`: a timestamp(3) with time zone, in the zone of the text if both are literals, and
/// else in UTC. A text that does not follow the pattern is INVALID_FUNCTION_ARGUMENT.
fn parse_datetime() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        let [text, pattern] = arguments.types else { return Ok(None) };
        if !is_text(text) || !is_text(pattern) {
            return Ok(None);
        }
        let literal = arguments.text(0).zip(arguments.text(1));
        let zone = literal.and_then(|(text, pattern)| parsed(text, &items(pattern).ok()?).ok()?.zone);
        Ok(Some(TrinoType::TimestampWithTimeZone(3, zone.unwrap_or_else(|| "UTC".to_owned()))))
    };
    define("parse_datetime", typing, |call| {
        let TrinoType::TimestampWithTimeZone(_, zone) = call.return_type() else {
            return Ok(Arc::clone(&call.arrays[0]));
        };
        let (texts, patterns) = (call.texts(0)?, call.meanings(1, items)?);
        let of_row = |row: usize| -> Result<Option<NaiveDateTime>> {
            let Some(items) = patterns.of_row(row) else { return Ok(None) };
            let text = texts.value(row);
            Ok(Some(instant(text, &parsed(text, items)?, &zone)?))
        };
        let values: Result<Vec<_>> = (0..call.rows).map(of_row).collect();
        array_of(values?.into_iter(), &call.return_type())
    })
}
