//! `approx_most_frequent`.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use arrow::{
    array::{Array, ArrayRef, AsArray, BinaryArray, Int64Array, StringArray},
    buffer::{NullBuffer, OffsetBuffer},
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::{AggregateUDF, GroupsAccumulator},
};

use super::distinct;
use crate::{
    ErrorName, TrinoType,
    functions::{
        define::{
            aggregate::{Fold, Kind, aggregate, fold},
            is_integer, is_text,
        },
        map::Entries,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![approx_most_frequent()]
}

/// `approx_most_frequent(buckets, x, capacity)`: the map of the values, `bigint` or `varchar`, that came most often with
/// how often, at most so many and the most frequent first; NULL for no values. Exact for groups of up to `capacity`
/// different values; by the Space-Saving algorithm of Metwally, Agrawal, El Abbadi, "Efficient computation of frequent
/// and top-k elements in data streams", 2005, for others. INVALID_FUNCTION_ARGUMENT unless there are at least two buckets
/// and a capacity above 0.
fn approx_most_frequent() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [buckets, of, capacity] if is_integer(buckets) && is_integer(capacity) => {
            let of = match of {
                of if is_integer(of) => TrinoType::Bigint,
                of if is_text(of) => TrinoType::Varchar(None),
                _ => return None,
            };
            Some(TrinoType::Map(Box::new(of), Box::new(TrinoType::Bigint)))
        }
        _ => None,
    };
    let make = |_: &[TrinoType], of: &TrinoType| -> Box<dyn GroupsAccumulator> {
        let of_integers = matches!(of, TrinoType::Map(key, _) if **key == TrinoType::Bigint);
        fold(Frequent { of_integers }, of.data_type())
    };
    aggregate("approx_most_frequent", typing, Kind::Fold { make, state: distinct::state })
}

fn invalid(message: &str) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

/// Counted values, no more than the capacity.
#[derive(Clone, Default)]
struct Counts {
    buckets: usize,
    capacity: usize,
    places: HashMap<Vec<u8>, usize>,
    counted: Vec<(Vec<u8>, u64)>,
    /// Counts with the places of their values, so that the least is found at once.
    by_count: BTreeSet<(u64, usize)>,
    bytes: usize,
}

impl Counts {
    fn add(&mut self, value: &[u8], times: u64) {
        let place = match self.places.get(value) {
            Some(place) => *place,
            None if self.counted.len() < self.capacity => {
                let place = self.counted.len();
                self.counted.push((value.to_vec(), 0));
                self.places.insert(value.to_vec(), place);
                self.by_count.insert((0, place));
                self.bytes += 2 * value.len();
                place
            }
            None => {
                // The value of the least count gives way, and its count may have been of this one.
                let Some((_, place)) = self.by_count.first().copied() else { return };
                let before = std::mem::replace(&mut self.counted[place].0, value.to_vec());
                self.places.remove(&before);
                self.places.insert(value.to_vec(), place);
                self.bytes = (self.bytes + 2 * value.len()).saturating_sub(2 * before.len());
                place
            }
        };
        let count = self.counted[place].1;
        self.by_count.remove(&(count, place));
        self.counted[place].1 = count + times;
        self.by_count.insert((count + times, place));
    }

    /// The values that came most often, and how often.
    fn most_frequent(&self) -> impl Iterator<Item = &(Vec<u8>, u64)> {
        let mut order: Vec<usize> = (0..self.counted.len()).collect();
        order.sort_by_key(|place| std::cmp::Reverse(self.counted[*place].1));
        order.into_iter().take(self.buckets).map(|place| &self.counted[place])
    }

    /// Buckets and capacity, then count, length and bytes of each value.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut write = |number: usize| bytes.extend((number as u64).to_le_bytes());
        write(self.buckets);
        write(self.capacity);
        for (value, count) in &self.counted {
            bytes.extend(count.to_le_bytes());
            bytes.extend((value.len() as u64).to_le_bytes());
            bytes.extend(value);
        }
        bytes
    }

    /// Takes in what another has written.
    fn take_in(&mut self, mut bytes: &[u8]) -> Option<()> {
        let mut read = |length: Option<usize>| -> Option<&[u8]> {
            let (head, rest) = bytes.split_at_checked(length.unwrap_or(8))?;
            bytes = rest;
            Some(head)
        };
        let number = |bytes: &[u8]| Some(u64::from_le_bytes(bytes.try_into().ok()?));
        let (buckets, capacity) = (number(read(None)?)?, number(read(None)?)?);
        self.buckets = self.buckets.max(usize::try_from(buckets).ok()?);
        self.capacity = self.capacity.max(usize::try_from(capacity).ok()?);
        while let Some(count) = read(None) {
            let length = usize::try_from(number(read(None)?)?).ok()?;
            self.add(read(Some(length))?, number(count)?);
        }
        Some(())
    }
}

