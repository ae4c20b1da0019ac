//! `CAST(x AS JSON)`, which the planner writes `cast_to_json`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray},
    compute::cast,
    datatypes::{DataType, Float32Type, Float64Type},
    util::display::array_value_to_string,
};
use datafusion::{error::Result, logical_expr::ScalarUDF};
use serde_json::Value;

use super::number::double;
use crate::{
    TrinoType,
    functions::define::{Arguments, define, is_integer},
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![cast_to_json()]
}

fn is_castable(of: &TrinoType) -> bool {
    use TrinoType::{Array, Boolean, Char, Date, Decimal, Double, Json, Map, Real, Row, Unknown, Varchar};
    match of {
        Boolean | Real | Double | Decimal { .. } | Varchar(_) | Char(_) | Json | Date | Unknown => true,
        Array(of) => is_castable(of),
        Map(key, value) => (matches!(**key, Varchar(_) | Boolean | Unknown) || is_integer(key)) && is_castable(value),
        Row(fields) => fields.iter().all(|(_, of)| is_castable(of)),
        of => is_integer(of),
    }
}

/// `cast_to_json(x)`: numbers and booleans as such, texts and dates as texts, arrays as arrays, maps (of texts, integers
/// or booleans) as objects with their keys in order, rows as objects of their fields. NULL is NULL, and null within
/// others. Casts of timestamps are not there yet.
///
/// The planner says the type of `x` once more as a text: of constants that were worked out beforehand, the engine
/// forgets that texts within them are json.
fn cast_to_json() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(matches!(arguments.types, [of, TrinoType::Varchar(_)] if is_castable(of)).then_some(TrinoType::Json))
    };
    define("cast_to_json", typing, |call| {
        let array = &call.arrays[0];
        let of = match call.texts(1)?.iter().next() {
            Some(Some(name)) => TrinoType::parse(name)?,
            _ => call.types[0].clone(),
        };
        let of_row = |row: usize| {
            if array.is_null(row) || array.data_type().is_null() {
                return Ok(None);
            }
            let mut text = String::new();
            write(array, &of, row, &mut text)?;
            Ok(Some(text))
        };
        Ok(Arc::new((0..call.rows).map(of_row).collect::<Result<StringArray>>()?))
    })
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn write(array: &ArrayRef, of: &TrinoType, row: usize, into: &mut String) -> Result<()> {
    if array.is_null(row) || array.data_type().is_null() {
        into.push_str("null");
        return Ok(());
    }
    match of {
        TrinoType::Real => into.push_str(&format!("{:?}", array.as_primitive::<Float32Type>().value(row))),
        TrinoType::Double => into.push_str(&double(array.as_primitive::<Float64Type>().value(row))),
        TrinoType::Varchar(_) | TrinoType::Char(_) | TrinoType::Date => {
            into.push_str(&quoted(&array_value_to_string(array, row)?));
        }
        TrinoType::Json => {
            into.push_str(cast(&array.slice(row, 1), &DataType::Utf8)?.as_string::<i32>().value(0));
        }
        TrinoType::Array(of) => {
            let values = array.as_list::<i32>().value(row);
            into.push('[');
            for at in 0..values.len() {
                into.push_str(if at == 0 { "" } else { "," });
                write(&values, of, at, into)?;
            }
            into.push(']');
        }
        TrinoType::Map(_, value) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let named = |at| Ok((array_value_to_string(keys, at)?, at));
            let mut fields = (0..entries.len()).map(named).collect::<Result<Vec<_>>>()?;
            fields.sort();
            let fields = fields.into_iter().map(|(name, at)| (name, values, value.as_ref(), at));
            write_object(fields, into)?;
        }
        TrinoType::Row(types) => {
            let columns = array.as_struct().columns();
            let name = |name: &Option<String>| name.clone().unwrap_or_default();
            let fields = types.iter().zip(columns).map(|((field, of), column)| (name(field), column, of, row));
            write_object(fields, into)?;
        }
        _ => into.push_str(&array_value_to_string(array, row)?),
    }
    Ok(())
}

fn write_object<'a>(
    fields: impl Iterator<Item = (String, &'a ArrayRef, &'a TrinoType, usize)>,
    into: &mut String,
) -> Result<()> {
    into.push('{');
    for (place, (name, column, of, at)) in fields.enumerate() {
        into.push_str(if place == 0 { "" } else { "," });
        into.push_str(&quoted(&name));
        into.push(':');
        write(column, of, at, into)?;
    }
    into.push('}');
    Ok(())
}
