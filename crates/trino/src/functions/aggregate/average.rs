//! `avg`, `geometric_mean`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array, PrimitiveArray},
    compute::cast,
    datatypes::{DataType, Decimal128Type, Float64Type, Int64Type},
};
use datafusion::{
    error::Result,
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use crate::{
    ErrorName, TrinoType,
    functions::define::{
        aggregate::{Fold, Kind, aggregate, fold},
        is_integer,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![avg(), geometric_mean()]
}

/// `avg(x)`: `double` for integers, `decimal(p, s)` for `decimal(p, s)` with halves away from zero, else of the type
/// of `x`.
fn avg() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of] if is_integer(of) => Some(TrinoType::Double),
        [TrinoType::Unknown] => Some(TrinoType::Double),
        [of @ (TrinoType::Real | TrinoType::Double | TrinoType::Decimal { .. } | TrinoType::IntervalDayToSecond)] => {
            Some(of.clone())
        }
        _ => None,
    };
    aggregate("avg", typing, Kind::Fold { make, state })
}

fn state(_: &[TrinoType], of: &TrinoType) -> Vec<TrinoType> {
    let sum = match of {
        TrinoType::Decimal { scale, .. } => TrinoType::Decimal { precision: 38, scale: *scale },
        _ => TrinoType::Double,
    };
    vec![sum, TrinoType::Bigint]
}

fn make(_: &[TrinoType], of: &TrinoType) -> Box<dyn GroupsAccumulator> {
    match of {
        TrinoType::Decimal { scale, .. } => fold(DecimalMean { scale: *scale }, of.data_type()),
        _ => fold(Mean { of: |x| x, back: |x| x }, of.data_type()),
    }
}

/// `geometric_mean(x)`: the n-th root of the product of n numbers, as the exponential of the mean of their logarithms;
/// `real` for `real`, else `double`.
fn geometric_mean() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [TrinoType::Real] => Some(TrinoType::Real),
        [of] if is_integer(of) => Some(TrinoType::Double),
        [TrinoType::Double | TrinoType::Decimal { .. }] => Some(TrinoType::Double),
        _ => None,
    };
    let make = |_: &[TrinoType], of: &TrinoType| fold(Mean { of: f64::ln, back: f64::exp }, of.data_type());
    aggregate("geometric_mean", typing, Kind::Fold { make, state: |_, _| vec![TrinoType::Double, TrinoType::Bigint] })
}

/// The mean of a function of doubles, taken back.
#[derive(Clone, Copy)]
struct Mean {
    of: fn(f64) -> f64,
    back: fn(f64) -> f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts are taken as doubles, as Trino does")]
impl Fold for Mean {
    type State = (f64, i64);
    type Input = Float64Array;

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let values = match arguments[0].data_type() {
            DataType::Duration(_) => cast(&arguments[0], &DataType::Int64)?,
            _ => Arc::clone(&arguments[0]),
        };
        Ok(cast(&values, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_valid(row) {
            *state = (state.0 + (self.of)(input.value(row)), state.1 + 1);
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let sum = states[0].as_primitive::<Float64Type>().value(row);
        *state = (state.0 + sum, state.1 + states[1].as_primitive::<Int64Type>().value(row));
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let sums = Float64Array::from_iter_values(states.iter().map(|state| state.0));
        Ok(vec![Arc::new(sums), Arc::new(Int64Array::from_iter_values(states.iter().map(|state| state.1)))])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let mean = |(sum, count): &(f64, i64)| (*count > 0).then(|| (self.back)(sum / *count as f64));
        Ok(Arc::new(states.iter().map(mean).collect::<Float64Array>()))
    }
}

/// The mean of decimals.
#[derive(Clone, Copy)]
struct DecimalMean {
    scale: i8,
}

impl Fold for DecimalMean {
    type State = (i128, i64);
    type Input = Decimal128Array;

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        Ok(arguments[0].as_primitive::<Decimal128Type>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_valid(row) {
            let overflow = || ErrorName::NumericValueOutOfRange.error("Decimal overflow");
            *state = (state.0.checked_add(input.value(row)).ok_or_else(overflow)?, state.1 + 1);
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let overflow = || ErrorName::NumericValueOutOfRange.error("Decimal overflow");
        let sum = state.0.checked_add(states[0].as_primitive::<Decimal128Type>().value(row)).ok_or_else(overflow)?;
        *state = (sum, state.1 + states[1].as_primitive::<Int64Type>().value(row));
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let sums = Decimal128Array::from_iter_values(states.iter().map(|state| state.0));
        let sums = sums.with_data_type(DataType::Decimal128(38, self.scale));
        Ok(vec![Arc::new(sums), Arc::new(Int64Array::from_iter_values(states.iter().map(|state| state.1)))])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let mean = |(sum, count): &(i128, i64)| {
            let count = i128::from(*count);
            (count > 0).then(|| (sum.abs() + count / 2) / count * sum.signum())
        };
        let means: PrimitiveArray<Decimal128Type> = states.iter().map(mean).collect();
        Ok(Arc::new(means.with_data_type(DataType::Decimal128(38, self.scale))))
    }
}
