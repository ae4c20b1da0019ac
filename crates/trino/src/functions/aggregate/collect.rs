//! `array_agg`, `set_agg`, `set_union`, `any_value`, `arbitrary`.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray},
    buffer::OffsetBuffer,
};
use datafusion::{common::HashSet, error::Result, logical_expr::AggregateUDF};

use super::extreme::{all, first, picked};
use crate::{
    TrinoType,
    functions::{
        array::{Elements, comparable, index},
        define::aggregate::{Gathering, Kind, Rows, aggregate},
    },
};

pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    vec![array_agg(), set_agg(), set_union(), any_value("any_value"), any_value("arbitrary")]
}

fn array_of(types: &[TrinoType]) -> Option<TrinoType> {
    let [of] = types else { return None };
    Some(TrinoType::Array(Box::new(of.clone())))
}

/// `array_agg(x)`: all values, NULLs too.
fn array_agg() -> Arc<AggregateUDF> {
    aggregate("array_agg", array_of, Kind::Gather(Gathering { keep: None, finish: all }))
}

/// `set_agg(x)`: the values that are different, and NULL once if it is among them.
fn set_agg() -> Arc<AggregateUDF> {
    aggregate("set_agg", array_of, Kind::Gather(Gathering { keep: Some(|rows| rows.distinct(1)), finish: all }))
}

/// `set_union(array)`: the elements of all arrays that are different. Empty arrays make an empty one, NULLs make NULL.
fn set_union() -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of @ TrinoType::Array(_)] => Some(of.clone()),
        _ => None,
    };
    let finish = |rows: &Rows| {
        let elements = Elements::of(rows.columns[0].as_list::<i32>())?;
        let keys = comparable(&[Arc::clone(&elements.values)])?;
        let (mut kept, mut lengths) = (Vec::new(), Vec::new());
        for rows in rows.groups() {
            let before = kept.len();
            let mut seen = HashSet::new();
            let range = elements.range_of(rows);
            kept.extend(range.filter(|at| seen.insert(keys.row(*at))).map(index));
            lengths.push(kept.len() - before);
        }
        rows.lists(picked(&elements.values, kept)?, OffsetBuffer::from_lengths(lengths))
    };
    aggregate("set_union", typing, Kind::Gather(Gathering { keep: Some(valid), finish }))
}

/// Rows whose first value is not NULL.
pub(in crate::functions) fn valid(rows: &Rows) -> Result<Vec<u32>> {
    Ok((0..rows.len()).filter(|at| rows.columns[0].is_valid(*at)).map(index).collect())
}

/// `any_value(x)`, `arbitrary(x)`: some value that is not NULL, if there is one.
fn any_value(name: &str) -> Arc<AggregateUDF> {
    let typing = |types: &[TrinoType]| match types {
        [of] => Some(of.clone()),
        _ => None,
    };
    let keep = |rows: &Rows| {
        let values = &rows.columns[0];
        Ok(rows.groups().filter_map(|mut rows| rows.find(|at| values.is_valid(*at)).map(index)).collect())
    };
    aggregate(name, typing, Kind::Gather(Gathering { keep: Some(keep), finish: first }))
}
