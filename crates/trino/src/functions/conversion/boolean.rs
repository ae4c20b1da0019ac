//! Casts to `boolean`.

use arrow::{
    array::{ArrayRef, AsArray, BooleanArray},
    datatypes::{Decimal128Type, Float64Type, Int64Type},
};
use datafusion::error::Result;

use super::failures::{Failures, invalid, no_cast};
use crate::{
    TrinoType,
    functions::scalar::{fit, integer_digits},
};

pub(super) fn to_boolean(array: &ArrayRef, from: &TrinoType, failures: &mut Failures) -> Result<ArrayRef> {
    match from {
        TrinoType::Varchar(_) | TrinoType::Char(_) => {
            failures.map::<_, _, BooleanArray>(array.as_string::<i32>(), |text| {
                match text.to_ascii_lowercase().as_str() {
                    "t" | "true" | "1" => Ok(true),
                    "f" | "false" | "0" => Ok(false),
                    _ => Err(invalid(format!("Cannot cast '{text}' to BOOLEAN"))),
                }
            })
        }
        TrinoType::Real | TrinoType::Double => {
            let array = fit(array, &TrinoType::Double.data_type())?;
            failures.map::<_, _, BooleanArray>(array.as_primitive::<Float64Type>(), |value| Ok(value != 0.0))
        }
        TrinoType::Decimal { .. } => {
            failures.map::<_, _, BooleanArray>(array.as_primitive::<Decimal128Type>(), |value| Ok(value != 0))
        }
        of if integer_digits(of).is_some() => {
            let array = fit(array, &TrinoType::Bigint.data_type())?;
            failures.map::<_, _, BooleanArray>(array.as_primitive::<Int64Type>(), |value| Ok(value != 0))
        }
        _ => Err(no_cast(from, &TrinoType::Boolean)),
    }
}
