//! `array_sort`, `array_distinct`, `array_min`, `array_max`, `array_reverse`, `shuffle`, `array_histogram`.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array},
    buffer::{BooleanBuffer, OffsetBuffer},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use datafusion::{error::Result, logical_expr::ScalarUDF};

use super::{Elements, Picks, comparable};
use crate::{
    TrinoType,
    functions::{
        define::{Arguments, Call, define, define_volatile},
        map::Entries,
    },
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        array_sort(),
        array_distinct(),
        define("array_min", element, |call| extreme(call, false)),
        define("array_max", element, |call| extreme(call, true)),
        array_reverse(),
        shuffle(),
        array_histogram(),
    ]
}

pub(super) fn same(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(match arguments.types {
        [of @ (TrinoType::Array(_) | TrinoType::Unknown)] => Some(of.clone()),
        _ => None,
    })
}

fn element(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    Ok(match arguments.types {
        [TrinoType::Array(of)] => Some(of.as_ref().clone()),
        [TrinoType::Unknown] => Some(TrinoType::Unknown),
        _ => None,
    })
}

/// For each array that is not NULL, the elements at what a function makes of the range of its elements.
pub(super) fn rearranged(
    call: &Call,
    mut order: impl FnMut(&Elements, std::ops::Range<usize>) -> Result<Vec<usize>>,
) -> Result<ArrayRef> {
    let list = call.lists(0)?;
    let elements = Elements::of(&list)?;
    let mut picks = Picks::from(vec![Arc::clone(&elements.values)], call.rows);
    let nulls = call.strict();
    for row in 0..call.rows {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            picks.null_row();
            continue;
        }
        for at in order(&elements, elements.range(row))? {
            picks.push(0, at);
        }
        picks.end_row();
    }
    picks.finish()
}

/// `array_sort(array)`: the elements in ascending order, NULLs last.
fn array_sort() -> Arc<ScalarUDF> {
    define("array_sort", same, |call| {
        let keys = comparable(&[Arc::clone(&Elements::of(&call.lists(0)?)?.values)])?;
        rearranged(call, |_, range| {
            let mut order: Vec<usize> = range.collect();
            order.sort_by(|a, b| keys.row(*a).cmp(&keys.row(*b)));
            Ok(order)
        })
    })
}

/// `array_distinct(array)`: the first of each of the elements that are the same, NULL being the same as NULL.
fn array_distinct() -> Arc<ScalarUDF> {
    define("array_distinct", same, |call| {
        let keys = comparable(&[Arc::clone(&Elements::of(&call.lists(0)?)?.values)])?;
        rearranged(call, |_, range| {
            let mut seen = std::collections::HashSet::new();
            Ok(range.filter(|at| seen.insert(keys.row(*at))).collect())
        })
    })
}

/// `array_min(array)`, `array_max(array)`: the least or greatest element, NaN if there is nothing else. NULL for an empty
/// array and for one with a NULL in it.
fn extreme(call: &Call, greatest: bool) -> Result<ArrayRef> {
    let list = call.lists(0)?;
    let elements = Elements::of(&list)?;
    let keys = comparable(&[Arc::clone(&elements.values)])?;
    let nan = nan(&elements.values)?;
    let mut picks = Picks::from(vec![Arc::clone(&elements.values)], call.rows);
    for row in 0..call.rows {
        let range = elements.range(row);
        let by_key = |a: &usize, b: &usize| keys.row(*a).cmp(&keys.row(*b));
        let numbers = || range.clone().filter(|at| !nan.value(*at));
        let found = if greatest { numbers().max_by(by_key) } else { numbers().min_by(by_key) };
        let found = found.or_else(|| range.clone().next());
        let has_null = range.clone().any(|at| elements.values.is_null(at));
        match found.filter(|_| !has_null) {
            Some(at) => picks.push(0, at),
            None => picks.push_null(),
        }
    }
    picks.values()
}

/// Which values are no numbers.
fn nan(values: &ArrayRef) -> Result<BooleanBuffer> {
    if !values.data_type().is_floating() {
        return Ok(BooleanBuffer::new_unset(values.len()));
    }
    let doubles = cast(values, &DataType::Float64)?;
    let doubles = doubles.as_primitive::<Float64Type>().values();
    Ok(BooleanBuffer::from_iter(doubles.iter().map(|value| value.is_nan())))
}

/// `reverse(array)`: the elements from the last to the first. `reverse` of text is another function.
fn array_reverse() -> Arc<ScalarUDF> {
    define("array_reverse", same, |call| rearranged(call, |_, range| Ok(range.rev().collect())))
}

/// `shuffle(array)`: the elements in an order of chance.
fn shuffle() -> Arc<ScalarUDF> {
    define_volatile("shuffle", same, |call| {
        let mut random = chances();
        rearranged(call, |_, range| {
            let mut order: Vec<usize> = range.collect();
            for at in (1..order.len()).rev() {
                order.swap(at, random() % (at + 1));
            }
            Ok(order)
        })
    })
}

/// Numbers by SplitMix64 (Steele, Lea, Flood 2014) from a seed of the standard library's.
fn chances() -> impl FnMut() -> usize {
    use std::hash::{BuildHasher, Hasher};
    let mut state = std::hash::RandomState::new().build_hasher().finish();
    move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap_or_default()
    }
}

/// `array_histogram(array)`: the map of the elements with how often each is there, NULLs left out.
fn array_histogram() -> Arc<ScalarUDF> {
    let typing = |arguments: &Arguments<'_>| {
        Ok(match arguments.types {
            [TrinoType::Array(of)] => Some(TrinoType::Map(of.clone(), Box::new(TrinoType::Bigint))),
            _ => None,
        })
    };
    define("array_histogram", typing, |call| {
        let list = call.lists(0)?;
        let elements = Elements::of(&list)?;
        let keys = comparable(&[Arc::clone(&elements.values)])?;
        let mut picks = Picks::from(vec![Arc::clone(&elements.values)], call.rows);
        let (mut counts, mut lengths) = (Vec::<i64>::new(), Vec::new());
        for row in 0..call.rows {
            let before = counts.len();
            let mut places = HashMap::new();
            for at in elements.range(row).filter(|at| elements.values.is_valid(*at)) {
                let place = *places.entry(keys.row(at)).or_insert(counts.len());
                if place == counts.len() {
                    picks.push(0, at);
                    counts.push(0);
                }
                counts[place] += 1;
            }
            lengths.push(counts.len() - before);
        }
        let offsets = OffsetBuffer::from_lengths(lengths);
        let values = Arc::new(Int64Array::from(counts));
        Entries { keys: picks.values()?, values, offsets }.into_maps(call.strict())
    })
}
