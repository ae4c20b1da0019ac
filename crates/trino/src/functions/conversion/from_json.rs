//! Casts of JSON, value by value. Its null is NULL, whatever it is cast to.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, ListArray, MapArray, StringArray, StructArray},
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::DataType,
};
use datafusion::error::Result;
use serde_json::Value;

use super::{
    cast::cast_values,
    failures::{Failures, invalid, no_cast},
};
use crate::{TrinoType, functions::json::canonical};

/// A row's JSON, or the one inside of it.
type Rows<'v> = Vec<Option<&'v Value>>;

/// Casts texts of JSON: scalars from numbers, texts and booleans, arrays from arrays, maps and rows from objects, rows
/// from arrays as well.
pub(super) fn from_json(array: &ArrayRef, to: &TrinoType, failures: &mut Failures) -> Result<ArrayRef> {
    if !is_castable(to) {
        return Err(no_cast(&TrinoType::Json, to));
    }
    let mut parsed = Vec::with_capacity(array.len());
    for (row, text) in array.as_string::<i32>().iter().enumerate() {
        let value = text.map(|text| {
            serde_json::from_str::<Value>(text)
                .map_err(|_| invalid(format!("Cannot cast to {to}: '{text}' is no JSON")))
        });
        parsed.push(match value {
            Some(value) => failures.note(row, value)?,
            None => None,
        });
    }
    cast(&parsed.iter().map(Option::as_ref).collect(), to, failures)
}

fn is_castable(to: &TrinoType) -> bool {
    use TrinoType as T;
    match to {
        T::Boolean | T::Tinyint | T::Smallint | T::Integer | T::Bigint | T::Real | T::Double | T::Decimal { .. } => {
            true
        }
        T::Varchar(_) | T::Json | T::Date | T::Timestamp(_) => true,
        T::Array(of) => is_castable(of),
        T::Map(keys, values) => !matches!(**keys, T::Json) && is_scalar(keys) && is_castable(values),
        T::Row(fields) => fields.iter().all(|(_, of)| is_castable(of)),
        _ => false,
    }
}

fn is_scalar(of: &TrinoType) -> bool {
    !matches!(of, TrinoType::Array(_) | TrinoType::Map(..) | TrinoType::Row(_)) && is_castable(of)
}

fn cast(rows: &Rows<'_>, to: &TrinoType, failures: &mut Failures) -> Result<ArrayRef> {
    match (to, to.data_type()) {
        (TrinoType::Json, _) => Ok(Arc::new(rows.iter().map(|value| value.map(canonical)).collect::<StringArray>())),
        (TrinoType::Array(of), DataType::List(field)) => {
            let (mut lengths, mut elements, mut valid) = (Vec::new(), Rows::new(), Vec::new());
            for (row, value) in rows.iter().enumerate() {
                let found = match value {
                    Some(Value::Array(found)) => Some(found),
                    other => misfit(row, *other, to, failures)?,
                };
                lengths.push(found.map_or(0, Vec::len));
                valid.push(found.is_some());
                elements.extend(found.into_iter().flatten().map(Some));
            }
            let offsets = OffsetBuffer::from_lengths(lengths);
            let mut inner = failures.inner();
            let values = cast(&elements, of, &mut inner)?;
            inner.pass_on(&offsets, failures);
            Ok(Arc::new(ListArray::try_new(field, offsets, values, Some(NullBuffer::from(valid)))?))
        }
        (TrinoType::Map(key, of), DataType::Map(field, sorted)) => {
            let (mut lengths, mut names, mut elements) = (Vec::new(), Vec::new(), Rows::new());
            let mut valid = Vec::new();
            for (row, value) in rows.iter().enumerate() {
                let found = match value {
                    Some(Value::Object(found)) => Some(found),
                    other => misfit(row, *other, to, failures)?,
                };
                lengths.push(found.map_or(0, serde_json::Map::len));
                valid.push(found.is_some());
                for (name, value) in found.into_iter().flatten() {
                    names.push(Some(name.as_str()));
                    elements.push(Some(value));
                }
            }
            let offsets = OffsetBuffer::from_lengths(lengths);
            let mut inner = failures.inner();
            let names: ArrayRef = Arc::new(StringArray::from(names));
            let keys = cast_values(&names, &TrinoType::Varchar(None), key, &mut inner)?;
            let values = cast(&elements, of, &mut inner)?;
            inner.pass_on(&offsets, failures);
            let DataType::Struct(fields) = field.data_type() else { return Err(no_cast(&TrinoType::Json, to)) };
            let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
            Ok(Arc::new(MapArray::try_new(field, offsets, entries, Some(NullBuffer::from(valid)), sorted)?))
        }
        (TrinoType::Row(members), DataType::Struct(fields)) => {
            let (mut columns, mut valid) = (vec![Rows::new(); members.len()], Vec::new());
            for (row, value) in rows.iter().enumerate() {
                let found: Option<Vec<Option<&Value>>> = match value {
                    Some(Value::Array(found)) if found.len() == members.len() => Some(found.iter().map(Some).collect()),
                    Some(Value::Object(found)) => Some(members.iter().map(|(name, _)| member(found, name)).collect()),
                    other => misfit(row, *other, to, failures)?,
                };
                valid.push(found.is_some());
                let found = found.unwrap_or_else(|| vec![None; members.len()]);
                columns.iter_mut().zip(found).for_each(|(column, value)| column.push(value));
            }
            let columns = columns.iter().zip(members).map(|(column, (_, of))| cast(column, of, failures));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            let nulls = Some(NullBuffer::from(valid));
            Ok(Arc::new(StructArray::try_new_with_length(fields, columns, nulls, rows.len())?))
        }
        _ => scalars(rows, to, failures),
    }
}

