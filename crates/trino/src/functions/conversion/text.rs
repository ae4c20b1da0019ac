//! Casts to `varchar` and `char`.
//!
//! A text that is too long is cut; the text of anything else that is too long is an error.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, StringArray},
    datatypes::{Decimal128Type, DurationMillisecondType, Float32Type, Float64Type, Int64Type, IntervalYearMonthType},
};
use datafusion::error::Result;

use super::{
    decimal::text_of_decimal,
    failures::{Failures, invalid, no_cast},
    java_number::write_scientific,
    temporal_text, uuid,
};
use crate::{
    TrinoType,
    functions::scalar::{fit, integer_digits},
};

pub(super) fn to_varchar(
    array: &ArrayRef,
    from: &TrinoType,
    length: Option<u32>,
    failures: &mut Failures,
) -> Result<ArrayRef> {
    if matches!(from, TrinoType::Varchar(_) | TrinoType::Char(_)) {
        let texts = array.as_string::<i32>();
        return Ok(match length {
            None => Arc::clone(array),
            Some(most) => Arc::new(texts.iter().map(|text| text.map(|text| cut(text, most))).collect::<StringArray>()),
        });
    }
    let texts = texts(array, from)?;
    let Some(most) = length else { return Ok(Arc::new(texts)) };
    failures.map::<_, _, StringArray>(&texts, |text| {
        if text.chars().count() <= most as usize {
            return Ok(text.to_owned());
        }
        Err(invalid(format!("Value {text} cannot be represented as varchar({most})")))
    })
}

pub(super) fn to_char(array: &ArrayRef, from: &TrinoType, length: u32) -> Result<ArrayRef> {
    if !matches!(from, TrinoType::Varchar(_) | TrinoType::Char(_)) {
        return Err(no_cast(from, &TrinoType::Char(length)));
    }
    let padded = |text: &str| format!("{:<width$}", cut(text, length), width = length as usize);
    Ok(Arc::new(array.as_string::<i32>().iter().map(|text| text.map(padded)).collect::<StringArray>()))
}

/// The first characters of a text.
fn cut(text: &str, most: u32) -> &str {
    match text.char_indices().nth(most as usize) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// The texts of values that are none themselves.
pub(crate) fn texts(array: &ArrayRef, from: &TrinoType) -> Result<StringArray> {
    Ok(match from {
        TrinoType::Varchar(_) | TrinoType::Char(_) => array.as_string::<i32>().clone(),
        TrinoType::Boolean => written(array.as_boolean().iter(), |value, into| into.push_str(&value.to_string())),
        TrinoType::Real => written(array.as_primitive::<Float32Type>().iter(), write_scientific),
        TrinoType::Double => written(array.as_primitive::<Float64Type>().iter(), write_scientific),
        TrinoType::Decimal { scale, .. } => written(array.as_primitive::<Decimal128Type>().iter(), |value, into| {
            into.push_str(&text_of_decimal(value, *scale));
        }),
        TrinoType::IntervalYearToMonth => {
            written(array.as_primitive::<IntervalYearMonthType>().iter(), temporal_text::write_months)
        }
        TrinoType::IntervalDayToSecond => {
            written(array.as_primitive::<DurationMillisecondType>().iter(), temporal_text::write_milliseconds)
        }
        TrinoType::Date | TrinoType::Time(_) | TrinoType::Timestamp(_) | TrinoType::TimestampWithTimeZone(..) => {
            temporal_text::texts(array, from)?
        }
        TrinoType::Uuid => written(array.as_fixed_size_binary().iter(), uuid::write),
        of if integer_digits(of).is_some() => {
            let array = fit(array, &TrinoType::Bigint.data_type())?;
            written(array.as_primitive::<Int64Type>().iter(), |value, into| into.push_str(&value.to_string()))
        }
        _ => return Err(no_cast(from, &TrinoType::Varchar(None))),
    })
}

fn written<T>(values: impl Iterator<Item = Option<T>>, write: impl Fn(T, &mut String)) -> StringArray {
    let mut text = String::new();
    let mut builder = arrow::array::StringBuilder::new();
    for value in values {
        text.clear();
        match value {
            Some(value) => {
                write(value, &mut text);
                builder.append_value(&text);
            }
            None => builder.append_null(),
        }
    }
    builder.finish()
}
