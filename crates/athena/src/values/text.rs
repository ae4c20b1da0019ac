//! Values as text.

use std::{fmt::Write, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, timezone::Tz},
    compute::cast,
    datatypes::{
        ArrowPrimitiveType, DataType, Date32Type, Decimal128Type, Decimal256Type, DurationMillisecondType, Float32Type,
        Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, IntervalUnit, IntervalYearMonthType,
        Time64MicrosecondType, TimeUnit, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
    error::ArrowError,
    util::display::{ArrayFormatter, FormatOptions},
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta};

use super::java_number;

/// Writes the value of a row, which is not NULL.
pub type CellText = Box<dyn Fn(usize, &mut String) + Send + Sync>;

/// How the values of a column are written.
///
/// # Errors
/// If the type has no text form.
pub fn column_text(array: &ArrayRef) -> Result<CellText, ArrowError> {
    Ok(match array.data_type() {
        DataType::Null => Box::new(|_, _| ()),
        DataType::Boolean => {
            let array = array.as_boolean().clone();
            Box::new(move |row, into| into.push_str(if array.value(row) { "true" } else { "false" }))
        }
        DataType::Int8 => integers::<Int8Type>(array),
        DataType::Int16 => integers::<Int16Type>(array),
        DataType::Int32 => integers::<Int32Type>(array),
        DataType::Int64 => integers::<Int64Type>(array),
        DataType::UInt8 => integers::<UInt8Type>(array),
        DataType::UInt16 => integers::<UInt16Type>(array),
        DataType::UInt32 => integers::<UInt32Type>(array),
        DataType::UInt64 => integers::<UInt64Type>(array),
        DataType::Float16 | DataType::Float32 => {
            let array = cast(array, &DataType::Float32)?.as_primitive::<Float32Type>().clone();
            Box::new(move |row, into| java_number::write_f32(array.value(row), into))
        }
        DataType::Float64 => {
            let array = array.as_primitive::<Float64Type>().clone();
            Box::new(move |row, into| java_number::write_f64(array.value(row), into))
        }
        DataType::Decimal128(..) => {
            let array = array.as_primitive::<Decimal128Type>().clone();
            Box::new(move |row, into| into.push_str(&array.value_as_string(row)))
        }
        DataType::Decimal256(..) => {
            let array = array.as_primitive::<Decimal256Type>().clone();
            Box::new(move |row, into| into.push_str(&array.value_as_string(row)))
        }
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            column_text(&cast(array, &DataType::Decimal128(*precision, *scale))?)?
        }
        DataType::Utf8 => {
            let array = array.as_string::<i32>().clone();
            Box::new(move |row, into| into.push_str(array.value(row)))
        }
        DataType::LargeUtf8 | DataType::Utf8View => {
            let array = cast(array, &DataType::LargeUtf8)?.as_string::<i64>().clone();
            Box::new(move |row, into| into.push_str(array.value(row)))
        }
        DataType::FixedSizeBinary(16) => uuids(array),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => bytes(array)?,
        DataType::Date32 | DataType::Date64 => dates(array)?,
        DataType::Timestamp(_, None) => timestamps(array)?,
        DataType::Timestamp(_, Some(zone)) => zoned_timestamps(array, zone)?,
        DataType::Time32(_) | DataType::Time64(_) => times(array)?,
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => lists(array)?,
        DataType::Struct(_) => rows(array)?,
        DataType::Map(..) => maps(array)?,
        DataType::Dictionary(_, values) => column_text(&cast(array, values)?)?,
        DataType::Interval(IntervalUnit::YearMonth) => months(array),
        DataType::Duration(_) => durations(array)?,
        _ => by_arrow(array)?,
    })
}

fn integers<T: ArrowPrimitiveType>(array: &ArrayRef) -> CellText
where
    T::Native: std::fmt::Display,
{
    let array = array.as_primitive::<T>().clone();
    Box::new(move |row, into| {
        // Writing to a String cannot fail, here and below.
        let _ = write!(into, "{}", array.value(row));
    })
}

/// The text of a UUID (RFC 9562, section 4).
fn uuids(array: &ArrayRef) -> CellText {
    let array = array.as_fixed_size_binary().clone();
    Box::new(move |row, into| {
        for (at, byte) in array.value(row).iter().enumerate() {
            let dash = if [4, 6, 8, 10].contains(&at) { "-" } else { "" };
            let _ = write!(into, "{dash}{byte:02x}");
        }
    })
}

