//! Values to lines.

use arrow::{
    array::{Array, AsArray},
    datatypes::{DataType, Float32Type, Float64Type},
    error::ArrowError,
    record_batch::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{TextFormat, format::LEVELS};

/// How times are written.
pub(crate) fn options() -> FormatOptions<'static> {
    FormatOptions::default().with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f"))
}

/// Appends rows as lines.
pub(crate) fn write(format: &TextFormat, rows: &RecordBatch, into: &mut Vec<u8>) -> Result<(), ArrowError> {
    for row in 0..rows.num_rows() {
        for (at, column) in rows.columns().iter().enumerate() {
            if at > 0 {
                into.push(format.delimiters[0]);
            }
            value(format, column.as_ref(), row, 1, into)?;
        }
        into.push(b'\n');
    }
    Ok(())
}

fn value(
    format: &TextFormat,
    column: &dyn Array,
    row: usize,
    level: usize,
    into: &mut Vec<u8>,
) -> Result<(), ArrowError> {
    if column.is_null(row) {
        into.extend_from_slice(format.null.as_bytes());
        return Ok(());
    }
    match column.data_type() {
        DataType::List(_) => items(format, column.as_list::<i32>().value(row).as_ref(), level, into),
        DataType::Map(..) => {
            let entries = column.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            for entry in 0..entries.len() {
                if entry > 0 {
                    into.push(delimiter(format, level)?);
                }
                value(format, keys.as_ref(), entry, level + 2, into)?;
                into.push(delimiter(format, level + 1)?);
                value(format, values.as_ref(), entry, level + 2, into)?;
            }
            Ok(())
        }
        DataType::Struct(_) => {
            for (at, column) in column.as_struct().columns().iter().enumerate() {
                if at > 0 {
                    into.push(delimiter(format, level)?);
                }
                value(format, column.as_ref(), row, level + 1, into)?;
            }
            Ok(())
        }
        _ => escaped(format, &plain(column, row)?, into),
    }
}

fn items(format: &TextFormat, items: &dyn Array, level: usize, into: &mut Vec<u8>) -> Result<(), ArrowError> {
    for item in 0..items.len() {
        if item > 0 {
            into.push(delimiter(format, level)?);
        }
        value(format, items, item, level + 1, into)?;
    }
    Ok(())
}

fn delimiter(format: &TextFormat, level: usize) -> Result<u8, ArrowError> {
    let delimiter = format.delimiters.get(level).copied();
    delimiter.ok_or_else(|| ArrowError::NotYetImplemented(format!("text nested deeper than {LEVELS} levels")))
}

/// The text of a value that is not nested.
pub(crate) fn plain(column: &dyn Array, row: usize) -> Result<Vec<u8>, ArrowError> {
    Ok(match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(row).as_bytes().to_vec(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(row).as_bytes().to_vec(),
        DataType::Utf8View => column.as_string_view().value(row).as_bytes().to_vec(),
        DataType::Binary => STANDARD.encode(column.as_binary::<i32>().value(row)).into_bytes(),
        DataType::LargeBinary => STANDARD.encode(column.as_binary::<i64>().value(row)).into_bytes(),
        DataType::BinaryView => STANDARD.encode(column.as_binary_view().value(row)).into_bytes(),
        DataType::Float32 => float(f64::from(column.as_primitive::<Float32Type>().value(row)), || {
            column.as_primitive::<Float32Type>().value(row).to_string()
        }),
        DataType::Float64 => {
            let number = column.as_primitive::<Float64Type>().value(row);
            float(number, || number.to_string())
        }
        // Lists of other kinds than the usual one would become texts.
        other if other.is_nested() => {
            return Err(ArrowError::NotYetImplemented(format!("a value of type {other} in text or JSON")));
        }
        _ => ArrayFormatter::try_new(column, &options())?.value(row).try_to_string()?.into_bytes(),
    })
}

/// A number as Java reads it.
fn float(number: f64, shortest: impl FnOnce() -> String) -> Vec<u8> {
    let text = match number {
        _ if number.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "Infinity".to_owned(),
        f64::NEG_INFINITY => "-Infinity".to_owned(),
        _ => shortest(),
    };
    text.into_bytes()
}

/// Appends a text with escapes. Without an escape, what would be taken for something else is refused.
fn escaped(format: &TextFormat, text: &[u8], into: &mut Vec<u8>) -> Result<(), ArrowError> {
    let is_null = text == format.null.as_bytes();
    let is_special = |byte: &u8| *byte == b'\n' || *byte == b'\r' || format.delimiters.contains(byte);
    match format.escape {
        Some(escape) => {
            // Line ends cannot be escaped: readers cut lines first.
            if let Some(end) = text.iter().find(|byte| matches!(byte, b'\n' | b'\r')) {
                return Err(unwritable(text, *end));
            }
            for byte in text {
                if *byte == escape || is_special(byte) {
                    into.push(escape);
                }
                into.push(*byte);
            }
            Ok(())
        }
        None if is_null => Err(ArrowError::InvalidArgumentError(format!(
            "the text `{}` stands for NULL in the file",
            String::from_utf8_lossy(text)
        ))),
        None => match text.iter().find(|byte| is_special(byte)) {
            Some(byte) => Err(unwritable(text, *byte)),
            None => {
                into.extend_from_slice(text);
                Ok(())
            }
        },
    }
}

