//! `approx_percentile`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, Float64Array, ListArray},
    buffer::{NullBuffer, OffsetBuffer},
    compute::cast,
    datatypes::{DataType, Field, Float64Type, Int64Type},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use super::{digest::finite, tdigest::TDigest};
use crate::{
    ErrorName, TrinoType,
    functions::define::{
        aggregate::{Fold, Kind, aggregate, fold},
        fit, is_integer,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![approx_percentile()]
}

/// Shares and weights may be NULL.
pub(super) fn is_share(of: &TrinoType) -> bool {
    is_number(of) || *of == TrinoType::Unknown
}

pub(super) fn is_number(of: &TrinoType) -> bool {
    is_integer(of) || matches!(of, TrinoType::Real | TrinoType::Double | TrinoType::Decimal { .. })
}

/// `approx_percentile(x, p)`, `approx_percentile(x, weight, p)`, each also with an array of shares: the value, of the
/// type of `x` (`bigint` for integers, `double` for decimals), below which the share `p` of the rows or weights lies, by
/// a t-digest as Trino's: a group takes at most some 20 KB, up to some eighty values are kept as they are, and of more
/// the rank is about right, best near 0 and 1. NULL for no rows; rows in which an argument is NULL are ignored.
/// INVALID_FUNCTION_ARGUMENT for shares outside of 0 to 1, weights below 1, values that are not finite, and integers
/// that no `double` has.
fn approx_percentile() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| {
        let (of, share) = match types {
            [of, share] => (of, share),
            [of, weight, share] if is_share(weight) => (of, share),
            _ => return None,
        };
        let of = match of {
            TrinoType::Decimal { .. } => &TrinoType::Double,
            of if is_integer(of) => &TrinoType::Bigint,
            of => of,
        };
        match share {
            TrinoType::Array(share) if is_number(of) && is_share(share) => Some(TrinoType::Array(Box::new(of.clone()))),
            share if is_number(of) && is_share(share) => Some(of.clone()),
            _ => None,
        }
    };
    let make = |types: &[TrinoType], of: &TrinoType| -> Box<dyn GroupsAccumulator> {
        let (value, are_several) = match of {
            TrinoType::Array(value) => (value.as_ref(), true),
            value => (value, false),
        };
        let of_integers = *value == TrinoType::Bigint;
        fold(Percentile { of_integers, of_weights: types.len() == 3, are_several }, of.data_type())
    };
    let state = |_: &[TrinoType], _: &TrinoType| vec![TrinoType::Varbinary, shares_type()];
    aggregate("approx_percentile", typing, Kind::Fold { make, state })
}

fn shares_type() -> TrinoType {
    TrinoType::Array(Box::new(TrinoType::Double))
}

fn invalid(message: impl Into<String>) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

