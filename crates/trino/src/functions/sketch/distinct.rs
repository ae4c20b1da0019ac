//! `approx_distinct`, `approx_set`, `empty_approx_set`, `merge` of HyperLogLogs.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, Float64Array, Int64Array},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{AggregateUDF, GroupsAccumulator, ScalarUDF},
};

use super::{hash::hashes, registers::Registers};
use crate::{
    ErrorName, TrinoType,
    functions::define::{
        aggregate::{Fold, Kind, aggregate, fold},
        define, is_integer,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![approx_distinct(), approx_set()]
}

pub(super) fn scalars() -> Vec<Arc<ScalarUDF>> {
    vec![empty_approx_set()]
}

pub(super) fn state(_: &[TrinoType], _: &TrinoType) -> Vec<TrinoType> {
    vec![TrinoType::Varbinary]
}

/// Logarithm of the number of registers where no bound of the error is given.
const BITS: u8 = 12;

fn is_number(of: &TrinoType) -> bool {
    is_integer(of) || matches!(of, TrinoType::Double | TrinoType::Real | TrinoType::Decimal { .. })
}

/// `approx_distinct(x)`, `approx_distinct(x, error)`: how many different values there are that are not NULL, about; 0
/// for none. The standard error is 1.6 %, below Trino's default of 2.3 %, or at most the one that is given.
/// INVALID_FUNCTION_ARGUMENT for one outside of 0.0040625 to 0.26.
fn approx_distinct() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [_] => Some(TrinoType::Bigint),
        [_, error] => is_number(error).then_some(TrinoType::Bigint),
        _ => None,
    };
    let make = |types: &[TrinoType], of: &TrinoType| -> Box<dyn GroupsAccumulator> {
        fold(Seen { of: types[0].clone(), counts: true }, of.data_type())
    };
    aggregate("approx_distinct", typing, Kind::Fold { make, state })
}

/// `approx_set(x)`: the HyperLogLog of all values, NULL for none. Its bytes are Segue's own.
fn approx_set() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| (types.len() == 1).then_some(TrinoType::HyperLogLog);
    let make = |types: &[TrinoType], of: &TrinoType| -> Box<dyn GroupsAccumulator> {
        fold(Seen { of: types[0].clone(), counts: false }, of.data_type())
    };
    aggregate("approx_set", typing, Kind::Fold { make, state })
}

/// `empty_approx_set()`: the HyperLogLog that has seen nothing.
fn empty_approx_set() -> Arc<ScalarUDF> {
    define(
        "empty_approx_set",
        |arguments| Ok(arguments.types.is_empty().then_some(TrinoType::HyperLogLog)),
        |call| {
            Ok(Arc::new(BinaryArray::from_iter_values(std::iter::repeat_n(Registers::default().bytes(), call.rows))))
        },
    )
}

/// `merge(HyperLogLog)`: that of all of them, NULL for none.
pub(super) fn merged(of: &TrinoType) -> Box<dyn GroupsAccumulator> {
    fold(Merged, of.data_type())
}

/// `cardinality(HyperLogLog)`.
pub(in crate::functions) fn cardinalities(sketches: &ArrayRef) -> Result<Int64Array> {
    let sketches = cast(sketches, &DataType::Binary)?;
    let estimate = |bytes| Some(read(bytes).map(|registers| registers.estimate()));
    sketches.as_binary::<i32>().iter().map(|bytes| bytes.and_then(estimate).transpose()).collect()
}

fn read(bytes: &[u8]) -> Result<Registers> {
    Registers::from_bytes(bytes).ok_or_else(|| ErrorName::InvalidFunctionArgument.error("not a HyperLogLog of Segue's"))
}

fn differ() -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error("Cannot merge HLL instances with different number of buckets")
}

fn take_in(state: &mut Registers, bytes: &[u8]) -> Result<()> {
    state.merge(read(bytes)?).ok_or_else(differ)
}

fn columns(states: &[Registers]) -> Vec<ArrayRef> {
    vec![Arc::new(BinaryArray::from_iter_values(states.iter().map(Registers::bytes)))]
}

/// The logarithm of the number of registers that keep the standard error below a bound.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 4 and 16")]
fn bits_for(error: f64) -> Result<u8> {
    if !(0.004_062_5..=0.26).contains(&error) {
        let message = format!("Max standard error must be in [0.0040625, 0.26000]: {error}");
        return Err(ErrorName::InvalidFunctionArgument.error(message));
    }
    Ok((1.04 / error).powi(2).log2().ceil().clamp(4.0, 16.0) as u8)
}

/// Values that were seen.
struct Seen {
    of: TrinoType,
    counts: bool,
}

/// Hashes of values, which of them are NULL, and bounds of the error.
struct Values {
    values: ArrayRef,
    hashes: Vec<u64>,
    errors: Option<Float64Array>,
}

impl Fold for Seen {
    type State = Registers;
    type Input = Values;

    const HEAP: Option<fn(&Self::State) -> usize> = Some(Registers::heap);

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let errors = match arguments.get(1) {
            Some(errors) => Some(cast(errors, &DataType::Float64)?.as_primitive::<Float64Type>().clone()),
            None => None,
        };
        Ok(Values { values: Arc::clone(&arguments[0]), hashes: hashes(&arguments[0], &self.of)?, errors })
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.values.is_null(row) || input.values.data_type().is_null() {
            return Ok(());
        }
        let bits = match &input.errors {
            Some(errors) if errors.is_null(row) => return Ok(()),
            Some(errors) => bits_for(errors.value(row))?,
            None => BITS,
        };
        state.add(input.hashes[row], bits);
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        take_in(state, states[0].as_binary::<i32>().value(row))
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        Ok(columns(states))
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        if self.counts {
            return Ok(Arc::new(Int64Array::from_iter_values(states.iter().map(Registers::estimate))));
        }
        let sketch = |state: &Registers| (!state.is_empty()).then(|| state.bytes());
        Ok(Arc::new(states.iter().map(sketch).collect::<BinaryArray>()))
    }
}

/// Sketches that were seen, and whether any was.
struct Merged;

impl Fold for Merged {
    type State = Option<Registers>;
    type Input = BinaryArray;

    const HEAP: Option<fn(&Self::State) -> usize> = Some(|state| state.as_ref().map_or(0, Registers::heap));

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        Ok(cast(&arguments[0], &DataType::Binary)?.as_binary::<i32>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_null(row) { Ok(()) } else { take_in(state.get_or_insert_default(), input.value(row)) }
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        self.add(state, states[0].as_binary::<i32>(), row)
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish(states)?])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let bytes = states.iter().map(|state| state.as_ref().map(Registers::bytes));
        Ok(Arc::new(bytes.collect::<BinaryArray>()))
    }
}
