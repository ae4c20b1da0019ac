//! `map`, `map_from_entries`, `multimap_from_entries`, `map_concat`.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, MapArray},
    buffer::OffsetBuffer,
};
use datafusion::{
    error::{DataFusionError, Result},
    logical_expr::ScalarUDF,
};

use super::{Entries, duplicate_map_keys};
use crate::{
    ErrorName, TrinoType,
    functions::{
        array::{Elements, Picks, comparable},
        define::{Arguments, Call, common_type, define, fit},
    },
};

pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    vec![
        define("map", typing, map),
        define("map_from_entries", |arguments| Ok(of_entries(arguments, false)), map_from_entries),
        define("multimap_from_entries", |arguments| Ok(of_entries(arguments, true)), multimap_from_entries),
        define("map_concat", common_map, map_concat),
    ]
}

fn invalid(message: impl Into<String>) -> DataFusionError {
    ErrorName::InvalidFunctionArgument.error(message)
}

fn map_of(keys: &TrinoType, values: &TrinoType) -> TrinoType {
    TrinoType::Map(Box::new(keys.clone()), Box::new(values.clone()))
}

/// `map(keys, values)`: the map of the keys with the values at the same places; `map()`: an empty one. NULL if an array
/// is. INVALID_FUNCTION_ARGUMENT for arrays of different lengths, NULL as a key and a key that is there twice.
fn typing(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    let element = |of: &TrinoType| match of {
        TrinoType::Array(of) => Some(of.as_ref().clone()),
        TrinoType::Unknown => Some(TrinoType::Unknown),
        _ => None,
    };
    Ok(match arguments.types {
        [] => Some(map_of(&TrinoType::Unknown, &TrinoType::Unknown)),
        [keys, values] => element(keys).zip(element(values)).map(|(keys, values)| map_of(&keys, &values)),
        _ => None,
    })
}

fn map(call: &Call) -> Result<ArrayRef> {
    if call.len() == 0 {
        let nothing: ArrayRef = Arc::new(arrow::array::NullArray::new(0));
        let offsets = OffsetBuffer::from_lengths(vec![0; call.rows]);
        return Entries { keys: Arc::clone(&nothing), values: nothing, offsets }.into_maps(None);
    }
    let nulls = call.strict();
    let (keys, values) = (Elements::of(&call.lists(0)?)?, Elements::of(&call.lists(1)?)?);
    let mut picks = [Picks::from(vec![Arc::clone(&keys.values)], 0), Picks::from(vec![Arc::clone(&values.values)], 0)];
    let mut lengths = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            lengths.push(0);
            continue;
        }
        let (key, value) = (keys.range(row), values.range(row));
        if key.len() != value.len() {
            return Err(invalid("Key and value arrays must be the same length"));
        }
        lengths.push(key.len());
        key.for_each(|at| picks[0].push(0, at));
        value.for_each(|at| picks[1].push(0, at));
    }
    let offsets = OffsetBuffer::from_lengths(lengths);
    let entries = Entries { keys: picks[0].values()?, values: picks[1].values()?, offsets };
    entries.try_into_maps(nulls, duplicate_map_keys)
}

fn of_entries(arguments: &Arguments<'_>, several: bool) -> Option<TrinoType> {
    let [TrinoType::Array(of)] = arguments.types else { return None };
    let TrinoType::Row(fields) = of.as_ref() else { return None };
    let [(_, key), (_, value)] = fields.as_slice() else { return None };
    if several {
        return Some(map_of(key, &TrinoType::Array(Box::new(value.clone()))));
    }
    Some(map_of(key, value))
}

/// Keys and values of the rows in the arrays; a row that is NULL is INVALID_FUNCTION_ARGUMENT.
fn rows_of(call: &Call) -> Result<Entries> {
    let Elements { values, offsets } = Elements::of(&call.lists(0)?)?;
    if values.null_count() > 0 {
        return Err(invalid("map entry cannot be null"));
    }
    let rows = values.as_struct();
    Ok(Entries { keys: Arc::clone(rows.column(0)), values: Arc::clone(rows.column(1)), offsets })
}

/// `map_from_entries(array(row(k, v)))`: the map of these entries. INVALID_FUNCTION_ARGUMENT for NULL as an entry or
/// key and for a key that is there twice.
fn map_from_entries(call: &Call) -> Result<ArrayRef> {
    rows_of(call)?.try_into_maps(call.strict(), |key| format!("Duplicate keys ({key}) are not allowed"))
}

/// `multimap_from_entries(array(row(k, v)))`: the map of the keys with the arrays of their values.
fn multimap_from_entries(call: &Call) -> Result<ArrayRef> {
    let entries = rows_of(call)?;
    if entries.keys.logical_null_count() > 0 {
        return Err(invalid("map key cannot be null"));
    }
    let keys = comparable(&[Arc::clone(&entries.keys)])?;
    let mut firsts = Picks::from(vec![Arc::clone(&entries.keys)], 0);
    let mut values = Picks::from(vec![Arc::clone(&entries.values)], 0);
    let mut lengths = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let mut places = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for at in entries.range(row) {
            let place = *places.entry(keys.row(at)).or_insert(groups.len());
            if place == groups.len() {
                firsts.push(0, at);
                groups.push(Vec::new());
            }
            groups[place].push(at);
        }
        lengths.push(groups.len());
        for group in groups {
            group.into_iter().for_each(|at| values.push(0, at));
            values.end_row();
        }
    }
    let offsets = OffsetBuffer::from_lengths(lengths);
    Entries { keys: firsts.values()?, values: values.finish()?, offsets }.into_maps(call.strict())
}

fn common_map(arguments: &Arguments<'_>) -> Result<Option<TrinoType>> {
    let maps = arguments.types.iter().cloned().map(Some);
    let common = maps.reduce(|a, b| common_type(&a?, &b?)).flatten();
    Ok(common.filter(|of| matches!(of, TrinoType::Map(..)) && arguments.types.len() > 1))
}

/// `map_concat(a, b, …)`: the entries of all maps, each key with its value in the last map that has it. NULL if a map
/// is.
fn map_concat(call: &Call) -> Result<ArrayRef> {
    let kind = call.returns.data_type();
    let maps: Result<Vec<MapArray>> = call.arrays.iter().map(|array| Ok(fit(array, kind)?.as_map().clone())).collect();
    let entries: Result<Vec<Entries>> = maps?.iter().map(Entries::of).collect();
    let entries = entries?;
    let compared: Result<Vec<_>> = entries.iter().map(|entries| comparable(&[Arc::clone(&entries.keys)])).collect();
    let compared = compared?;
    let mut keys = Picks::from(entries.iter().map(|entries| Arc::clone(&entries.keys)).collect(), 0);
    let mut values = Picks::from(entries.iter().map(|entries| Arc::clone(&entries.values)).collect(), 0);
    let nulls = call.strict();
    let mut lengths = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let mut order = Vec::new();
        let mut last = HashMap::new();
        if nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
            for (source, map) in entries.iter().enumerate() {
                for at in map.range(row) {
                    let key = compared[source].row(at);
                    if last.insert(key, (source, at)).is_none() {
                        order.push(key);
                    }
                }
            }
        }
        lengths.push(order.len());
        for (source, at) in order.iter().filter_map(|key| last.get(key)) {
            keys.push(*source, *at);
            values.push(*source, *at);
        }
    }
    let offsets = OffsetBuffer::from_lengths(lengths);
    Entries { keys: keys.values()?, values: values.values()?, offsets }.into_maps(nulls)
}
