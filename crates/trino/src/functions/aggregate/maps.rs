//! `map_agg`, `multimap_agg`, `map_union`, `histogram`.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, UInt32Array},
    buffer::OffsetBuffer,
    compute::take,
};
use datafusion::{common::ScalarValue, error::Result, logical_expr::AggregateUDF};

use super::{collect::valid, extreme::picked};
use crate::{
    TrinoType,
    functions::{
        array::{Picks, comparable, distinct_rows, index},
        define::aggregate::{Gathering, Kind, Rows, aggregate},
        map::Entries,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![map_agg(), multimap_agg(), map_union(), histogram()]
}

/// The one map of these keys, which are all different, and values.
fn map(rows: &Rows, keys: ArrayRef, values: ArrayRef) -> Result<ScalarValue> {
    let offsets = OffsetBuffer::from_lengths([keys.len()]);
    rows.value(&Entries { keys, values, offsets }.into_maps(None)?, 0)
}

/// The first rows of all keys that are not NULL.
fn first_of_keys(rows: &Rows) -> Result<Vec<u32>> {
    let valid = UInt32Array::from(valid(rows)?);
    let keys = take(&rows.columns[0], &valid, None)?;
    Ok(distinct_rows(&[keys])?.into_iter().map(|at| valid.value(at as usize)).collect())
}

/// `map_agg(key, value)`: the map of all keys with the value that came first. Rows whose key is NULL are ignored.
fn map_agg() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [key, value] => Some(TrinoType::Map(Box::new(key.clone()), Box::new(value.clone()))),
        _ => None,
    };
    let finish = |rows: &Rows| {
        if rows.len() == 0 {
            return rows.null();
        }
        map(rows, Arc::clone(&rows.columns[0]), Arc::clone(&rows.columns[1]))
    };
    aggregate("map_agg", typing, Kind::Gather(Gathering { keep: Some(first_of_keys), finish }))
}

/// `multimap_agg(key, value)`: the map of all keys with the arrays of their values, NULLs too. Rows whose key is NULL
/// are ignored.
fn multimap_agg() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [key, value] => {
            let values = TrinoType::Array(Box::new(value.clone()));
            Some(TrinoType::Map(Box::new(key.clone()), Box::new(values)))
        }
        _ => None,
    };
    let finish = |rows: &Rows| {
        if rows.len() == 0 {
            return rows.null();
        }
        let (firsts, groups) = grouped(&rows.columns[0])?;
        let mut picks = Picks::from(vec![Arc::clone(&rows.columns[1])], firsts.len());
        for group in groups {
            group.into_iter().for_each(|at| picks.push(0, at));
            picks.end_row();
        }
        map(rows, picked(&rows.columns[0], firsts)?, picks.finish()?)
    };
    aggregate("multimap_agg", typing, Kind::Gather(Gathering { keep: Some(valid), finish }))
}

/// The first row of each value, and the rows of each.
fn grouped(values: &ArrayRef) -> Result<(Vec<u32>, Vec<Vec<usize>>)> {
    let rows = comparable(&[Arc::clone(values)])?;
    let mut groups: HashMap<_, usize> = HashMap::new();
    let (mut firsts, mut members) = (Vec::new(), Vec::<Vec<usize>>::new());
    for at in 0..rows.num_rows() {
        let next = members.len();
        let group = *groups.entry(rows.row(at)).or_insert(next);
        if group == next {
            firsts.push(index(at));
            members.push(Vec::new());
        }
        members[group].push(at);
    }
    Ok((firsts, members))
}

/// `map_union(map)`: the entries of all maps, each key with the value that came first. Empty maps make an empty one.
fn map_union() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of @ TrinoType::Map(..)] => Some(of.clone()),
        _ => None,
    };
    let finish = |rows: &Rows| {
        if rows.len() == 0 {
            return rows.null();
        }
        let entries = Entries::of(rows.columns[0].as_map())?;
        let firsts = distinct_rows(&[Arc::clone(&entries.keys)])?;
        map(rows, picked(&entries.keys, firsts.clone())?, picked(&entries.values, firsts)?)
    };
    aggregate("map_union", typing, Kind::Gather(Gathering { keep: Some(valid), finish }))
}

/// `histogram(x)`: the map of all values with how often each is there.
fn histogram() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of] => Some(TrinoType::Map(Box::new(of.clone()), Box::new(TrinoType::Bigint))),
        _ => None,
    };
    let finish = |rows: &Rows| {
        if rows.len() == 0 {
            return rows.null();
        }
        let (firsts, groups) = grouped(&rows.columns[0])?;
        let counts = groups.iter().map(|group| i64::try_from(group.len()).unwrap_or(i64::MAX));
        map(rows, picked(&rows.columns[0], firsts)?, Arc::new(Int64Array::from_iter_values(counts)))
    };
    aggregate("histogram", typing, Kind::Gather(Gathering { keep: Some(valid), finish }))
}
