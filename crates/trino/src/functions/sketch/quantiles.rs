//! `tdigest_agg`, `qdigest_agg`, `merge`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, Float64Array, Int64Array},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use datafusion::{
    error::Result,
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use super::{
    digest::{Digest, Kept, Number, finite, invalid},
    distinct,
    percentile::is_number,
    qdigest::QDigest,
    tdigest::TDigest,
};
use crate::{
    TrinoType,
    functions::define::{
        aggregate::{Fold, Kind, aggregate, fold},
        is_integer,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![tdigest_agg(), qdigest_agg(), merge()]
}

/// `tdigest_agg(x)`, `tdigest_agg(x, weight)`: the t-digest of all values, NULL for none. Its bytes are those of Trino's.
/// INVALID_FUNCTION_ARGUMENT for values that are not finite and weights below 1.
fn tdigest_agg() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| {
        let takes = matches!(types.len(), 1 | 2) && types.iter().all(is_number);
        takes.then_some(TrinoType::TDigest)
    };
    let make = |_: &[TrinoType], of: &TrinoType| fold(Digested(Kept::T), of.data_type());
    aggregate("tdigest_agg", typing, Kind::Fold { make, state: distinct::state })
}

/// `qdigest_agg(x)`, `qdigest_agg(x, weight)`, `qdigest_agg(x, weight, accuracy)`: the q-digest of all `bigint`, `double`
/// or `real`, NULL for none; ranks are off by the accuracy at the most, which is 0.01 unless said otherwise. Its bytes
/// are Segue's own. INVALID_FUNCTION_ARGUMENT for weights below 1 and an accuracy outside of 0 to 1.
fn qdigest_agg() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| {
        let (of, rest) = types.split_first()?;
        let of = match of {
            of if is_integer(of) => TrinoType::Bigint,
            TrinoType::Decimal { .. } => TrinoType::Double,
            of => of.clone(),
        };
        let takes = is_number(&of) && rest.len() <= 2 && rest.iter().all(is_number);
        takes.then(|| TrinoType::QDigest(Box::new(of)))
    };
    let make = |_: &[TrinoType], of: &TrinoType| -> Box<dyn GroupsAccumulator> {
        let kept = match of {
            TrinoType::QDigest(value) => Kept::Q(Number::of(value)),
            _ => Kept::T,
        };
        fold(Digested(kept), of.data_type())
    };
    aggregate("qdigest_agg", typing, Kind::Fold { make, state: distinct::state })
}

/// `merge(sketch)`: the HyperLogLog, t-digest or q-digest of all that were seen by these, NULL for none.
fn merge() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of @ (TrinoType::HyperLogLog | TrinoType::TDigest | TrinoType::QDigest(_))] => Some(of.clone()),
        _ => None,
    };
    let make = |types: &[TrinoType], of: &TrinoType| match types {
        [TrinoType::TDigest] => fold(Merged(Kept::T), of.data_type()),
        [TrinoType::QDigest(value)] => fold(Merged(Kept::Q(Number::of(value))), of.data_type()),
        _ => distinct::merged(of),
    };
    aggregate("merge", typing, Kind::Fold { make, state: distinct::state })
}

fn take_in(state: &mut Option<Digest>, other: Digest) {
    match state {
        Some(digest) => digest.merge(other),
        None => *state = Some(other),
    }
}

fn bytes(states: &[Option<Digest>]) -> ArrayRef {
    Arc::new(states.iter().map(|state| state.as_ref().map(Digest::bytes)).collect::<BinaryArray>())
}

/// Values that are put into a digest.
struct Digested(Kept);

/// Values in one of two forms, and how much each counts and may be off.
struct Values {
    doubles: Option<Float64Array>,
    numbers: Option<Int64Array>,
    weights: Option<Float64Array>,
    errors: Option<Float64Array>,
}

impl Digested {
    /// The weight and the error of a row, unless one is NULL.
    fn how(input: &Values, row: usize) -> Result<Option<(f64, f64)>> {
        let at = |column: &Option<Float64Array>, default| match column {
            Some(values) => values.is_valid(row).then(|| values.value(row)),
            None => Some(default),
        };
        let Some((weight, error)) = at(&input.weights, 1.0).zip(at(&input.errors, 0.01)) else { return Ok(None) };
        if !(weight.is_finite() && weight >= 1.0) {
            return Err(invalid(format!("weight must be >= 1, was {weight}")));
        }
        if !(error > 0.0 && error < 1.0) {
            return Err(invalid(format!("Percentile accuracy must be exclusively between 0 and 1, was {error}")));
        }
        Ok(Some((weight, error)))
    }
}

impl Fold for Digested {
    type State = Option<Digest>;
    type Input = Values;

    const HEAP: Option<fn(&Self::State) -> usize> = Some(|state| state.as_ref().map_or(0, Digest::heap));

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let doubles = |at: usize| -> Result<Option<Float64Array>> {
            let Some(array) = arguments.get(at) else { return Ok(None) };
            Ok(Some(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone()))
        };
        let (values, numbers) = match self.0 {
            Kept::T => (doubles(0)?, None),
            Kept::Q(number) => (None, Some(number.numbers(&arguments[0])?)),
        };
        Ok(Values { doubles: values, numbers, weights: doubles(1)?, errors: doubles(2)? })
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        let value = input.doubles.as_ref().filter(|values| values.is_valid(row)).map(|values| values.value(row));
        let number = input.numbers.as_ref().filter(|values| values.is_valid(row)).map(|values| values.value(row));
        if value.is_none() && number.is_none() {
            return Ok(());
        }
        let Some((weight, error)) = Self::how(input, row)? else { return Ok(()) };
        let start = || match self.0 {
            Kept::T => Digest::T(TDigest::default()),
            Kept::Q(_) => Digest::Q(QDigest::new(error)),
        };
        match (state.get_or_insert_with(start), value, number) {
            (Digest::T(digest), Some(value), _) => digest.add(finite(value)?, weight),
            (Digest::Q(digest), _, Some(number)) => digest.add(number, weight),
            _ => {}
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let states = states[0].as_binary::<i32>();
        if states.is_valid(row) {
            take_in(state, self.0.read(states.value(row))?);
        }
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        Ok(vec![bytes(states)])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        Ok(bytes(states))
    }
}

/// Digests that are put together.
struct Merged(Kept);

impl Fold for Merged {
    type State = Option<Digest>;
    type Input = BinaryArray;

    const HEAP: Option<fn(&Self::State) -> usize> = Some(|state| state.as_ref().map_or(0, Digest::heap));

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        Ok(cast(&arguments[0], &DataType::Binary)?.as_binary::<i32>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_valid(row) {
            take_in(state, self.0.read(input.value(row))?);
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        self.add(state, states[0].as_binary::<i32>(), row)
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        Ok(vec![bytes(states)])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        Ok(bytes(states))
    }
}
