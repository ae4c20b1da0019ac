//! `sum`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, PrimitiveArray},
    compute::cast,
    datatypes::{DataType, Decimal128Type, DurationMillisecondType, Float64Type, Int64Type},
};
use datafusion::{
    error::{DataFusionError, Result},
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
    vec![sum()]
}

/// The type of a sum.
fn typing(types: &[TrinoType]) -> Option<TrinoType> {
    match types {
        [of] if is_integer(of) => Some(TrinoType::Bigint),
        [TrinoType::Unknown] => Some(TrinoType::Bigint),
        [TrinoType::Decimal { scale, .. }] => Some(TrinoType::Decimal { precision: 38, scale: *scale }),
        [of @ (TrinoType::Real | TrinoType::Double | TrinoType::IntervalDayToSecond)] => Some(of.clone()),
        _ => None,
    }
}

/// `sum(x)`: `bigint` for integers, `decimal(38, s)` for `decimal(p, s)`, else of the type of `x`. A sum that does not
/// fit ends with NUMERIC_VALUE_OUT_OF_RANGE.
fn sum() -> Arc<AggregateUDF> {
    aggregate("sum", typing, Kind::Fold { make, state: |_, of| vec![summed_in(of), TrinoType::Boolean] })
}

/// What a sum of this type is summed in: `real` as `double`.
fn summed_in(of: &TrinoType) -> TrinoType {
    if *of == TrinoType::Real { TrinoType::Double } else { of.clone() }
}

fn make(_: &[TrinoType], of: &TrinoType) -> Box<dyn GroupsAccumulator> {
    let (returns, summed) = (of.data_type(), summed_in(of).data_type());
    match summed {
        DataType::Decimal128(_, scale) => {
            fold(Sum::<Decimal128Type> { add: add_decimals, kind: Summed::Decimal(scale) }, returns)
        }
        DataType::Float64 => fold(Sum::<Float64Type> { add: |a, b| Some(a + b), kind: Summed::Double }, returns),
        DataType::Duration(_) => {
            fold(Sum::<DurationMillisecondType> { add: i64::checked_add, kind: Summed::Duration }, returns)
        }
        _ => fold(Sum::<Int64Type> { add: i64::checked_add, kind: Summed::Bigint }, returns),
    }
}

/// The largest number of 38 digits.
const LARGEST: i128 = 10_i128.pow(38) - 1;

fn add_decimals(left: i128, right: i128) -> Option<i128> {
    left.checked_add(right).filter(|sum| (-LARGEST..=LARGEST).contains(sum))
}

#[derive(Clone, Copy)]
enum Summed {
    Bigint,
    Double,
    Duration,
    Decimal(i8),
}

impl Summed {
    fn data_type(self) -> DataType {
        match self {
            Self::Bigint => DataType::Int64,
            Self::Double => DataType::Float64,
            Self::Duration => TrinoType::IntervalDayToSecond.data_type(),
            Self::Decimal(scale) => DataType::Decimal128(38, scale),
        }
    }

    fn overflow(self, left: &impl std::fmt::Debug, right: &impl std::fmt::Debug) -> DataFusionError {
        let message = match self {
            Self::Decimal(_) => "Decimal overflow".to_owned(),
            _ => format!("bigint addition overflow: {left:?} + {right:?}"),
        };
        ErrorName::NumericValueOutOfRange.error(message)
    }
}

struct Sum<T: ArrowPrimitiveType> {
    add: fn(T::Native, T::Native) -> Option<T::Native>,
    kind: Summed,
}

impl<T: ArrowPrimitiveType> Clone for Sum<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ArrowPrimitiveType> Copy for Sum<T> {}

impl<T: ArrowPrimitiveType> Sum<T> {
    fn take_in(&self, state: &mut (T::Native, bool), value: T::Native) -> Result<()> {
        let overflow = || self.kind.overflow(&state.0, &value);
        *state = ((self.add)(state.0, value).ok_or_else(overflow)?, true);
        Ok(())
    }
}

impl<T: ArrowPrimitiveType> Fold for Sum<T>
where
    T::Native: Default,
{
    type State = (T::Native, bool);
    type Input = PrimitiveArray<T>;

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        Ok(cast(&arguments[0], &self.kind.data_type())?.as_primitive::<T>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_null(row) { Ok(()) } else { self.take_in(state, input.value(row)) }
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        if !states[1].as_boolean().value(row) {
            return Ok(());
        }
        self.take_in(state, states[0].as_primitive::<T>().value(row))
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let sums = PrimitiveArray::<T>::from_iter_values(states.iter().map(|(sum, _)| *sum));
        let seen: BooleanArray = states.iter().map(|(_, seen)| Some(*seen)).collect();
        Ok(vec![Arc::new(sums.with_data_type(self.kind.data_type())), Arc::new(seen)])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let sums: PrimitiveArray<T> = states.iter().map(|(sum, seen)| seen.then_some(*sum)).collect();
        Ok(Arc::new(sums.with_data_type(self.kind.data_type())))
    }
}