fn unwritable(text: &[u8], byte: u8) -> ArrowError {
    let text: String = String::from_utf8_lossy(text).chars().take(40).collect();
    let byte = char::from(byte);
    ArrowError::InvalidArgumentError(format!(
        "the text {text:?} has the character {byte:?}, which ends a field or line: replace it, choose another \
         field_delimiter, or write JSON or Parquet"
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{ArrayRef, StringArray},
        datatypes::{Field, Fields, Schema, TimeUnit},
    };

    use super::*;
    use crate::{RowFormat, RowReader};

    fn schema() -> Schema {
        let list = |of| DataType::List(Arc::new(Field::new("item", of, true)));
        let pair =
            Fields::from(vec![Field::new("a", DataType::Int32, true), Field::new("b", list(DataType::Utf8), true)]);
        let entries =
            Fields::from(vec![Field::new("key", DataType::Utf8, false), Field::new("value", DataType::Float64, true)]);
        let map = DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entries), false)), false);
        let field = |(name, data_type)| Field::new(name, data_type, true);
        Schema::new(
            [
                ("n", DataType::Int64),
                ("t", DataType::Utf8),
                ("list", list(DataType::Struct(pair))),
                ("map", map),
                ("d", DataType::Decimal128(5, 2)),
                ("day", DataType::Date32),
                ("at", DataType::Timestamp(TimeUnit::Millisecond, None)),
                ("bytes", DataType::Binary),
            ]
            .map(field)
            .to_vec(),
        )
    }

    fn read(format: &TextFormat, text: &str) -> RecordBatch {
        let schema = schema();
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let mut reader = RowReader::try_new(&RowFormat::Text(format.clone()), &schema, &all).unwrap();
        for line in text.lines() {
            reader.read(line.as_bytes()).unwrap();
        }
        reader.finish().unwrap()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "1\u{1}one\u{1}7\u{3}x\u{4}y\u{2}\\N\u{3}\u{1}k\u{3}0.5\u{2}l\u{3}\\N\u{1}1.50\u{1}2020-02-29\u{1}\
                    2020-02-29 10:00:00.123\u{1}AQI=\n\
                    \\N\u{1}\u{1}\\N\u{1}\u{1}\\N\u{1}\\N\u{1}1969-12-31 23:59:59\u{1}\\N\n";
        let rows = read(&TextFormat::default(), text);
        let mut written = Vec::new();
        write(&TextFormat::default(), &rows, &mut written).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), text);
        let shown = |column: usize, row| {
            ArrayFormatter::try_new(rows.column(column), &options()).unwrap().value(row).to_string()
        };
        assert_eq!(shown(2, 0), "[{a: 7, b: [x, y]}, {a: , b: []}]");
        assert_eq!((shown(3, 0), rows.column(3).is_null(1)), ("{k: 0.5, l: }".to_owned(), false));
    }

    #[test]
    fn delimiters_within_texts_are_escaped_or_refused() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["a,b\\"]));
        let rows = RecordBatch::try_from_iter([("t", texts)]).unwrap();
        let mut format = TextFormat::default();
        format.delimiters[0] = b',';
        let mut written = Vec::new();
        let error = write(&format, &rows, &mut written).unwrap_err();
        assert!(error.to_string().contains("\"a,b\\\\\" has the character ','"), "{error}");
        written.clear();
        let format = TextFormat { escape: Some(b'\\'), ..format };
        write(&format, &rows, &mut written).unwrap();
        assert_eq!(written, b"a\\,b\\\\\n");
        let schema = rows.schema();
        let mut reader = RowReader::try_new(&RowFormat::Text(format), &schema, &[0]).unwrap();
        reader.read(b"a\\,b\\\\").unwrap();
        assert_eq!(reader.finish().unwrap(), rows);
    }

    #[test]
    fn lines_may_be_short_long_or_wrong() {
        let mut format = TextFormat::default();
        format.delimiters[0] = b'|';
        let rows = read(&format, "x|one\n2|two|||9.999|no|2020-01-01|x|too|many\n");
        assert!(rows.column(0).is_null(0) && rows.column(2).is_null(0) && rows.column(5).is_null(1));
        assert_eq!(rows.column(1).as_string::<i32>().value(1), "two");
        assert_eq!(rows.column(2).as_list::<i32>().value_length(1), 0);
        let last = TextFormat { last_takes_rest: true, ..format };
        let schema = Schema::new(vec![Field::new("a", DataType::Utf8, true), Field::new("b", DataType::Utf8, true)]);
        let mut reader = RowReader::try_new(&RowFormat::Text(last), &schema, &[1]).unwrap();
        reader.read(b"1|2|3").unwrap();
        assert_eq!(reader.finish().unwrap().column(0).as_string::<i32>().value(0), "2|3");
    }
}
