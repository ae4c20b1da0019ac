//! The `.csv` file of a SELECT: every value in double quotes, NULL nothing at all, a line feed after every line.

use arrow::{array::RecordBatch, error::ArrowError};

use crate::values::{CellText, column_text};

/// The first line: the names of the columns.
pub fn csv_header<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<u8> {
    let mut line = Vec::new();
    for (at, name) in names.into_iter().enumerate() {
        if at > 0 {
            line.push(b',');
        }
        quote(name, &mut line);
    }
    line.push(b'\n');
    line
}

/// The lines of a batch of rows, added to `into`.
///
/// # Errors
/// If a column has a type without a text form.
pub fn csv_rows(batch: &RecordBatch, into: &mut Vec<u8>) -> Result<(), ArrowError> {
    let texts: Vec<CellText> = batch.columns().iter().map(column_text).collect::<Result<_, _>>()?;
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        for (at, (column, write)) in batch.columns().iter().zip(&texts).enumerate() {
            if at > 0 {
                into.push(b',');
            }
            if column.is_null(row) || column.data_type().is_null() {
                continue;
            }
            text.clear();
            write(row, &mut text);
            quote(&text, into);
        }
        into.push(b'\n');
    }
    Ok(())
}

fn quote(text: &str, into: &mut Vec<u8>) {
    into.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            into.push(b'"');
        }
        into.push(byte);
    }
    into.push(b'"');
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};

    use super::*;

    #[test]
    fn null_the_empty_string_and_the_word_null_stay_apart() {
        let text: ArrayRef = Arc::new(StringArray::from(vec![None, Some(""), Some("NULL"), Some("a \"b\",\nc")]));
        let number: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3), Some(4)]));
        let batch = RecordBatch::try_from_iter([("t", text), ("n\"", number)]).unwrap();
        let mut file = csv_header(["t", "n\""]);
        csv_rows(&batch, &mut file).unwrap();
        let expected = "\"t\",\"n\"\"\"\n,\"1\"\n\"\",\n\"NULL\",\"3\"\n\"a \"\"b\"\",\nc\",\"4\"\n";
        assert_eq!(String::from_utf8(file).unwrap(), expected);
    }
}
