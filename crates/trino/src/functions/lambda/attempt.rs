//! `try(x)`, whose argument is a lambda without parameters.

use arrow::{
    array::{ArrayRef, new_null_array},
    compute::concat,
};
use datafusion::error::{DataFusionError, Result};

use super::function::{HigherOrder, LambdaCall};
use crate::{
    ErrorName, TrinoError,
    functions::{array::index, define::fit},
};

/// `try(x)`: the value, or NULL in rows in which it ends with a division by zero, a cast or an argument that does not
/// fit, or a number out of range.
pub(super) const TRY: HigherOrder = HigherOrder {
    name: "try",
    lambdas: &[0],
    parameters: |_, _| Some(Vec::new()),
    returns: |types| match types {
        [of] => Some(of.clone()),
        _ => None,
    },
    evaluate: |call| {
        let rows: Vec<u32> = (0..call.values.rows).map(index).collect();
        attempt(call, rows)
    },
};

/// The values of rows; where one fails, the halves on their own.
fn attempt(call: &LambdaCall<'_>, rows: Vec<u32>) -> Result<ArrayRef> {
    let of = call.values.returns.data_type();
    match call.apply(0, Vec::new(), rows.clone()) {
        Ok(values) => fit(&values, of),
        Err(error) if !is_of_a_value(&error) => Err(error),
        Err(_) if rows.len() <= 1 => Ok(new_null_array(of, rows.len())),
        Err(_) => {
            let (first, second) = rows.split_at(rows.len() / 2);
            let halves = [attempt(call, first.to_vec())?, attempt(call, second.to_vec())?];
            Ok(concat(&[halves[0].as_ref(), halves[1].as_ref()])?)
        }
    }
}

fn is_of_a_value(error: &DataFusionError) -> bool {
    TrinoError::in_text(&error.strip_backtrace()).is_some_and(|error| {
        matches!(
            error.name,
            ErrorName::DivisionByZero
                | ErrorName::InvalidCastArgument
                | ErrorName::InvalidFunctionArgument
                | ErrorName::NumericValueOutOfRange
        )
    })
}
