//! `from_iso8601_timestamp`, `from_iso8601_timestamp_nanos`, `from_iso8601_date`, `to_iso8601`.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use chrono::NaiveDateTime;
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{
    joda::instant,
    moment::{Moments, array_of, is_moment},
    pattern::{Item, Parsed, offset_name, read},
};
use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, Call, define, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("from_iso8601_timestamp", |arguments| Ok(timestamp(arguments, 3)), from_text),
        define("from_iso8601_timestamp_nanos", |arguments| Ok(timestamp(arguments, 9)), from_text),
        from_iso8601_date(),
        to_iso8601(),
    ]
}

/// The date of a text by calendar, week or ordinal day.
fn dates() -> [Vec<Item>; 5] {
    let dash = || Item::Literal("-".to_owned());
    [
        vec![Item::Year(4), dash(), Item::Month(2), dash(), Item::Day(2)],
        vec![Item::WeekYear(4), Item::Literal("-W".to_owned()), Item::Week(2), dash(), Item::Weekday(1)],
        vec![Item::WeekYear(4), Item::Literal("-W".to_owned()), Item::Week(2)],
        vec![Item::Year(4), dash(), Item::Month(2)],
        vec![Item::Year(4), dash(), Item::DayOfYear(3)],
    ]
}

/// The times of day of a text, with as many fields as there are.
fn times() -> [Vec<Item>; 5] {
    let colon = || Item::Literal(":".to_owned());
    let (hour, minute, second) = (Item::Hour(2), Item::Minute(2), Item::Second(2));
    let fraction = Item::Fraction(9);
    let seconds = vec![hour.clone(), colon(), minute.clone(), colon(), second];
    let with = |sign: &str| {
        let mut items = seconds.clone();
        items.extend([Item::Literal(sign.to_owned()), fraction.clone()]);
        items
    };
    [with("."), with(","), seconds.clone(), vec![hour.clone(), colon(), minute], vec![hour]]
}

fn parsed(text: &str) -> Option<Parsed> {
    let Some((date, time)) = text.split_once('T') else {
        return dates().iter().chain([&vec![Item::Year(4)]]).find_map(|items| read(items, date_of(items, text)?));
    };
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let text = format!("{date}T{clock}{zone}");
    let mut patterns = dates().into_iter().flat_map(|date| {
        times().into_iter().map(move |time| {
            let mut items = date.clone();
            items.push(Item::Literal("T".to_owned()));
            items.extend(time);
            items
        })
    });
    patterns.find_map(|mut items| {
        if !zone.is_empty() {
            items.push(Item::Offset { colon: true });
        }
        read(&items, &text)
    })
}

/// The text, if it is as long as a pattern of a date.
fn date_of<'a>(items: &[Item], text: &'a str) -> Option<&'a str> {
    let is_ordinal = items.iter().any(|item| matches!(item, Item::DayOfYear(_)));
    let is_month = items.len() == 3 && matches!(items[2], Item::Month(_));
    let fits = (!is_ordinal || text.len() == 8) && (!is_month || text.len() == 7);
    fits.then_some(text)
}

/// `from_iso8601_timestamp(text)`, `from_iso8601_timestamp_nanos(text)`: a timestamp with time zone, in the zone of a
/// literal text, and else in UTC. Other texts are INVALID_FUNCTION_ARGUMENT.
fn timestamp(arguments: &Arguments<'_>, digits: u8) -> Option<TrinoType> {
    let [of] = arguments.types else { return None };
    let zone = arguments.text(0).and_then(|text| parsed(text)?.zone);
    is_text(of).then(|| TrinoType::TimestampWithTimeZone(digits, zone.unwrap_or_else(|| "UTC".to_owned())))
}

fn read_as<T>(text: &str, found: Option<T>) -> Result<T> {
    found.ok_or_else(|| ErrorName::InvalidFunctionArgument.error(format!("Invalid format: \"{text}\"")))
}

fn from_text(call: &Call) -> Result<ArrayRef> {
    let TrinoType::TimestampWithTimeZone(_, zone) = call.return_type() else { return Ok(Arc::clone(&call.arrays[0])) };
    let texts = call.texts(0)?;
    let value = |text: &str| instant(text, &read_as(text, parsed(text))?, &zone);
    let values: Result<Vec<Option<NaiveDateTime>>> = texts.iter().map(|text| text.map(value).transpose()).collect();
    array_of(values?.into_iter(), &call.return_type())
}

/// `from_iso8601_date(text)`: the date of `2020-05-11`, `2020-W10`, `2020-W10-1` or `2020-123`.
fn from_iso8601_date() -> Arc<ScalarUDF> {
    let typing =
        |arguments: &Arguments<'_>| Ok(matches!(arguments.types, [of] if is_text(of)).then_some(TrinoType::Date));
    define("from_iso8601_date", typing, |call| {
        let texts = call.texts(0)?;
        let value = |text: &str| {
            let date = dates().iter().find_map(|items| read(items, date_of(items, text)?));
            read_as(text, date.and_then(|date| date.local()))
        };
        let values: Result<Vec<_>> = texts.iter().map(|text| text.map(value).transpose()).collect();
        array_of(values?.into_iter(), &TrinoType::Date)
    })
}

/// `to_iso8601(x)`: `2001-08-22`, `2001-08-22T03:04:05.321`, and with a zone its offset or `Z` behind that.
fn to_iso8601() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(matches!(arguments.types, [of] if is_moment(of)).then_some(TrinoType::Varchar(None)))
    };
    define("to_iso8601", typing, |call| {
        let moments = Moments::of(&call.arrays[0])?;
        let of = &call.types[0];
        let digits = match of {
            TrinoType::Timestamp(digits) | TrinoType::TimestampWithTimeZone(digits, _) => *digits,
            _ => 0,
        };
        let text = |row: usize, local: NaiveDateTime| match of {
            TrinoType::Date => local.format("%Y-%m-%d").to_string(),
            _ => {
                let time = match digits {
                    0 => local.format("%Y-%m-%dT%H:%M:%S"),
                    1..=3 => local.format("%Y-%m-%dT%H:%M:%S%.3f"),
                    4..=6 => local.format("%Y-%m-%dT%H:%M:%S%.6f"),
                    _ => local.format("%Y-%m-%dT%H:%M:%S%.9f"),
                };
                let offset = moments.offset(row);
                let zone = match of {
                    TrinoType::TimestampWithTimeZone(..) if offset == 0 => "Z".to_owned(),
                    TrinoType::TimestampWithTimeZone(..) => offset_name(offset, true),
                    _ => String::new(),
                };
                format!("{time}{zone}")
            }
        };
        let of_row = |row| moments.local(row).map(|local| text(row, local));
        Ok(Arc::new((0..call.rows).map(of_row).collect::<StringArray>()))
    })
}
