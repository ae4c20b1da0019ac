//! The rows of the result.

use std::sync::Arc;

use ::cooccurrence::{Neighbours, Numbering, PairCounts};
use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, StructArray, UInt32Array, new_null_array},
    compute::take,
    datatypes::{DataType, Field, Fields},
};
use datafusion::error::Result;

/// Fields of one neighbour in the result.
pub(crate) fn neighbour_fields(item: &DataType) -> Fields {
    let count = |name: &str| Field::new(name, DataType::Int64, false);
    let measure = |name: &str| Field::new(name, DataType::Float64, false);
    Fields::from(vec![
        Field::new("item", item.clone(), false),
        Field::new("neighbour", item.clone(), false),
        count("neighbour_rank"),
        count("pair_count"),
        count("item_count"),
        count("neighbour_count"),
        measure("cosine"),
        measure("jaccard"),
        measure("lift"),
        measure("npmi"),
        measure("conditional"),
        measure("pmi"),
        measure("weight"),
        Field::new("follows", DataType::Float64, true),
    ])
}

/// The found neighbours with their values and measures; `values` are the items by id.
pub(crate) fn neighbour_rows(found: Neighbours, numbering: &Numbering, values: &ArrayRef) -> Result<StructArray> {
    let counts: Vec<PairCounts> = found
        .pair_counts
        .iter()
        .zip(found.items.iter().zip(&found.neighbours))
        .map(|(pair, (item, neighbour))| PairCounts {
            pair: *pair,
            item: numbering.frequency(*item),
            neighbour: numbering.frequency(*neighbour),
            groups: numbering.group_count(),
        })
        .collect();
    let integers = |number: fn(&PairCounts) -> u32| -> ArrayRef {
        Arc::new(counts.iter().map(|counts| i64::from(number(counts))).collect::<Int64Array>())
    };
    let measure = |measure: fn(&PairCounts) -> f64| -> ArrayRef {
        Arc::new(counts.iter().map(measure).collect::<Float64Array>())
    };
    let follows: ArrayRef = if found.follows.is_empty() {
        new_null_array(&DataType::Float64, counts.len())
    } else {
        Arc::new(Float64Array::from(found.follows))
    };
    let columns = vec![
        take(values, &UInt32Array::from(found.items), None)?,
        take(values, &UInt32Array::from(found.neighbours), None)?,
        Arc::new(found.ranks.iter().map(|rank| i64::from(*rank)).collect::<Int64Array>()) as ArrayRef,
        integers(|counts| counts.pair),
        integers(|counts| counts.item),
        integers(|counts| counts.neighbour),
        measure(PairCounts::cosine),
        measure(PairCounts::jaccard),
        measure(PairCounts::lift),
        measure(PairCounts::npmi),
        measure(PairCounts::conditional),
        measure(PairCounts::pmi),
        Arc::new(Float64Array::from(found.weights)),
        follows,
    ];
    Ok(StructArray::try_new(neighbour_fields(values.data_type()), columns, None)?)
}
