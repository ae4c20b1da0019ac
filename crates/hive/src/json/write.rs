//! Values to documents: one object a line, members that are NULL left out.

use std::io::Write;

use arrow::{
    array::{Array, AsArray},
    datatypes::{DataType, Float32Type, Float64Type},
    error::ArrowError,
    record_batch::RecordBatch,
};

use crate::text::plain;

/// Appends rows as lines.
pub(crate) fn write(rows: &RecordBatch, into: &mut Vec<u8>) -> Result<(), ArrowError> {
    let schema = rows.schema();
    let members: Vec<(&str, &dyn Array)> = schema
        .fields()
        .iter()
        .map(|field| field.name().as_str())
        .zip(rows.columns().iter().map(AsRef::as_ref))
        .collect();
    for row in 0..rows.num_rows() {
        object(&members, row, into)?;
        into.push(b'\n');
    }
    Ok(())
}

fn object(members: &[(&str, &dyn Array)], row: usize, into: &mut Vec<u8>) -> Result<(), ArrowError> {
    into.push(b'{');
    let mut is_first = true;
    for (name, column) in members {
        if column.is_null(row) {
            continue;
        }
        if !is_first {
            into.push(b',');
        }
        is_first = false;
        text(name, into);
        into.push(b':');
        value(*column, row, into)?;
    }
    into.push(b'}');
    Ok(())
}

fn value(column: &dyn Array, row: usize, into: &mut Vec<u8>) -> Result<(), ArrowError> {
    if column.is_null(row) {
        into.extend_from_slice(b"null");
        return Ok(());
    }
    match column.data_type() {
        DataType::List(_) => {
            let items = column.as_list::<i32>().value(row);
            into.push(b'[');
            for item in 0..items.len() {
                if item > 0 {
                    into.push(b',');
                }
                value(items.as_ref(), item, into)?;
            }
            into.push(b']');
        }
        DataType::Map(..) => {
            let entries = column.as_map().value(row);
            into.push(b'{');
            for entry in 0..entries.len() {
                if entry > 0 {
                    into.push(b',');
                }
                text(&plain_text(entries.column(0).as_ref(), entry)?, into);
                into.push(b':');
                value(entries.column(1).as_ref(), entry, into)?;
            }
            into.push(b'}');
        }
        DataType::Struct(fields) => {
            let columns = column.as_struct().columns().iter().map(AsRef::as_ref);
            let members: Vec<(&str, &dyn Array)> =
                fields.iter().map(|field| field.name().as_str()).zip(columns).collect();
            object(&members, row, into)?;
        }
        DataType::Float32 if column.as_primitive::<Float32Type>().value(row).is_finite() => {
            into.extend_from_slice(&plain(column, row)?);
        }
        DataType::Float64 if column.as_primitive::<Float64Type>().value(row).is_finite() => {
            into.extend_from_slice(&plain(column, row)?);
        }
        DataType::Boolean | DataType::Decimal128(..) => into.extend_from_slice(&plain(column, row)?),
        other if other.is_integer() => into.extend_from_slice(&plain(column, row)?),
        _ => text(&plain_text(column, row)?, into),
    }
    Ok(())
}

fn plain_text(column: &dyn Array, row: usize) -> Result<String, ArrowError> {
    String::from_utf8(plain(column, row)?).map_err(|error| ArrowError::InvalidArgumentError(error.to_string()))
}

fn text(text: &str, into: &mut Vec<u8>) {
    into.push(b'"');
    for character in text.chars() {
        match character {
            '"' => into.extend_from_slice(b"\\\""),
            '\\' => into.extend_from_slice(b"\\\\"),
            '\n' => into.extend_from_slice(b"\\n"),
            '\r' => into.extend_from_slice(b"\\r"),
            '\t' => into.extend_from_slice(b"\\t"),
            control if control < ' ' => {
                // Writing to a vector cannot fail.
                let _ = write!(into, "\\u{:04x}", u32::from(control));
            }
            other => into.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    into.push(b'"');
}

#[cfg(test)]
mod tests {
    use arrow::datatypes::{Field, Fields, Schema, TimeUnit};
    use std::sync::Arc;

    use super::*;
    use crate::{JsonFormat, RowFormat, RowReader};

    #[test]
    fn what_is_written_is_read_again_and_by_others() {
        let list = DataType::List(Arc::new(Field::new("item", DataType::Float64, true)));
        let row =
            DataType::Struct(Fields::from(vec![Field::new("l", list, true), Field::new("b", DataType::Boolean, true)]));
        let field = |(name, data_type)| Field::new(name, data_type, true);
        let schema = Schema::new(
            [
                ("t", DataType::Utf8),
                ("row", row),
                ("d", DataType::Decimal128(20, 2)),
                ("day", DataType::Date32),
                ("at", DataType::Timestamp(TimeUnit::Millisecond, None)),
            ]
            .map(field)
            .to_vec(),
        );
        let lines = [
            r#"{"t":"a\"\\\n\u0001é","row":{"l":[0.5,null,"NaN",1],"b":true},"d":123456789012345678.90}"#,
            r#"{"row":{},"day":"2020-02-29","at":"2020-02-29 10:00:00.120"}"#,
            "{}",
        ];
        let mut reader =
            RowReader::try_new(&RowFormat::Json(JsonFormat::default()), &schema, &[0, 1, 2, 3, 4]).unwrap();
        for line in lines {
            reader.read(line.as_bytes()).unwrap();
        }
        let rows = reader.finish().unwrap();
        let mut written = Vec::new();
        write(&rows, &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written.lines().collect::<Vec<_>>(), lines);
        let other: serde_json::Value = serde_json::from_str(written.lines().next().unwrap()).unwrap();
        assert_eq!(other["t"], "a\"\\\n\u{1}é");
    }
}