fn doubles(array: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

struct Percentile {
    of_integers: bool,
    of_weights: bool,
    are_several: bool,
}

/// A digest and the shares that are asked for.
#[derive(Clone, Default)]
struct Asked {
    digest: TDigest,
    shares: Vec<f64>,
}

/// The arguments of a batch.
struct Arguments {
    values: Float64Array,
    weights: Option<Float64Array>,
    /// One or several in each row.
    shares: ListArray,
}

impl Percentile {
    fn values(&self, array: &ArrayRef) -> Result<Float64Array> {
        if self.of_integers {
            check_exact(array)?;
        }
        doubles(array)
    }

    /// The shares of a group are those of its first row.
    fn ask(state: &mut Asked, shares: &ListArray, row: usize) -> Result<()> {
        if !state.digest.is_empty() {
            return Ok(());
        }
        for share in doubles(&shares.value(row))?.iter() {
            match share {
                Some(share) if (0.0..=1.0).contains(&share) => state.shares.push(share),
                Some(_) => return Err(invalid("Percentile must be between 0 and 1")),
                None => return Err(invalid("Percentile cannot be null")),
            }
        }
        Ok(())
    }
}

/// Integers beyond 2⁵³ are not all doubles.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "that is what is looked for")]
fn check_exact(array: &ArrayRef) -> Result<()> {
    let integers = cast(array, &DataType::Int64)?;
    let integers = integers.as_primitive::<Int64Type>();
    match integers.iter().flatten().find(|value| (*value as f64) as i64 != *value) {
        Some(value) => Err(invalid(format!("no exact double representation for long: {value}"))),
        None => Ok(()),
    }
}

impl Fold for Percentile {
    type State = Asked;
    type Input = Arguments;

    const HEAP: Option<fn(&Self::State) -> usize> =
        Some(|state| state.digest.heap() + state.shares.capacity() * size_of::<f64>());

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let shares = &arguments[arguments.len() - 1];
        let shares: ArrayRef = if self.are_several {
            fit(shares, &shares_type().data_type())?
        } else {
            let shares = doubles(shares)?;
            let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(1, shares.len()));
            let item = Arc::new(Field::new("item", DataType::Float64, true));
            let nulls = shares.nulls().cloned();
            Arc::new(ListArray::try_new(item, offsets, Arc::new(shares), nulls)?)
        };
        let weights = if self.of_weights { Some(doubles(&arguments[1])?) } else { None };
        Ok(Arguments { values: self.values(&arguments[0])?, weights, shares: shares.as_list().clone() })
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.values.is_null(row) || input.shares.is_null(row) {
            return Ok(());
        }
        let weight = match &input.weights {
            None => 1.0,
            Some(weights) if weights.is_null(row) => return Ok(()),
            Some(weights) if weights.value(row) >= 1.0 => weights.value(row),
            Some(_) => return Err(invalid("percentile weight must be >= 1")),
        };
        Self::ask(state, &input.shares, row)?;
        state.digest.add(finite(input.values.value(row))?, finite(weight)?);
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let digest = TDigest::from_bytes(states[0].as_binary::<i32>().value(row)).unwrap_or_default();
        if !digest.is_empty() {
            Self::ask(state, states[1].as_list(), row)?;
            state.digest.merge(&digest);
        }
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let digests = states.iter().map(|state| state.digest.clone().bytes());
        let shares = states.iter().flat_map(|state| state.shares.iter().copied()).collect::<Float64Array>();
        let offsets = OffsetBuffer::from_lengths(states.iter().map(|state| state.shares.len()));
        let item = Arc::new(Field::new("item", DataType::Float64, true));
        let shares: ArrayRef = Arc::new(ListArray::try_new(item, offsets, Arc::new(shares), None)?);
        let shares = fit(&shares, &shares_type().data_type())?;
        Ok(vec![Arc::new(BinaryArray::from_iter_values(digests)), shares])
    }

    #[expect(clippy::cast_possible_truncation, reason = "halves are rounded up, as Java's `Math.round` does")]
    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let mut values = Vec::new();
        for state in states {
            let mut digest = state.digest.clone();
            let are_asked = if digest.is_empty() && !self.are_several { &[0.5][..] } else { state.shares.as_slice() };
            values.extend(are_asked.iter().map(|share| digest.value_at(*share)));
        }
        let valid = NullBuffer::from_iter(states.iter().map(|state| !state.digest.is_empty()));
        let valid_values = (!self.are_several).then(|| valid.clone());
        let values: ArrayRef = if self.of_integers {
            let rounded = values.into_iter().map(|value| (value + 0.5).floor() as i64).collect();
            Arc::new(arrow::array::Int64Array::new(rounded, valid_values))
        } else {
            Arc::new(Float64Array::new(values.into(), valid_values))
        };
        if !self.are_several {
            return Ok(values);
        }
        let offsets = OffsetBuffer::from_lengths(states.iter().map(|state| state.shares.len()));
        let item = Arc::new(Field::new("item", values.data_type().clone(), true));
        Ok(Arc::new(ListArray::try_new(item, offsets, values, Some(valid))?))
    }
}
