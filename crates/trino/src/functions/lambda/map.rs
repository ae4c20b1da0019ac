//! `map_filter`, `transform_keys`, `transform_values`, `map_zip_with`.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{Array, ArrayRef},
    buffer::OffsetBuffer,
    row::{RowConverter, SortField},
};
use datafusion::error::Result;

use super::{
    array::conditions,
    function::{HigherOrder, LambdaCall},
};
use crate::{
    TrinoType,
    functions::{
        array::{Picks, index},
        define::{common_type, fit},
        map::Entries,
    },
};

fn key_and_value(types: &[TrinoType], _: usize) -> Option<Vec<TrinoType>> {
    match types.first()? {
        TrinoType::Map(keys, values) => Some(vec![keys.as_ref().clone(), values.as_ref().clone()]),
        _ => None,
    }
}

fn map_of(keys: &TrinoType, values: &TrinoType) -> TrinoType {
    TrinoType::Map(Box::new(keys.clone()), Box::new(values.clone()))
}

fn applied(call: &LambdaCall<'_>) -> Result<(Entries, ArrayRef)> {
    let entries = Entries::of(&call.values.maps(0))?;
    let results = call.apply(0, vec![Arc::clone(&entries.keys), Arc::clone(&entries.values)], entries.rows())?;
    Ok((entries, results))
}

/// `map_filter(map, (k, v) -> condition)`: the entries for which the condition is true. NULL for NULL.
pub(super) const MAP_FILTER: HigherOrder = HigherOrder {
    name: "map_filter",
    lambdas: &[1],
    parameters: key_and_value,
    returns: |types| {
        (types.len() == 2 && matches!(types[1], TrinoType::Boolean | TrinoType::Unknown)).then(|| types[0].clone())
    },
    evaluate: |call| {
        let (entries, results) = applied(call)?;
        let results = conditions(&results)?;
        let mut keys = Picks::from(vec![Arc::clone(&entries.keys)], call.values.rows);
        let mut values = Picks::from(vec![Arc::clone(&entries.values)], call.values.rows);
        let mut lengths = Vec::with_capacity(call.values.rows);
        for row in 0..call.values.rows {
            let kept: Vec<_> = entries.range(row).filter(|at| results.is_valid(*at) && results.value(*at)).collect();
            lengths.push(kept.len());
            for at in kept {
                keys.push(0, at);
                values.push(0, at);
            }
        }
        let offsets = OffsetBuffer::from_lengths(lengths);
        Entries { keys: keys.values()?, values: values.values()?, offsets }.into_maps(call.values.strict())
    },
};

/// `transform_keys(map, (k, v) -> key)`: the map with other keys. NULL for NULL; INVALID_FUNCTION_ARGUMENT if a key is
/// NULL or there twice.
pub(super) const TRANSFORM_KEYS: HigherOrder = HigherOrder {
    name: "transform_keys",
    lambdas: &[1],
    parameters: key_and_value,
    returns: |types| match types {
        [TrinoType::Map(_, values), key] => Some(map_of(key, values)),
        _ => None,
    },
    evaluate: |call| {
        let (entries, keys) = applied(call)?;
        let duplicate = |key: &str| format!("Duplicate keys ({key}) are not allowed");
        Entries { keys, ..entries }.try_into_maps(call.values.strict(), duplicate)
    },
};

/// `transform_values(map, (k, v) -> value)`: the map with other values. NULL for NULL.
pub(super) const TRANSFORM_VALUES: HigherOrder = HigherOrder {
    name: "transform_values",
    lambdas: &[1],
    parameters: key_and_value,
    returns: |types| match types {
        [TrinoType::Map(keys, _), value] => Some(map_of(keys, value)),
        _ => None,
    },
    evaluate: |call| {
        let (entries, values) = applied(call)?;
        Entries { values, ..entries }.into_maps(call.values.strict())
    },
};

/// `map_zip_with(a, b, (k, v, w) -> value)`: the map of all keys of both, with the results for their values, NULL
/// where a map lacks the key. NULL if a map is.
pub(super) const MAP_ZIP_WITH: HigherOrder = HigherOrder {
    name: "map_zip_with",
    lambdas: &[2],
    parameters: |types, _| match types {
        [TrinoType::Map(k, v), TrinoType::Map(l, w), ..] => {
            Some(vec![common_type(k, l)?, v.as_ref().clone(), w.as_ref().clone()])
        }
        _ => None,
    },
    returns: |types| match types {
        [TrinoType::Map(k, _), TrinoType::Map(l, _), value] => Some(map_of(&common_type(k, l)?, value)),
        _ => None,
    },
    evaluate: map_zip_with,
};

fn map_zip_with(call: &LambdaCall<'_>) -> Result<ArrayRef> {
    let (left, right) = (Entries::of(&call.values.maps(0))?, Entries::of(&call.values.maps(1))?);
    let TrinoType::Map(of_keys, _) = call.values.return_type() else { return Ok(Arc::clone(&left.keys)) };
    let (left_keys, right_keys) = (fit(&left.keys, &of_keys.data_type())?, fit(&right.keys, &of_keys.data_type())?);
    let converter = RowConverter::new(vec![SortField::new(of_keys.data_type())])?;
    let left_rows = converter.convert_columns(&[Arc::clone(&left_keys)])?;
    let right_rows = converter.convert_columns(&[Arc::clone(&right_keys)])?;
    let mut keys = Picks::from(vec![left_keys, right_keys], call.values.rows);
    let mut lefts = Picks::from(vec![Arc::clone(&left.values)], call.values.rows);
    let mut rights = Picks::from(vec![Arc::clone(&right.values)], call.values.rows);
    let (mut rows, mut lengths) = (Vec::new(), Vec::new());
    let nulls = call.values.strict();
    for row in 0..call.values.rows {
        let before = rows.len();
        if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
            let mut unmatched: HashMap<_, _> = right.range(row).map(|at| (right_rows.row(at), at)).collect();
            for at in left.range(row) {
                keys.push(0, at);
                lefts.push(0, at);
                match unmatched.remove(&left_rows.row(at)) {
                    Some(other) => rights.push(0, other),
                    None => rights.push_null(),
                }
                rows.push(index(row));
            }
            for at in right.range(row).filter(|at| unmatched.contains_key(&right_rows.row(*at))) {
                keys.push(1, at);
                lefts.push_null();
                rights.push(0, at);
                rows.push(index(row));
            }
        }
        lengths.push(rows.len() - before);
    }
    let keys = keys.values()?;
    let values = call.apply(0, vec![Arc::clone(&keys), lefts.values()?, rights.values()?], rows)?;
    Entries { keys, values, offsets: OffsetBuffer::from_lengths(lengths) }.into_maps(nulls)
}
