//! Documents to values. What is not of its column's type is an error, as guesses would be wrong answers.

use std::collections::HashMap;

use super::document::{Json, parse};
use crate::{Error, JsonFormat, Result, column::Column};

/// The keys under which the columns that are read stand in documents.
#[derive(Debug)]
pub(crate) struct Names {
    /// Numbers of columns by key, as keys are compared.
    by_key: HashMap<String, usize>,
    names: Vec<String>,
}

impl Names {
    pub(crate) fn new(format: &JsonFormat, names: &[String]) -> Self {
        let key = |name: &String| folded(format, format.keys.get(name).unwrap_or(name));
        let by_key = names.iter().enumerate().map(|(at, name)| (key(name), at)).collect();
        Self { by_key, names: names.to_vec() }
    }
}

/// A key as keys are compared.
fn folded(format: &JsonFormat, key: &str) -> String {
    let key = if format.dots_in_keys { key.replace('.', "_") } else { key.to_owned() };
    if format.case_insensitive { key.to_lowercase() } else { key }
}

/// Appends the values of a line to the columns that are read, which stand at the places `wanted` among those of the table.
pub(crate) fn read(
    format: &JsonFormat,
    line: &[u8],
    names: &Names,
    wanted: &[usize],
    columns: &mut [Column],
) -> Result<()> {
    let document = std::str::from_utf8(line).map_err(|_| Error::Utf8);
    let document = document.and_then(|line| parse(line).map_err(|reason| Error::Json { reason }));
    let mut values: Vec<Option<Json<'_>>> = vec![None; columns.len()];
    match document {
        Ok(Json::Object(members, _)) => {
            for (key, value) in members {
                if let Some(at) = names.by_key.get(&folded(format, &key)) {
                    values[*at] = Some(value);
                }
            }
        }
        Ok(Json::Array(items, _)) if format.lenient => {
            let mut items: Vec<Option<Json<'_>>> = items.into_iter().map(Some).collect();
            for (value, at) in values.iter_mut().zip(wanted) {
                *value = items.get_mut(*at).and_then(Option::take);
            }
        }
        Ok(_) if !format.ignore_malformed => {
            return Err(Error::Json { reason: "it is no object".to_owned() });
        }
        Err(error) if !format.ignore_malformed => return Err(error),
        Ok(_) | Err(_) => {}
    }
    for ((column, value), name) in columns.iter_mut().zip(values).zip(&names.names) {
        append(format, column, value.as_ref(), name)?;
    }
    Ok(())
}

fn append(format: &JsonFormat, column: &mut Column, value: Option<&Json<'_>>, name: &str) -> Result<()> {
    match (column, value) {
        (column, None | Some(Json::Null)) => {
            column.null();
            Ok(())
        }
        (Column::List(list), Some(Json::Array(items, _))) => {
            for item in items {
                append(format, &mut list.items, Some(item), name)?;
                list.count();
            }
            list.end(true);
            Ok(())
        }
        (Column::Map(map), Some(Json::Object(members, _))) => {
            for (at, (key, value)) in members.iter().enumerate() {
                // Of members with the same key the last one counts.
                if members[at + 1..].iter().any(|(later, _)| later == key) {
                    continue;
                }
                if !map.keys.is_text_of(key) {
                    return Err(wrong(name, key, &map.keys));
                }
                map.keys.text(key);
                append(format, &mut map.values, Some(value), name)?;
                map.count();
            }
            map.end(true);
            Ok(())
        }
        (Column::Struct(row), Some(Json::Object(members, _))) => {
            for (field, column) in row.fields.iter().zip(&mut row.columns) {
                let wanted = folded(format, field.name());
                let member = members.iter().rev().find(|(key, _)| {
                    if format.case_insensitive { folded(format, key) == wanted } else { key == field.name() }
                });
                append(format, column, member.map(|(_, value)| value), name)?;
            }
            row.end(true);
            Ok(())
        }
        (Column::Text(values), Some(Json::Array(_, text) | Json::Object(_, text))) if format.lenient => {
            values.append_value(text);
            Ok(())
        }
        (column, Some(value)) => plain(column, value, name),
    }
}

