//! `format`.

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray},
    datatypes::{DataType, Decimal128Type, Float32Type, Float64Type, Int64Type},
};
use datafusion::error::Result;

use super::{
    specifier::{Piece, bad, pieces},
    value::{Value, shown},
};
use crate::{
    TrinoType,
    functions::{
        conversion::texts,
        scalar::{Arguments, Call, Fit, fit, integer_digits},
    },
};

/// A format and any arguments.
pub(super) fn typing(arguments: &Arguments<'_>) -> Result<Option<Fit>> {
    let Some((TrinoType::Varchar(_) | TrinoType::Unknown, rest)) = arguments.types.split_first() else {
        return Ok(None);
    };
    let varchar = TrinoType::Varchar(None);
    let parameters = std::iter::once(varchar.clone()).chain(rest.iter().cloned()).collect();
    Ok((!rest.is_empty()).then_some(Fit { parameters, result: varchar }))
}

pub(super) fn format(call: &Call) -> Result<ArrayRef> {
    let formats = call.column::<StringArray>(0)?;
    let columns = (1..call.len()).map(|at| values(&call.whole(at)?, &call.given[at])).collect::<Result<Vec<_>>>()?;
    let mut compiled: Option<(String, Vec<Piece>)> = None;
    call.collect::<_, StringArray>(|row| {
        let Some(format) = formats.get(row) else { return Ok(None) };
        if compiled.as_ref().is_none_or(|(known, _)| known != format) {
            compiled = Some((format.to_owned(), pieces(format)?));
        }
        let mut text = String::new();
        for piece in compiled.iter().flat_map(|(_, pieces)| pieces) {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Specifier(specifier) => {
                    let column = columns.get(specifier.argument);
                    let column = column.ok_or_else(|| bad(format, "an argument is missing"))?;
                    text.push_str(&shown(format, specifier, &column[row])?);
                }
            }
        }
        Ok(Some(text))
    })
}

fn values(array: &ArrayRef, of: &TrinoType) -> Result<Vec<Value>> {
    let read = |value: &dyn Fn(usize) -> Value| -> Vec<Value> {
        (0..array.len()).map(|row| if array.is_valid(row) { value(row) } else { Value::Null }).collect()
    };
    Ok(match of {
        TrinoType::Unknown => vec![Value::Null; array.len()],
        TrinoType::Boolean => read(&|row| Value::Boolean(array.as_boolean().value(row))),
        TrinoType::Real => read(&|row| Value::Real(array.as_primitive::<Float32Type>().value(row))),
        TrinoType::Double => read(&|row| Value::Double(array.as_primitive::<Float64Type>().value(row))),
        TrinoType::Decimal { scale, .. } => {
            read(&|row| Value::Decimal(array.as_primitive::<Decimal128Type>().value(row), *scale))
        }
        of if integer_digits(of).is_some() => {
            let wide = fit(array, &DataType::Int64)?;
            read(&|row| Value::Integer(wide.as_primitive::<Int64Type>().value(row)))
        }
        of => {
            let texts = texts(array, of)?;
            read(&|row| Value::Text(texts.value(row).to_owned()))
        }
    })
}
