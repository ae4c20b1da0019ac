//! `numeric_histogram`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, ListArray},
    buffer::{NullBuffer, OffsetBuffer},
    compute::cast,
    datatypes::{DataType, Field, Float64Type, Int64Type},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::AggregateUDF,
};

use super::percentile::is_number;
use crate::{
    ErrorName, TrinoType,
    functions::{
        define::{
            aggregate::{Fold, Kind, aggregate, fold},
            fit, is_integer,
        },
        map::Entries,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![numeric_histogram()]
}

/// `numeric_histogram(buckets, x)`, `numeric_histogram(buckets, x, weight)`: a map from the middle of each of at most so
/// many buckets to its weight, as in Ben-Haim, Tom-Tov, "A streaming parallel decision tree algorithm", 2010; of `real`
/// for `real`, else of `double`. NULL for no rows. INVALID_FUNCTION_ARGUMENT for fewer than two buckets.
fn numeric_histogram() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| {
        let (of, weight) = match types {
            [buckets, of] if is_integer(buckets) => (of, None),
            [buckets, of, weight] if is_integer(buckets) => (of, Some(weight)),
            _ => return None,
        };
        let number = if *of == TrinoType::Real { TrinoType::Real } else { TrinoType::Double };
        let takes = is_number(of) && weight.is_none_or(is_number);
        takes.then(|| TrinoType::Map(Box::new(number.clone()), Box::new(number)))
    };
    let make = |_: &[TrinoType], of: &TrinoType| fold(Histograms, of.data_type());
    let state = |_: &[TrinoType], _: &TrinoType| vec![TrinoType::Bigint, doubles_type(), doubles_type()];
    aggregate("numeric_histogram", typing, Kind::Fold { make, state })
}

fn doubles_type() -> TrinoType {
    TrinoType::Array(Box::new(TrinoType::Double))
}

/// So many values more than there are buckets are kept until neighbours are put together.
const BUFFER: usize = 100;

/// Values with their weights.
#[derive(Clone, Default)]
struct Histogram {
    most: usize,
    buckets: Vec<(f64, f64)>,
}

impl Histogram {
    fn add(&mut self, value: f64, weight: f64) {
        if self.buckets.len() >= self.most + BUFFER {
            self.compact();
        }
        self.buckets.push((value, weight));
    }

    /// Puts equal values together, then the neighbours of which the variance suffers least, until few enough are left.
    fn compact(&mut self) {
        self.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        #[expect(clippy::float_cmp, reason = "values that are the same")]
        self.buckets.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 += if is_same { next.1 } else { 0.0 };
            is_same
        });
        let loss = |(left, right): ((f64, f64), (f64, f64))| {
            (left.0 - right.0).powi(2) * left.1 * right.1 / (left.1 + right.1)
        };
        while self.buckets.len() > self.most {
            let losses = self.buckets.windows(2).map(|pair| loss((pair[0], pair[1])));
            let Some((at, _)) = losses.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)) else { return };
            let ((left, a), (right, b)) = (self.buckets[at], self.buckets[at + 1]);
            self.buckets[at] = ((left * a + right * b) / (a + b), a + b);
            self.buckets.remove(at + 1);
        }
    }
}

fn invalid(message: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

struct Histograms;

struct Values {
    counts: Int64Array,
    values: Float64Array,
    weights: Option<Float64Array>,
}

fn doubles(array: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(array, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

/// Arrays of doubles, one for each state.
fn lists(states: &[Histogram], of: fn(&(f64, f64)) -> f64) -> Result<ArrayRef> {
    let offsets = OffsetBuffer::from_lengths(states.iter().map(|state| state.buckets.len()));
    let values = Float64Array::from_iter_values(states.iter().flat_map(|state| state.buckets.iter().map(of)));
    let item = Arc::new(Field::new("item", DataType::Float64, true));
    let list: ArrayRef = Arc::new(ListArray::try_new(item, offsets, Arc::new(values), None)?);
    fit(&list, &doubles_type().data_type())
}

impl Fold for Histograms {
    type State = Histogram;
    type Input = Values;

    const HEAP: Option<fn(&Self::State) -> usize> = Some(|state| state.buckets.capacity() * size_of::<(f64, f64)>());

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let counts = cast(&arguments[0], &DataType::Int64)?.as_primitive::<Int64Type>().clone();
        let weights = arguments.get(2).map(doubles).transpose()?;
        Ok(Values { counts, values: doubles(&arguments[1])?, weights })
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        let weight = match &input.weights {
            Some(weights) => weights.is_valid(row).then(|| weights.value(row)),
            None => Some(1.0),
        };
        let (Some(weight), true, true) = (weight, input.counts.is_valid(row), input.values.is_valid(row)) else {
            return Ok(());
        };
        if state.most == 0 {
            let most = usize::try_from(input.counts.value(row)).ok().filter(|most| *most >= 2);
            state.most = most.ok_or_else(|| invalid("numeric_histogram bucket count must be greater than one"))?;
        }
        state.add(input.values.value(row), weight);
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let most = usize::try_from(states[0].as_primitive::<Int64Type>().value(row)).unwrap_or_default();
        state.most = state.most.max(most);
        let column = |at: usize| doubles(&states[at].as_list::<i32>().value(row));
        let (values, weights) = (column(1)?, column(2)?);
        values.values().iter().zip(weights.values()).for_each(|(value, weight)| state.add(*value, *weight));
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let most = states.iter().map(|state| i64::try_from(state.most).unwrap_or(i64::MAX));
        let most: ArrayRef = Arc::new(Int64Array::from_iter_values(most));
        Ok(vec![most, lists(states, |bucket| bucket.0)?, lists(states, |bucket| bucket.1)?])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let mut states = states.to_vec();
        states.iter_mut().for_each(Histogram::compact);
        let nulls = NullBuffer::from_iter(states.iter().map(|state| state.most > 0));
        let offsets = OffsetBuffer::from_lengths(states.iter().map(|state| state.buckets.len()));
        let of = |of: fn(&(f64, f64)) -> f64| -> ArrayRef {
            Arc::new(Float64Array::from_iter_values(states.iter().flat_map(|state| state.buckets.iter().map(of))))
        };
        Entries { keys: of(|bucket| bucket.0), values: of(|bucket| bucket.1), offsets }.into_maps(Some(nulls))
    }
}