/// Appends a value that is not nested.
fn plain(column: &mut Column, value: &Json<'_>, name: &str) -> Result<()> {
    let text: &str = match value {
        Json::Boolean(true) => "true",
        Json::Boolean(false) => "false",
        Json::Number(text) => text,
        Json::Text(text) => text,
        Json::Array(_, text) | Json::Object(_, text) => return Err(wrong(name, text, column)),
        Json::Null => "",
    };
    let is_number = matches!(
        column,
        Column::Int8(_) | Column::Int16(_) | Column::Int32(_) | Column::Int64(_) | Column::Decimal(..)
    );
    // 1e3 is written by some for 1000.
    let whole = (is_number && text.contains(['e', 'E'])).then(|| without_exponent(text)).flatten();
    let text = whole.as_deref().unwrap_or(text);
    if column.is_nested() || !column.is_text_of(text) || !column.text(text) {
        return Err(wrong(name, text, column));
    }
    Ok(())
}

/// `1.5e3` as `1500`; [`None`] if it is no number, or one of too many digits.
fn without_exponent(text: &str) -> Option<String> {
    let (number, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |number| ("-", number));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    if !(-80..=80).contains(&point) {
        return None;
    }
    let text = match usize::try_from(point) {
        Ok(point) if point >= digits.len() => format!("{digits}{}", "0".repeat(point - digits.len())),
        Ok(point) if point > 0 => format!("{}.{}", &digits[..point], &digits[point..]),
        Ok(_) => format!("0.{digits}"),
        Err(_) => format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
    };
    Some(format!("{sign}{text}"))
}

