//! `sum`.

use std::{marker::PhantomData, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, PrimitiveArray},
    compute::cast,
    datatypes::{DataType, Decimal128Type, DurationMillisecondType, Float64Type, Int64Type},
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
    let (returns, held_as) = (of.data_type(), summed_in(of).data_type());
    match held_as {
        DataType::Decimal128(..) => fold(Sum::<Decimal128Type>::new(held_as), returns),
        DataType::Float64 => fold(Sum::<Float64Type>::new(held_as), returns),
        DataType::Duration(_) => fold(Sum::<DurationMillisecondType>::new(held_as), returns),
        _ => fold(Sum::<Int64Type>::new(held_as), returns),
    }
}

/// What can be added up.
trait Summand: ArrowPrimitiveType {
    /// The sum, if it fits.
    fn plus(left: Self::Native, right: Self::Native) -> Option<Self::Native>;
    /// What the error of a sum that does not fit says.
    fn overflow(left: Self::Native, right: Self::Native) -> String {
        format!("bigint addition overflow: {left:?} + {right:?}")
    }
}

impl Summand for Int64Type {
    fn plus(left: i64, right: i64) -> Option<i64> {
        left.checked_add(right)
    }
}

impl Summand for DurationMillisecondType {
    fn plus(left: i64, right: i64) -> Option<i64> {
        left.checked_add(right)
    }
}

impl Summand for Float64Type {
    fn plus(left: f64, right: f64) -> Option<f64> {
        Some(left + right)
    }
}

/// The largest number of 38 digits.
const LARGEST: i128 = 10_i128.pow(38) - 1;

impl Summand for Decimal128Type {
    fn plus(left: i128, right: i128) -> Option<i128> {
        left.checked_add(right).filter(|sum| (-LARGEST..=LARGEST).contains(sum))
    }

    fn overflow(_: i128, _: i128) -> String {
        "Decimal overflow".to_owned()
    }
}

struct Sum<T> {
    held_as: DataType,
    of: PhantomData<fn() -> T>,
}

impl<T: Summand> Sum<T> {
    fn new(held_as: DataType) -> Self {
        Self { held_as, of: PhantomData }
    }
}

fn take_in<T: Summand>(state: &mut (T::Native, bool), value: T::Native) -> Result<()> {
    let overflow = || ErrorName::NumericValueOutOfRange.error(T::overflow(state.0, value));
    *state = (T::plus(state.0, value).ok_or_else(overflow)?, true);
    Ok(())
}

impl<T: Summand> Fold for Sum<T>
where
    T::Native: Default,
{
    type State = (T::Native, bool);
    type Input = PrimitiveArray<T>;

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let array = &arguments[0];
        // Of decimals all digits are kept, as only the type has fewer.
        if let Some(array) = array.as_primitive_opt::<T>() {
            return Ok(array.clone());
        }
        Ok(cast(array, &self.held_as)?.as_primitive::<T>().clone())
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.is_null(row) { Ok(()) } else { take_in::<T>(state, input.value(row)) }
    }

    fn add_all(&self, states: &mut [Self::State], input: &Self::Input, groups: &[usize]) -> Result<()> {
        if input.null_count() > 0 {
            return groups.iter().enumerate().try_for_each(|(row, group)| self.add(&mut states[*group], input, row));
        }
        input.values().iter().zip(groups).try_for_each(|(value, group)| take_in::<T>(&mut states[*group], *value))
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        if !states[1].as_boolean().value(row) {
            return Ok(());
        }
        take_in::<T>(state, states[0].as_primitive::<T>().value(row))
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let sums = PrimitiveArray::<T>::from_iter_values(states.iter().map(|(sum, _)| *sum));
        let seen: BooleanArray = states.iter().map(|(_, seen)| Some(*seen)).collect();
        Ok(vec![Arc::new(sums.with_data_type(self.held_as.clone())), Arc::new(seen)])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let sums: PrimitiveArray<T> = states.iter().map(|(sum, seen)| seen.then_some(*sum)).collect();
        Ok(Arc::new(sums.with_data_type(self.held_as.clone())))
    }
}