/// The member of a name, upper or lower case.
fn member<'v>(object: &'v serde_json::Map<String, Value>, name: &Option<String>) -> Option<&'v Value> {
    let name = name.as_ref()?;
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// NULL for what is none, an error for what does not fit.
fn misfit<T>(row: usize, value: Option<&Value>, to: &TrinoType, failures: &mut Failures) -> Result<Option<T>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            failures.note(row, Err(invalid(format!("Cannot cast to {to}: unexpected JSON {}", canonical(value)))))
        }
    }
}

/// Scalars by way of the text that is cast as they are.
fn scalars(rows: &Rows<'_>, to: &TrinoType, failures: &mut Failures) -> Result<ArrayRef> {
    let mut texts = Vec::with_capacity(rows.len());
    for (row, value) in rows.iter().enumerate() {
        texts.push(match value {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Bool(value)) => Some(of_boolean(*value, to)),
            Some(Value::Number(number)) => Some(of_number(number, to)),
            other => misfit(row, *other, to, failures)?,
        });
    }
    let texts: ArrayRef = Arc::new(StringArray::from(texts));
    match to {
        // Texts that are too long do not fit, where those of a cast of text are cut.
        TrinoType::Varchar(Some(most)) => {
            let fits = |text: &str| {
                if text.chars().count() <= *most as usize {
                    return Ok(text.to_owned());
                }
                Err(invalid(format!("Cannot cast '{text}' to {to}")))
            };
            failures.map::<_, _, StringArray>(texts.as_string::<i32>(), fits)
        }
        to => cast_values(&texts, &TrinoType::Varchar(None), to, failures),
    }
}

fn of_boolean(value: bool, to: &TrinoType) -> String {
    match to {
        TrinoType::Boolean | TrinoType::Varchar(_) => value.to_string(),
        _ => u8::from(value).to_string(),
    }
}

fn of_number(number: &serde_json::Number, to: &TrinoType) -> String {
    match (to, number.as_f64()) {
        (TrinoType::Boolean, Some(value)) => (value != 0.0).to_string(),
        (TrinoType::Tinyint | TrinoType::Smallint | TrinoType::Integer | TrinoType::Bigint, Some(value))
            if number.is_f64() =>
        {
            format!("{:.0}", value.round())
        }
        (TrinoType::Varchar(_), _) => canonical(&Value::Number(number.clone())),
        _ => number.to_string(),
    }
}
