//! `map_agg`, `multimap_agg`, `map_union`.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray},
    buffer::OffsetBuffer,
};
use datafusion::{common::HashMap, error::Result, logical_expr::AggregateUDF};

use super::{collect::valid, extreme::picked};
use crate::{
    TrinoType,
    functions::{
        array::{Picks, comparable, index},
        define::aggregate::{Gathering, Kind, Rows, aggregate},
        map::Entries,
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![map_agg(), multimap_agg(), map_union()]
}

/// The rows of all different keys of each group that are not NULL.
fn first_of_keys(rows: &Rows) -> Result<Vec<u32>> {
    let keys = &rows.columns[0];
    let mut distinct = rows.distinct(1)?;
    distinct.retain(|at| keys.is_valid(*at as usize));
    Ok(distinct)
}

/// `map_agg(key, value)`: the map of all keys with the value that came first. Rows whose key is NULL are ignored.
fn map_agg() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [key, value] => Some(TrinoType::Map(Box::new(key.clone()), Box::new(value.clone()))),
        _ => None,
    };
    let finish = |rows: &Rows| {
        let (keys, values) = (Arc::clone(&rows.columns[0]), Arc::clone(&rows.columns[1]));
        Entries { keys, values, offsets: rows.lengths() }.into_maps(Some(rows.nulls()))
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
    aggregate("multimap_agg", typing, Kind::Gather(Gathering { keep: Some(valid), finish: multimap }))
}

fn multimap(rows: &Rows) -> Result<ArrayRef> {
    let keys = comparable(&[Arc::clone(&rows.columns[0])])?;
    let mut values = Picks::from(vec![Arc::clone(&rows.columns[1])], rows.len());
    let (mut firsts, mut lengths) = (Vec::new(), Vec::new());
    for rows in rows.groups() {
        let mut places = HashMap::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        for at in rows {
            let place = *places.entry(keys.row(at)).or_insert(members.len());
            if place == members.len() {
                firsts.push(index(at));
                members.push(Vec::new());
            }
            members[place].push(at);
        }
        lengths.push(members.len());
        for members in members {
            members.into_iter().for_each(|at| values.push(0, at));
            values.end_row();
        }
    }
    let (keys, offsets) = (picked(&rows.columns[0], firsts)?, OffsetBuffer::from_lengths(lengths));
    Entries { keys, values: values.finish()?, offsets }.into_maps(Some(rows.nulls()))
}

/// `map_union(map)`: the entries of all maps, each key with the value that came first. Empty maps make an empty one.
fn map_union() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of @ TrinoType::Map(..)] => Some(of.clone()),
        _ => None,
    };
    aggregate("map_union", typing, Kind::Gather(Gathering { keep: Some(valid), finish: union }))
}

fn union(rows: &Rows) -> Result<ArrayRef> {
    let entries = Entries::of(rows.columns[0].as_map())?;
    let keys = comparable(&[Arc::clone(&entries.keys)])?;
    let (mut firsts, mut lengths) = (Vec::new(), Vec::new());
    for rows in rows.groups() {
        let mut seen = datafusion::common::HashSet::new();
        let before = firsts.len();
        let places = rows.flat_map(|row| entries.range(row));
        firsts.extend(places.filter(|at| seen.insert(keys.row(*at))).map(index));
        lengths.push(firsts.len() - before);
    }
    let (keys, values) = (picked(&entries.keys, firsts.clone())?, picked(&entries.values, firsts)?);
    Entries { keys, values, offsets: OffsetBuffer::from_lengths(lengths) }.into_maps(Some(rows.nulls()))
}
