//! Typed columns of a batch, whatever integer or text type the writer chose.

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, ListArray, RecordBatch, StringArray},
    compute::{CastOptions, cast_with_options},
    datatypes::{DataType, Field, Float64Type, Int64Type},
};

use crate::{Error, Result};

/// A column of integers without NULL.
pub(crate) fn integers(batch: &RecordBatch, table: &str, column: &str) -> Result<Int64Array> {
    let array = converted(batch, table, column, &DataType::Int64, "integers")?;
    without_nulls(&array, table, column, "integers without NULL")?;
    Ok(array.as_primitive::<Int64Type>().clone())
}

/// A column of floating-point numbers without NULL.
pub(crate) fn numbers(batch: &RecordBatch, table: &str, column: &str) -> Result<Float64Array> {
    let array = converted(batch, table, column, &DataType::Float64, "numbers")?;
    without_nulls(&array, table, column, "numbers without NULL")?;
    Ok(array.as_primitive::<Float64Type>().clone())
}

/// A column of text, where NULL is left to the caller.
pub(crate) fn texts(batch: &RecordBatch, table: &str, column: &str) -> Result<StringArray> {
    Ok(converted(batch, table, column, &DataType::Utf8, "text")?.as_string::<i32>().clone())
}

/// A column of integer lists; neither a list nor an element may be NULL.
pub(crate) fn integer_lists(batch: &RecordBatch, table: &str, column: &str) -> Result<ListArray> {
    let wanted = DataType::List(Field::new_list_field(DataType::Int64, true).into());
    let array = converted(batch, table, column, &wanted, "lists of integers")?;
    without_nulls(&array, table, column, "lists without NULL")?;
    let lists = array.as_list::<i32>().clone();
    without_nulls(lists.values(), table, column, "lists of integers without NULL")?;
    Ok(lists)
}

fn converted(
    batch: &RecordBatch,
    table: &str,
    column: &str,
    wanted: &DataType,
    expected: &'static str,
) -> Result<ArrayRef> {
    let wrong = |found: String| Error::Column { table: table.to_owned(), column: column.to_owned(), expected, found };
    let array = batch.column_by_name(column).ok_or_else(|| wrong("no such column".to_owned()))?;
    let acceptable = match wanted {
        DataType::Int64 => array.data_type().is_integer(),
        DataType::Float64 => array.data_type().is_numeric(),
        DataType::Utf8 => is_text(array.data_type()),
        _ => is_integer_list(array.data_type()),
    };
    if !acceptable {
        return Err(wrong(array.data_type().to_string()));
    }
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, wanted, &options).map_err(|error| wrong(error.to_string()))
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn is_integer_list(data_type: &DataType) -> bool {
    match data_type {
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            field.data_type().is_integer()
        }
        _ => false,
    }
}

fn without_nulls(array: &ArrayRef, table: &str, column: &str, expected: &'static str) -> Result<()> {
    if array.null_count() == 0 {
        return Ok(());
    }
    let found = format!("{} NULL value(s) among {}", array.null_count(), array.len());
    Err(Error::Column { table: table.to_owned(), column: column.to_owned(), expected, found })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        Int8Array, Int32Array, LargeListArray, LargeStringArray, ListArray, StringViewArray, UInt64Array,
    };
    use arrow::datatypes::{Int32Type, Int64Type};

    use super::*;

    #[test]
    fn every_integer_type_is_read() {
        check_integers(Arc::new(Int8Array::from(vec![1, 2])));
        check_integers(Arc::new(Int32Array::from(vec![1, 2])));
        check_integers(Arc::new(Int64Array::from(vec![1, 2])));
        check_integers(Arc::new(UInt64Array::from(vec![1, 2])));
    }

    #[test]
    fn every_text_type_is_read() {
        check_texts(Arc::new(StringArray::from(vec!["a", "b"])));
        check_texts(Arc::new(LargeStringArray::from(vec!["a", "b"])));
        check_texts(Arc::new(StringViewArray::from(vec!["a", "b"])));
    }

    #[test]
    fn every_list_type_is_read() {
        let lists = [Some(vec![Some(1), Some(2)]), Some(vec![])];
        check_lists(Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(
            lists.iter().map(|list| list.as_ref().map(|values| values.iter().map(|value| value.map(i64::from)))),
        )));
        check_lists(Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists.clone())));
        check_lists(Arc::new(LargeListArray::from_iter_primitive::<Int32Type, _, _>(lists)));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let text: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
        let null: ArrayRef = Arc::new(Int64Array::from(vec![None, Some(1)]));
        let huge: ArrayRef = Arc::new(UInt64Array::from(vec![u64::MAX]));
        let holes: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>([Some(vec![Some(1), None])]));
        let error = |array: &ArrayRef| integers(&batch(array), "tracks", "c").unwrap_err().to_string();
        assert!(error(&text).contains("table `tracks`, column `c`: expected integers, found Utf8"));
        assert!(error(&null).contains("found 1 NULL value(s) among 2"));
        assert!(error(&huge).contains("18446744073709551615"));
        let error = integer_lists(&batch(&holes), "t", "c").unwrap_err().to_string();
        assert!(error.contains("expected lists of integers without NULL"), "{error}");
        let error = integers(&batch(&null), "t", "other").unwrap_err().to_string();
        assert!(error.contains("no such column"), "{error}");
    }

    #[track_caller]
    fn check_integers(array: ArrayRef) {
        assert_eq!(integers(&batch(&array), "t", "c").unwrap().values(), &[1, 2]);
    }

    #[track_caller]
    fn check_texts(array: ArrayRef) {
        let read = texts(&batch(&array), "t", "c").unwrap();
        assert_eq!(read.iter().flatten().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[track_caller]
    fn check_lists(array: ArrayRef) {
        let read = integer_lists(&batch(&array), "t", "c").unwrap();
        assert_eq!(read.value(0).as_primitive::<Int64Type>().values(), &[1, 2]);
        assert!(read.value(1).is_empty());
    }

    fn batch(array: &ArrayRef) -> RecordBatch {
        RecordBatch::try_from_iter([("c", Arc::clone(array))]).unwrap()
    }
}
