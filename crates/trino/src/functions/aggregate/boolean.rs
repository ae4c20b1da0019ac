//! `count_if`, `bool_and`, `every`, `bool_or`, `bitwise_and_agg`, `bitwise_or_agg`, `bitwise_xor_agg`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array},
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use datafusion::{
    error::Result,
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use crate::{
    TrinoType,
    functions::define::{
        aggregate::{Fold, Kind, aggregate, fold},
        is_integer,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![
        count_if(),
        conditions("bool_and", and),
        conditions("every", and),
        conditions("bool_or", or),
        bits("bitwise_and_agg", and),
        bits("bitwise_or_agg", or),
        bits("bitwise_xor_agg", xor),
    ]
}

fn state(_: &[TrinoType], _: &TrinoType) -> Vec<TrinoType> {
    vec![TrinoType::Bigint]
}

/// `count_if(condition)`: for how many rows it is true; 0 for none.
fn count_if() -> Arc<AggregateUDF> {
    let make = |_: &[TrinoType], _: &TrinoType| {
        fold(Combined { combine: |a, b| a + b, start: Some(0), is_boolean: false }, DataType::Int64)
    };
    aggregate("count_if", |types| is_condition(types).then_some(TrinoType::Bigint), Kind::Fold { make, state })
}

fn is_condition(types: &[TrinoType]) -> bool {
    matches!(types, [TrinoType::Boolean | TrinoType::Unknown])
}

type Make = fn(&[TrinoType], &TrinoType) -> Box<dyn GroupsAccumulator>;

/// `bool_and(x)` and `every(x)`: whether all are true; `bool_or(x)`: whether one is.
fn conditions(name: &str, make: Make) -> Arc<AggregateUDF> {
    aggregate(name, |types| is_condition(types).then_some(TrinoType::Boolean), Kind::Fold { make, state })
}

/// The bits of all integers under an operation, as `bigint`.
fn bits(name: &str, make: Make) -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| {
        let takes = matches!(types, [of] if is_integer(of) || *of == TrinoType::Unknown);
        takes.then_some(TrinoType::Bigint)
    };
    aggregate(name, typing, Kind::Fold { make, state })
}

fn and(_: &[TrinoType], of: &TrinoType) -> Box<dyn GroupsAccumulator> {
    fold(Combined { combine: |a, b| a & b, start: None, is_boolean: *of == TrinoType::Boolean }, of.data_type())
}

fn or(_: &[TrinoType], of: &TrinoType) -> Box<dyn GroupsAccumulator> {
    fold(Combined { combine: |a, b| a | b, start: None, is_boolean: *of == TrinoType::Boolean }, of.data_type())
}

fn xor(_: &[TrinoType], of: &TrinoType) -> Box<dyn GroupsAccumulator> {
    fold(Combined { combine: |a, b| a ^ b, start: None, is_boolean: false }, of.data_type())
}

/// All values under an operation.
#[derive(Clone, Copy)]
struct Combined {
    combine: fn(i64, i64) -> i64,
    start: Option<i64>,
    is_boolean: bool,
}

impl Combined {
    fn take_in(self, state: &mut Option<i64>, value: i64) {
        *state = Some(state.or(self.start).map_or(value, |state| (self.combine)(state, value)));
    }
}

impl Fold for Combined {
    type State = Option<i64>;
    type Input = Int64Array;

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        Ok(cast(&arguments[0], &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_valid(row) {
            self.take_in(state, input.value(row));
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let states = states[0].as_primitive::<Int64Type>();
        if states.is_valid(row) {
            self.take_in(state, states.value(row));
        }
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(states.iter().copied().collect::<Int64Array>())])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        if self.is_boolean {
            return Ok(Arc::new(states.iter().map(|state| state.map(|state| state != 0)).collect::<BooleanArray>()));
        }
        Ok(Arc::new(states.iter().map(|state| state.or(self.start)).collect::<Int64Array>()))
    }
}
