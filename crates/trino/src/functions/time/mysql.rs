//! `date_format`, `date_parse`: the patterns of MySQL.

use std::sync::Arc;

use arrow::array::StringBuilder;
use chrono::NaiveDateTime;
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{
    moment::{Moments, array_of, is_moment},
    pattern::{Item, read, write},
};
use crate::{
    ErrorName, TrinoType,
    functions::define::{Arguments, define, is_text},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![date_format(), date_parse()]
}

/// The fields of a pattern. `%D`, `%U`, `%u`, `%V`, `%w` and `%X` are not supported, as in Trino; other letters stand
/// for themselves.
fn items(pattern: &str) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            items.push(Item::Literal(letter.to_string()));
            continue;
        }
        let literal = |text: &str| Item::Literal(text.to_owned());
        let (colon, two) = (literal(":"), 2);
        match letters.next() {
            Some('a') => items.push(Item::WeekdayName { short: true }),
            Some('b') => items.push(Item::MonthName { short: true }),
            Some('c') => items.push(Item::Month(1)),
            Some('d') => items.push(Item::Day(two)),
            Some('e') => items.push(Item::Day(1)),
            Some('f') => items.push(Item::Fraction(6)),
            Some('H') => items.push(Item::Hour(two)),
            Some('h' | 'I') => items.push(Item::HalfHour(two)),
            Some('i') => items.push(Item::Minute(two)),
            Some('j') => items.push(Item::DayOfYear(3)),
            Some('k') => items.push(Item::Hour(1)),
            Some('l') => items.push(Item::HalfHour(1)),
            Some('M') => items.push(Item::MonthName { short: false }),
            Some('m') => items.push(Item::Month(two)),
            Some('p') => items.push(Item::HalfOfDay),
            Some('r') => items.extend([
                Item::HalfHour(two),
                colon.clone(),
                Item::Minute(two),
                colon,
                Item::Second(two),
                literal(" "),
                Item::HalfOfDay,
            ]),
            Some('S' | 's') => items.push(Item::Second(two)),
            Some('T') => {
                items.extend([Item::Hour(two), colon.clone(), Item::Minute(two), colon, Item::Second(two)]);
            }
            Some('v') => items.push(Item::Week(two)),
            Some('W') => items.push(Item::WeekdayName { short: false }),
            Some('x') => items.push(Item::WeekYear(4)),
            Some('Y') => items.push(Item::Year(4)),
            Some('y') => items.push(Item::TwoDigitYear),
            Some('%') => items.push(literal("%")),
            Some(other @ ('D' | 'U' | 'u' | 'V' | 'w' | 'X')) => {
                let message = format!("%{other} not supported in date format string");
                return Err(ErrorName::InvalidFunctionArgument.error(message));
            }
            Some(other) => items.push(Item::Literal(other.to_string())),
            None => return Err(ErrorName::InvalidFunctionArgument.error("Invalid date format string")),
        }
    }
    Ok(items)
}

/// `date_format(timestamp, pattern)`: the text of a date or timestamp in the words of its zone.
fn date_format() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [of, pattern] if is_moment(of) && is_text(pattern) => Some(TrinoType::Varchar(None)),
            _ => None,
        })
    };
    define("date_format", typing, |call| {
        let moments = Moments::of(&call.arrays[0])?;
        let patterns = call.meanings(1, items)?;
        let mut texts = StringBuilder::with_capacity(call.rows, 16 * call.rows);
        for row in 0..call.rows {
            match patterns.of_row(row).zip(moments.local(row)) {
                Some((items, local)) => {
                    write(items, local, 0, "", &mut texts)?;
                    texts.append_value("");
                }
                None => texts.append_null(),
            }
        }
        Ok(Arc::new(texts.finish()))
    })
}

/// `date_parse(text, pattern)`: a timestamp(3). A text that does not follow the pattern is INVALID_FUNCTION_ARGUMENT.
fn date_parse() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [text, pattern] if is_text(text) && is_text(pattern) => Some(TrinoType::Timestamp(3)),
            _ => None,
        })
    };
    define("date_parse", typing, |call| {
        let (texts, patterns) = (call.texts(0)?, call.meanings(1, items)?);
        let of_row = |row: usize| -> Result<Option<NaiveDateTime>> {
            let Some(items) = patterns.of_row(row) else { return Ok(None) };
            let text = texts.value(row);
            let parsed = read(items, text).and_then(|parsed| parsed.local());
            let wrong = || ErrorName::InvalidFunctionArgument.error(format!("Invalid format: \"{text}\""));
            Ok(Some(parsed.ok_or_else(wrong)?))
        };
        let values: Result<Vec<_>> = (0..call.rows).map(of_row).collect();
        array_of(values?.into_iter(), &TrinoType::Timestamp(3))
    })
}
