//! `histogram`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, Int64Array, ListArray},
    buffer::{NullBuffer, OffsetBuffer},
    datatypes::{DataType, Field, Int64Type},
    row::{RowConverter, Rows, SortField},
};
use datafusion::{
    common::HashMap,
    error::Result,
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use crate::{
    TrinoType,
    functions::{
        array::comparable,
        define::{
            aggregate::{Fold, Kind, aggregate, fold},
            fit,
        },
        map::Entries,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![histogram()]
}

/// `histogram(x)`: the map of all values with how often each is there.
fn histogram() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of] => Some(TrinoType::Map(Box::new(of.clone()), Box::new(TrinoType::Bigint))),
        _ => None,
    };
    let make = |types: &[TrinoType], of: &TrinoType| -> Box<dyn GroupsAccumulator> {
        fold(Counted(types[0].data_type()), of.data_type())
    };
    let state = |_: &[TrinoType], _: &TrinoType| vec![array_of(TrinoType::Varbinary), array_of(TrinoType::Bigint)];
    aggregate("histogram", typing, Kind::Fold { make, state })
}

fn array_of(of: TrinoType) -> TrinoType {
    TrinoType::Array(Box::new(of))
}

/// Values of a type that are counted.
struct Counted(DataType);

/// How often each value came, in the order in which they came first; values as [`comparable`] writes them.
#[derive(Clone, Default)]
struct Counts {
    places: HashMap<Box<[u8]>, usize>,
    counts: Vec<i64>,
    bytes: usize,
}

impl Counts {
    fn add(&mut self, value: &[u8], times: i64) {
        if let Some(place) = self.places.get(value) {
            self.counts[*place] += times;
            return;
        }
        self.places.insert(value.into(), self.counts.len());
        self.counts.push(times);
        self.bytes += value.len() + 48;
    }

    fn values(&self) -> Vec<&[u8]> {
        let mut values = vec![&[][..]; self.counts.len()];
        self.places.iter().for_each(|(value, place)| values[*place] = value);
        values
    }
}

fn offsets(states: &[Counts]) -> OffsetBuffer<i32> {
    OffsetBuffer::from_lengths(states.iter().map(|state| state.counts.len()))
}

fn counts(states: &[Counts]) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(states.iter().flat_map(|state| state.counts.iter().copied())))
}

impl Fold for Counted {
    type State = Counts;
    type Input = (Rows, Option<NullBuffer>);

    const HEAP: Option<fn(&Self::State) -> usize> = Some(|state| state.bytes);

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let values = fit(&arguments[0], &self.0)?;
        Ok((comparable(&[Arc::clone(&values)])?, values.logical_nulls()))
    }

    fn add(&self, state: &mut Self::State, (rows, nulls): &Self::Input, row: usize) -> Result<()> {
        if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
            state.add(rows.row(row).as_ref(), 1);
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let (values, counts) = (states[0].as_list::<i32>().value(row), states[1].as_list::<i32>().value(row));
        let counts = counts.as_primitive::<Int64Type>().values();
        values.as_binary::<i32>().iter().zip(counts).for_each(|(value, count)| {
            state.add(value.unwrap_or_default(), *count);
        });
        Ok(())
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        let values: ArrayRef = Arc::new(states.iter().flat_map(Counts::values).map(Some).collect::<BinaryArray>());
        let list = |values: ArrayRef, of: TrinoType| {
            let item = Arc::new(Field::new("item", values.data_type().clone(), true));
            let list: ArrayRef = Arc::new(ListArray::try_new(item, offsets(states), values, None)?);
            fit(&list, &array_of(of).data_type())
        };
        Ok(vec![list(values, TrinoType::Varbinary)?, list(counts(states), TrinoType::Bigint)?])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let options = arrow::compute::SortOptions { descending: false, nulls_first: false };
        let converter = RowConverter::new(vec![SortField::new_with_options(self.0.clone(), options)])?;
        let parser = converter.parser();
        let values = states.iter().flat_map(Counts::values);
        let keys = converter.convert_rows(values.map(|value| parser.parse(value)))?.remove(0);
        let nulls = NullBuffer::from_iter(states.iter().map(|state| !state.counts.is_empty()));
        Entries { keys, values: counts(states), offsets: offsets(states) }.into_maps(Some(nulls))
    }
}