struct Frequent {
    of_integers: bool,
}

struct Values {
    buckets: Int64Array,
    capacities: Int64Array,
    integers: Option<Int64Array>,
    texts: Option<StringArray>,
}

fn integers(array: &ArrayRef) -> Result<Int64Array> {
    Ok(cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

impl Values {
    fn start(&self, state: &mut Counts, row: usize) -> Result<()> {
        if state.capacity > 0 {
            return Ok(());
        }
        let at_least =
            |values: &Int64Array, least| usize::try_from(values.value(row)).ok().filter(|value| *value >= least);
        let buckets = at_least(&self.buckets, 2);
        state.buckets = buckets.ok_or_else(|| invalid("approx_most_frequent bucket count must be greater than one"))?;
        let capacity = at_least(&self.capacities, 1);
        state.capacity = capacity.ok_or_else(|| invalid("approx_most_frequent capacity must be greater than 0"))?;
        Ok(())
    }
}

impl Fold for Frequent {
    type State = Counts;
    type Input = Values;

    const HEAP: Option<fn(&Self::State) -> usize> = Some(|state| state.bytes + state.counted.len() * 160);

    fn input(&self, arguments: &[ArrayRef]) -> Result<Self::Input> {
        let (of_integers, of_texts) = if self.of_integers {
            (Some(integers(&arguments[1])?), None)
        } else {
            (None, Some(cast(&arguments[1], &DataType::Utf8)?.as_string::<i32>().clone()))
        };
        let (buckets, capacities) = (integers(&arguments[0])?, integers(&arguments[2])?);
        Ok(Values { buckets, capacities, integers: of_integers, texts: of_texts })
    }

    fn add(&self, state: &mut Self::State, input: &Self::Input, row: usize) -> Result<()> {
        if input.buckets.is_null(row) || input.capacities.is_null(row) {
            return Ok(());
        }
        if let Some(values) = input.integers.as_ref().filter(|values| values.is_valid(row)) {
            input.start(state, row)?;
            state.add(&values.value(row).to_le_bytes(), 1);
        }
        if let Some(values) = input.texts.as_ref().filter(|values| values.is_valid(row)) {
            input.start(state, row)?;
            state.add(values.value(row).as_bytes(), 1);
        }
        Ok(())
    }

    fn merge(&self, state: &mut Self::State, states: &[ArrayRef], row: usize) -> Result<()> {
        let broken = || datafusion::common::internal_datafusion_err!("a state of approx_most_frequent is broken");
        state.take_in(states[0].as_binary::<i32>().value(row)).ok_or_else(broken)
    }

    fn states(&self, states: &[Self::State]) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(BinaryArray::from_iter_values(states.iter().map(Counts::to_bytes)))])
    }

    fn finish(&self, states: &[Self::State]) -> Result<ArrayRef> {
        let nulls = NullBuffer::from_iter(states.iter().map(|state| state.capacity > 0));
        let offsets = OffsetBuffer::from_lengths(states.iter().map(|state| state.most_frequent().count()));
        let found = || states.iter().flat_map(Counts::most_frequent);
        let counts = found().map(|(_, count)| i64::try_from(*count).unwrap_or(i64::MAX));
        let keys: ArrayRef = if self.of_integers {
            let integer = |value: &[u8]| value.try_into().map_or(0, i64::from_le_bytes);
            Arc::new(Int64Array::from_iter_values(found().map(|(value, _)| integer(value))))
        } else {
            let texts = found().map(|(value, _)| String::from_utf8_lossy(value));
            Arc::new(texts.map(Some).collect::<StringArray>())
        };
        let values: ArrayRef = Arc::new(Int64Array::from_iter_values(counts));
        Entries { keys, values, offsets }.into_maps(Some(nulls))
    }
}