/// Pairs of digits with spaces between them.
fn bytes(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let array = cast(array, &DataType::LargeBinary)?.as_binary::<i64>().clone();
    Ok(Box::new(move |row, into| {
        for (at, byte) in array.value(row).iter().enumerate() {
            let _ = write!(into, "{}{byte:02x}", if at == 0 { "" } else { " " });
        }
    }))
}

fn dates(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let array = cast(array, &DataType::Date32)?.as_primitive::<Date32Type>().clone();
    Ok(Box::new(move |row, into| {
        let days = array.value(row);
        let epoch = NaiveDate::default();
        let distance = Days::new(u64::from(days.unsigned_abs()));
        let date = if days < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) };
        if let Some(date) = date {
            let _ = write!(into, "{}", date.format("%Y-%m-%d"));
        }
    }))
}

fn micros(array: &ArrayRef, zone: Option<&str>) -> Result<arrow::array::TimestampMicrosecondArray, ArrowError> {
    let kind = DataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into));
    Ok(cast(array, &kind)?.as_primitive::<TimestampMicrosecondType>().clone())
}

fn timestamps(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let array = micros(array, None)?;
    Ok(Box::new(move |row, into| {
        if let Some(time) = DateTime::from_timestamp_micros(array.value(row)) {
            let _ = write!(into, "{}", time.format("%Y-%m-%d %H:%M:%S%.3f"));
        }
    }))
}

fn zoned_timestamps(array: &ArrayRef, zone: &str) -> Result<CellText, ArrowError> {
    let array = micros(array, Some(zone))?;
    let parsed: Tz = zone.parse()?;
    let name = if zone == "+00:00" { "UTC".to_owned() } else { zone.to_owned() };
    Ok(Box::new(move |row, into| {
        if let Some(time) = DateTime::from_timestamp_micros(array.value(row)) {
            let _ = write!(into, "{} {name}", time.with_timezone(&parsed).format("%Y-%m-%d %H:%M:%S%.3f"));
        }
    }))
}

fn times(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let array = cast(array, &DataType::Time64(TimeUnit::Microsecond))?.as_primitive::<Time64MicrosecondType>().clone();
    Ok(Box::new(move |row, into| {
        let time = NaiveTime::MIN + TimeDelta::microseconds(array.value(row));
        let _ = write!(into, "{}", time.format("%H:%M:%S%.3f"));
    }))
}

/// Writes a value that may be NULL within another one.
fn nested(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let text = column_text(array)?;
    // Those of NULLs without a type are no part of the array.
    let nulls = array.logical_nulls();
    Ok(Box::new(move |row, into| {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) { into.push_str("null") } else { text(row, into) }
    }))
}

fn lists(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let item = match array.data_type() {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => item,
        _ => return by_arrow(array),
    };
    let array = cast(array, &DataType::LargeList(Arc::clone(item)))?.as_list::<i64>().clone();
    let text = nested(array.values())?;
    Ok(Box::new(move |row, into| {
        let offsets = array.value_offsets();
        into.push('[');
        for (at, item) in index_range(offsets[row], offsets[row + 1]).enumerate() {
            into.push_str(if at == 0 { "" } else { ", " });
            text(item, into);
        }
        into.push(']');
    }))
}

fn rows(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let array = array.as_struct();
    let fields: Result<Vec<(String, CellText)>, ArrowError> = array
        .fields()
        .iter()
        .zip(array.columns())
        .map(|(field, column)| {
            // What SQL made without names is shown without them.
            let is_numbered = |prefix| field.name().strip_prefix(prefix).is_some_and(is_number);
            let unnamed = field.name().is_empty() || is_numbered("c") || is_numbered("$field");
            let name = if unnamed { String::new() } else { format!("{}=", field.name()) };
            Ok((name, nested(column)?))
        })
        .collect();
    let fields = fields?;
    Ok(Box::new(move |row, into| {
        into.push('{');
        for (at, (name, text)) in fields.iter().enumerate() {
            into.push_str(if at == 0 { "" } else { ", " });
            into.push_str(name);
            text(row, into);
        }
        into.push('}');
    }))
}

/// `years-months`.
fn months(array: &ArrayRef) -> CellText {
    let array = array.as_primitive::<IntervalYearMonthType>().clone();
    Box::new(move |row, into| {
        let months = array.value(row);
        let sign = if months < 0 { "-" } else { "" };
        let months = months.unsigned_abs();
        let _ = write!(into, "{sign}{}-{}", months / 12, months % 12);
    })
}

