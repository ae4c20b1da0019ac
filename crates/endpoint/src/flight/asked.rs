//! What a ticket or the handle of a prepared statement holds.

use arrow::{array::RecordBatch, datatypes::DataType};
use athena::values::column_text;
use serde::{Deserialize, Serialize};
use tonic::Status;

/// A statement with the values of its parameters, each as SQL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) sql: String,
    #[serde(default)]
    pub(super) values: Vec<String>,
}

impl Asked {
    pub(super) fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }

    /// # Errors
    /// `INVALID_ARGUMENT` if it is none that the door gave.
    pub(super) fn of_handle(handle: &[u8]) -> Result<Self, Status> {
        serde_json::from_slice(handle).map_err(|_| Status::invalid_argument("the handle is not one of this service"))
    }

    /// # Errors
    /// `INTERNAL` if it cannot be written, which texts always can.
    pub(super) fn to_handle(&self) -> Result<Vec<u8>, Status> {
        serde_json::to_vec(self).map_err(|error| Status::internal(error.to_string()))
    }

    /// The same statement with the values of the one row that a client bound.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` for more rows than one, and for types that have no literal.
    pub(super) fn bound(self, batches: &[RecordBatch]) -> Result<Self, Status> {
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if rows > 1 {
            return Err(Status::invalid_argument(format!("a statement takes one row of parameters, found {rows}")));
        }
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() == 1) else {
            return Ok(Self { values: Vec::new(), ..self });
        };
        let values = batch.columns().iter().map(literal).collect::<Result<_, _>>()?;
        Ok(Self { values, ..self })
    }
}

/// The first value of a column as a literal of Trino's.
fn literal(column: &arrow::array::ArrayRef) -> Result<String, Status> {
    if column.is_null(0) || column.data_type().is_null() {
        return Ok("NULL".to_owned());
    }
    let mut text = String::new();
    column_text(column).map_err(|error| Status::invalid_argument(error.to_string()))?(0, &mut text);
    let quoted = || format!("'{}'", text.replace('\'', "''"));
    Ok(match column.data_type() {
        of if of.is_integer() => text,
        DataType::Boolean => text,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => format!("CAST({} AS double)", quoted()),
        DataType::Decimal128(..) => format!("DECIMAL {}", quoted()),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => quoted(),
        DataType::Date32 | DataType::Date64 => format!("DATE {}", quoted()),
        DataType::Timestamp(..) => format!("TIMESTAMP {}", quoted()),
        DataType::Time32(_) | DataType::Time64(_) => format!("TIME {}", quoted()),
        other => return Err(Status::invalid_argument(format!("a parameter cannot be of the type {other}"))),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, StringArray};
    use arrow::datatypes::Int64Type;

    use super::*;

    fn row(columns: Vec<ArrayRef>) -> RecordBatch {
        RecordBatch::try_from_iter(columns.into_iter().enumerate().map(|(at, column)| (at.to_string(), column)))
            .unwrap()
    }

    #[test]
    fn values_become_literals() {
        let batch = row(vec![
            Arc::new(Int64Array::from(vec![-3])),
            Arc::new(StringArray::from(vec!["it's"])),
            Arc::new(BooleanArray::from(vec![true])),
            Arc::new(Float64Array::from(vec![1e20])),
            Arc::new(Date32Array::from(vec![17_168])),
            Arc::new(Int64Array::from(vec![None])),
        ]);
        let asked = Asked::new("SELECT ?").bound(&[batch]).unwrap();
        let expected = ["-3", "'it''s'", "true", "CAST('1.0E20' AS double)", "DATE '2017-01-02'", "NULL"];
        assert_eq!(asked.values, expected);
        assert_eq!(Asked::of_handle(&asked.to_handle().unwrap()).unwrap(), asked);
    }

    #[test]
    fn what_cannot_be_bound_is_refused() {
        let two: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        let refused = |batch| Asked::new("SELECT ?").bound(&[batch]).unwrap_err().message().to_owned();
        assert!(refused(row(vec![two])).contains("one row of parameters, found 2"));
        let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1)])]));
        assert!(refused(row(vec![list])).contains("cannot be of the type"));
        assert!(Asked::of_handle(b"SELECT 1").is_err());
    }
}
