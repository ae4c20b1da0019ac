//! `min`, `max`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, UInt32Array},
    compute::{cast, take},
    datatypes::{DataType, Float64Type, Int64Type},
};
use datafusion::{
    error::Result,
    functions_aggregate::min_max,
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use crate::{
    ErrorName, TrinoType,
    functions::{
        array::{comparable, index},
        define::{
            aggregate::{Fold, Gathering, Kind, Rows, aggregate, fold},
            is_integer,
        },
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![
        aggregate("min", typing, Kind::By(|types| kind(types, min_max::min_udaf, |_, of| float(of, false), LEAST_N))),
        aggregate("max", typing, Kind::By(|types| kind(types, min_max::max_udaf, |_, of| float(of, true), GREATEST_N))),
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

fn kind(types: &[TrinoType], same: fn() -> Arc<AggregateUDF>, make: Make, several: Gathering) -> Kind {
    match types {
        [_, _] => Kind::Gather(several),
        [TrinoType::Real | TrinoType::Double] => Kind::Fold { make, state: |_, _| vec![TrinoType::Double] },
        _ => Kind::Same(same),
    }
}

fn float(of: &TrinoType, is_greatest: bool) -> Box<dyn GroupsAccumulator> {
    fold(Float { is_greatest }, of.data_type())
}

type Make = fn(&[TrinoType], &TrinoType) -> Box<dyn GroupsAccumulator>;

const LEAST_N: Gathering =
    Gathering { keep: Some(|rows| top(&rows.columns[0], &counts(rows, 1)?, false, rows)), finish: all };
const GREATEST_N: Gathering =
    Gathering { keep: Some(|rows| top(&rows.columns[0], &counts(rows, 1)?, true, rows)), finish: all };

/// The least or greatest floating point number, NaN being after all others.
struct Float {
    is_greatest: bool,
}

impl Float {
    fn take_in(&self, state: &mut Option<f64>, value: f64) {
        let is_better = |best: f64| if self.is_greatest { value > best } else { value < best };
        if state.is_none_or(|best| is_better(best) || best.is_nan()) {
            *state = Some(value);
        }
    }
}

impl Fold for Float {
    type State = Option<f64>;
    type Input = Float64Array;

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        Ok(cast(&arguments[0], &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_valid(row) {
            self.take_in(state, input.value(row));
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        self.add(state, states[0].as_primitive::<Float64Type>(), row)
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish(states)?])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        Ok(Arc::new(states.iter().copied().collect::<Float64Array>()))
    }
}

/// The first values of the groups.
pub(super) fn first(rows: &Rows) -> Result<ArrayRef> {
    rows.first(0)
}

/// The arrays of all first values, NULL for groups that have none.
pub(super) fn all(rows: &Rows) -> Result<ArrayRef> {
    rows.lists(Arc::clone(&rows.columns[0]), rows.lengths())
}

/// The number of rows that a call asks for in each group.
pub(super) fn counts(rows: &Rows, column: usize) -> Result<Vec<usize>> {
    let counts = cast(&rows.first(column)?, &DataType::Int64)?;
    let counts = counts.as_primitive::<Int64Type>();
    let of_group = |(group, rows): (usize, std::ops::Range<usize>)| {
        if rows.is_empty() {
            return Ok(0);
        }
        let count = if counts.is_null(group) { 0 } else { counts.value(group) };
        if count <= 0 {
            let message = format!("third argument of max_n/min_n must be a positive integer: {count}");
            return Err(ErrorName::InvalidFunctionArgument.error(message));
        }
        match usize::try_from(count) {
            Ok(count) if count <= 10_000 => Ok(count),
            _ => {
                let message =
                    format!("third argument of max_n/min_n must be less than or equal to 10000; found {count}");
                Err(ErrorName::InvalidFunctionArgument.error(message))
            }
        }
    };
    rows.groups().enumerate().map(of_group).collect()
}

/// The rows of the n least or greatest values of each group that are not NULL, from that on; NaN after all others.
pub(super) fn top(values: &ArrayRef, counts: &[usize], descending: bool, rows: &Rows) -> Result<Vec<u32>> {
    let keys = comparable(&[Arc::clone(values)])?;
    let is_nan = values.data_type().is_floating().then(|| cast(values, &DataType::Float64)).transpose()?;
    let is_nan = is_nan.as_ref().map(|doubles| doubles.as_primitive::<Float64Type>().values());
    let is_nan = |at: usize| is_nan.is_some_and(|values| values[at].is_nan());
    let compared = |a: &usize, b: &usize| {
        let by_value = keys.row(*a).cmp(&keys.row(*b));
        is_nan(*a).cmp(&is_nan(*b)).then(if descending { by_value.reverse() } else { by_value })
    };
    let mut kept = Vec::new();
    for (rows, count) in rows.groups().zip(counts) {
        let valid = rows.filter(|at| values.is_valid(*at));
        if *count == 1 {
            kept.extend(valid.min_by(compared).map(index));
            continue;
        }
        let mut order: Vec<usize> = valid.collect();
        order.sort_by(compared);
        kept.extend(order.into_iter().take(*count).map(index));
    }
    Ok(kept)
}

/// The one row of the least or greatest value of each group.
pub(super) fn one(values: &ArrayRef, descending: bool, rows: &Rows) -> Result<Vec<u32>> {
    top(values, &vec![1; rows.groups().count()], descending, rows)
}

/// The values at these rows.
pub(in crate::functions) fn picked(values: &ArrayRef, rows: Vec<u32>) -> Result<ArrayRef> {
    Ok(take(values, &UInt32Array::from(rows), None)?)
}