fn wrong(column: &str, value: &str, expected: &Column) -> Error {
    let expected = match expected {
        Column::Boolean(_) => "a boolean",
        Column::Int8(_) | Column::Int16(_) | Column::Int32(_) | Column::Int64(_) => "an integer in the type's range",
        Column::Float32(_) | Column::Float64(_) => "a number",
        Column::Decimal(..) => "a decimal in the type's range",
        Column::Text(_) => "a text",
        Column::Binary(_) => "bytes in base64",
        Column::Date(_) => "a date such as 2017-01-02",
        Column::Timestamp(_) => "a timestamp such as 2017-01-02 03:04:05",
        Column::List(_) => "an array",
        Column::Map(_) | Column::Struct(_) => "an object",
    };
    let value = value.chars().take(100).collect();
    Error::Value { column: column.to_owned(), value, expected: expected.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{Array, AsArray, RecordBatch},
        datatypes::{DataType, Decimal128Type, Field, Fields, Int64Type, Schema},
        util::display::{ArrayFormatter, FormatOptions},
    };

    use super::*;
    use crate::{RowFormat, RowReader};

    fn schema() -> Schema {
        let pair = Fields::from(vec![Field::new("x", DataType::Int32, true), Field::new("y", DataType::Utf8, true)]);
        let entries =
            Fields::from(vec![Field::new("key", DataType::Utf8, false), Field::new("value", DataType::Int32, true)]);
        let field = |(name, data_type)| Field::new(name, data_type, true);
        Schema::new(
            [
                ("id", DataType::Int64),
                ("name", DataType::Utf8),
                ("price", DataType::Decimal128(20, 2)),
                ("pairs", DataType::List(Arc::new(Field::new("item", DataType::Struct(pair), true)))),
                ("counts", DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entries), false)), false)),
            ]
            .map(field)
            .to_vec(),
        )
    }

    fn read(format: JsonFormat, wanted: &[usize], lines: &[&str]) -> Result<RecordBatch> {
        let mut reader = RowReader::try_new(&RowFormat::Json(format), &schema(), wanted)?;
        lines.iter().try_for_each(|line| reader.read(line.as_bytes()).map(drop))?;
        Ok(reader.finish().unwrap())
    }

    #[test]
    fn keys_are_found_whatever_their_case_and_order() {
        let lines = [
            r#"{"Name": "a", "other": [{}], "ID": 9007199254740993, "price": 123456789012345678.91}"#,
            r#"{"id": 1e3, "pairs": [{"Y": "b", "X": 7}, null, {}], "counts": {"k": 1, "l": null, "k": 2}}"#,
            "",
            r#"{"price": "-0.05", "name": 12.50}"#,
        ];
        let rows = read(JsonFormat::default(), &[0, 1, 2, 3, 4], &lines).unwrap();
        assert_eq!(rows.num_rows(), 3);
        assert_eq!(rows.column(0).as_primitive::<Int64Type>().value(0), 9_007_199_254_740_993);
        assert_eq!(rows.column(0).as_primitive::<Int64Type>().value(1), 1000);
        assert_eq!(rows.column(2).as_primitive::<Decimal128Type>().value(0), 12_345_678_901_234_567_891);
        assert_eq!(rows.column(2).as_primitive::<Decimal128Type>().value(2), -5);
        assert_eq!(rows.column(1).as_string::<i32>().value(2), "12.50");
        let options = FormatOptions::default().with_null("-");
        let shown =
            |column: usize| ArrayFormatter::try_new(rows.column(column), &options).unwrap().value(1).to_string();
        assert_eq!(shown(3), "[{x: 7, y: b}, -, {x: -, y: -}]");
        assert_eq!(shown(4), "{l: -, k: 2}");
        assert!(rows.column(4).is_null(0));
    }

    #[test]
    fn keys_may_be_mapped_and_have_dots() {
        let keys = [("name".to_owned(), "Full Name".to_owned())].into();
        let format = JsonFormat { case_insensitive: false, keys, ..JsonFormat::default() };
        let rows = read(format, &[0, 1], &[r#"{"Full Name": "a", "name": "b", "ID": 1, "id": 2}"#]).unwrap();
        assert_eq!(rows.column(1).as_string::<i32>().value(0), "a");
        assert_eq!(rows.column(0).as_primitive::<Int64Type>().value(0), 2);
        let keys = [("id".to_owned(), "a_b".to_owned())].into();
        let format = JsonFormat { dots_in_keys: true, keys, ..JsonFormat::default() };
        let rows = read(format, &[0], &[r#"{"a.b": 3}"#]).unwrap();
        assert_eq!(rows.column(0).as_primitive::<Int64Type>().value(0), 3);
    }

    #[test]
    fn lines_that_are_no_documents_fail_or_are_rows_of_nulls() {
        let lines = ["{\"id\": 1", "[2]", "7"];
        for line in lines {
            assert!(matches!(read(JsonFormat::default(), &[0], &[line]), Err(Error::Json { .. })), "{line}");
        }
        let format = JsonFormat { ignore_malformed: true, ..JsonFormat::default() };
        let rows = read(format, &[0], &lines).unwrap();
        assert_eq!((rows.num_rows(), rows.column(0).null_count()), (3, 3));
        let format = JsonFormat { lenient: true, ..JsonFormat::default() };
        let rows = read(format, &[1], &["[2, {\"a\": [1]}]"]).unwrap();
        assert_eq!(rows.column(0).as_string::<i32>().value(0), "{\"a\": [1]}");
    }

    #[test]
    fn values_of_other_types_are_refused() {
        for (line, named) in [
            (r#"{"id": 1.5}"#, "'1.5' for column id: expected an integer"),
            (r#"{"id": 9223372036854775808}"#, "for column id: expected an integer in the type's range"),
            (r#"{"id": [1]}"#, "'[1]' for column id"),
            (r#"{"name": {}}"#, "'{}' for column name: expected a text"),
            (r#"{"pairs": "x"}"#, "'x' for column pairs: expected an array"),
            (r#"{"counts": {"a": "b"}}"#, "'b' for column counts"),
        ] {
            let error = read(JsonFormat::default(), &[0, 1, 2, 3, 4], &[line]).unwrap_err().to_string();
            assert!(error.contains(named), "{line}: {error}");
        }
    }
}
