//! `min`, `max`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, UInt32Array},
    compute::{cast, take},
    datatypes::{DataType, Float64Type, Int64Type},
};
use datafusion::{common::ScalarValue, error::Result, functions_aggregate::min_max, logical_expr::AggregateUDF};

use crate::{
    ErrorName, TrinoType,
    functions::{
        array::{comparable, index},
        define::{
            aggregate::{Gathering, Kind, Rows, aggregate},
            is_integer,
        },
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![
        aggregate("min", typing, Kind::By(|types| kind(types, min_max::min_udaf, LEAST, LEAST_N))),
        aggregate("max", typing, Kind::By(|types| kind(types, min_max::max_udaf, GREATEST, GREATEST_N))),
    ]
}

/// `min(x)`, `max(x)`: of the type of `x`. NaN comes only if there is nothing else. `min(x, n)`, `max(x, n)`: the array
/// of the n least or greatest, from that on; INVALID_FUNCTION_ARGUMENT unless 0 < n ≤ 10000.
fn typing(types: &[TrinoType]) -> Option<TrinoType> {
    match types {
        [TrinoType::Map(..) | TrinoType::Json] => None,
        [of] => Some(of.clone()),
        [of, count] if is_integer(count) => Some(TrinoType::Array(Box::new(of.clone()))),
        _ => None,
    }
}

fn kind(types: &[TrinoType], same: fn() -> Arc<AggregateUDF>, one: Gathering, several: Gathering) -> Kind {
    match types {
        [_, _] => Kind::Gather(several),
        [TrinoType::Real | TrinoType::Double] => Kind::Gather(one),
        _ => Kind::Same(same),
    }
}

const LEAST: Gathering = Gathering { keep: Some(|rows| top(&rows.columns[0], 1, false)), finish: first };
const GREATEST: Gathering = Gathering { keep: Some(|rows| top(&rows.columns[0], 1, true)), finish: first };
const LEAST_N: Gathering =
    Gathering { keep: Some(|rows| top(&rows.columns[0], count(rows, 1)?, false)), finish: |rows| all(rows) };
const GREATEST_N: Gathering =
    Gathering { keep: Some(|rows| top(&rows.columns[0], count(rows, 1)?, true)), finish: |rows| all(rows) };

/// The first row's first value.
pub(super) fn first(rows: &Rows) -> Result<ScalarValue> {
    if rows.len() == 0 { rows.null() } else { rows.value(&rows.columns[0], 0) }
}

/// The array of all first values, or NULL if there are none.
pub(super) fn all(rows: &Rows) -> Result<ScalarValue> {
    if rows.len() == 0 { rows.null() } else { rows.array(Arc::clone(&rows.columns[0])) }
}

/// The number of rows that a call asks for.
pub(super) fn count(rows: &Rows, column: usize) -> Result<usize> {
    if rows.len() == 0 {
        return Ok(0);
    }
    let counts = cast(&rows.columns[column], &DataType::Int64)?;
    let counts = counts.as_primitive::<Int64Type>();
    let count = if counts.is_null(0) { 0 } else { counts.value(0) };
    if count <= 0 {
        let message = format!("third argument of max_n/min_n must be a positive integer: {count}");
        return Err(ErrorName::InvalidFunctionArgument.error(message));
    }
    match usize::try_from(count) {
        Ok(count) if count <= 10_000 => Ok(count),
        _ => {
            let message = format!("third argument of max_n/min_n must be less than or equal to 10000; found {count}");
            Err(ErrorName::InvalidFunctionArgument.error(message))
        }
    }
}

/// The rows of the n least or greatest values that are not NULL, from that on; NaN after all others.
pub(in crate::functions) fn top(values: &ArrayRef, count: usize, descending: bool) -> Result<Vec<u32>> {
    let rows = comparable(&[Arc::clone(values)])?;
    let is_nan: Vec<bool> = if values.data_type().is_floating() {
        let doubles = cast(values, &DataType::Float64)?;
        doubles.as_primitive::<Float64Type>().iter().map(|value| value.is_some_and(f64::is_nan)).collect()
    } else {
        vec![false; values.len()]
    };
    let mut order: Vec<usize> = (0..values.len()).filter(|at| values.is_valid(*at)).collect();
    order.sort_by(|a, b| {
        let by_value = rows.row(*a).cmp(&rows.row(*b));
        is_nan[*a].cmp(&is_nan[*b]).then(if descending { by_value.reverse() } else { by_value })
    });
    order.truncate(count);
    Ok(order.into_iter().map(index).collect())
}

/// The values at these rows.
pub(in crate::functions) fn picked(values: &ArrayRef, rows: Vec<u32>) -> Result<ArrayRef> {
    Ok(take(values, &UInt32Array::from(rows), None)?)
}