/// `days hours:minutes:seconds.milliseconds`.
fn durations(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let unit = DataType::Duration(TimeUnit::Millisecond);
    let array = cast(array, &unit)?.as_primitive::<DurationMillisecondType>().clone();
    Ok(Box::new(move |row, into| {
        let sign = if array.value(row) < 0 { "-" } else { "" };
        let total = array.value(row).unsigned_abs();
        let (days, rest) = (total / 86_400_000, total % 86_400_000);
        let (hours, minutes, seconds) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
        let _ = write!(into, "{sign}{days} {hours:02}:{minutes:02}:{seconds:02}.{:03}", rest % 1000);
    }))
}

fn maps(array: &ArrayRef) -> Result<CellText, ArrowError> {
    let array = array.as_map().clone();
    let (key, value) = (nested(array.keys())?, nested(array.values())?);
    Ok(Box::new(move |row, into| {
        let offsets = array.value_offsets();
        into.push('{');
        for (at, entry) in index_range(i64::from(offsets[row]), i64::from(offsets[row + 1])).enumerate() {
            into.push_str(if at == 0 { "" } else { ", " });
            key(entry, into);
            into.push('=');
            value(entry, into);
        }
        into.push('}');
    }))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Offsets of an array are never negative.
fn index_range(from: i64, to: i64) -> std::ops::Range<usize> {
    usize::try_from(from).unwrap_or_default()..usize::try_from(to).unwrap_or_default()
}

/// Arrow's own form, for types that Athena does not have.
fn by_arrow(array: &ArrayRef) -> Result<CellText, ArrowError> {
    // Made for each value, because a formatter borrows its array; such types are rare.
    ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default())?;
    let array = ArrayRef::clone(array);
    Ok(Box::new(move |row, into| {
        if let Ok(formatter) = ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default()) {
            let _ = write!(into, "{}", formatter.value(row));
        }
    }))
}

#[cfg(test)]
mod tests {
    use arrow::{
        array::{
            BinaryArray, Date32Array, Decimal128Array, FixedSizeBinaryArray, Int32Array, ListArray, MapBuilder,
            StringArray, StringBuilder, StructArray, TimestampMillisecondArray,
        },
        datatypes::{Field, Fields},
    };

    use super::*;

    #[track_caller]
    fn check(array: impl Array + 'static, expected: &str) {
        let array: ArrayRef = Arc::new(array);
        let mut text = String::new();
        column_text(&array).unwrap()(0, &mut text);
        assert_eq!(text, expected);
    }

    /// Forms of a table of measured values of the service.
    #[test]
    fn values_have_athenas_forms() {
        check(Int32Array::from(vec![-7]), "-7");
        check(Decimal128Array::from(vec![10]).with_precision_and_scale(3, 2).unwrap(), "0.10");
        check(BinaryArray::from_vec(vec![b"123"]), "31 32 33");
        let uuid: Vec<u8> = (0x10..0x20).collect();
        let uuid = FixedSizeBinaryArray::try_from_iter([uuid].into_iter()).unwrap();
        check(uuid, "10111213-1415-1617-1819-1a1b1c1d1e1f");
        check(Date32Array::from(vec![17_168]), "2017-01-02");
        check(Date32Array::from(vec![-1]), "1969-12-31");
        check(TimestampMillisecondArray::from(vec![1_483_228_800_000]), "2017-01-01 00:00:00.000");
        let utc = TimestampMillisecondArray::from(vec![1_483_228_800_001]).with_timezone("UTC");
        check(utc, "2017-01-01 00:00:00.001 UTC");
        let new_york = TimestampMillisecondArray::from(vec![1_483_228_800_000]).with_timezone("America/New_York");
        check(new_york, "2016-12-31 19:00:00.000 America/New_York");
    }

    #[test]
    fn nested_values_are_not_quoted() {
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), None, Some(2)])]);
        check(list, "[1, null, 2]");
        let named = Fields::from(vec![Field::new("a", DataType::Utf8, true), Field::new("b", DataType::Int32, true)]);
        let columns: Vec<ArrayRef> =
            vec![Arc::new(StringArray::from(vec!["x, y"])), Arc::new(Int32Array::from(vec![None]))];
        check(StructArray::new(named, columns.clone(), None), "{a=x, y, b=null}");
        let unnamed =
            Fields::from(vec![Field::new("c0", DataType::Utf8, true), Field::new("c1", DataType::Int32, true)]);
        check(StructArray::new(unnamed, columns, None), "{x, y, null}");
        let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        map.keys().append_value("k");
        map.values().append_value("v");
        map.append(true).unwrap();
        check(map.finish(), "{k=v}");
    }
}
