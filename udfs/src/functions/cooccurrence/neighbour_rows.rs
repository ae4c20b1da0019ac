//! The rows of the result.

use std::sync::Arc;

use ::cooccurrence::{Neighbours, Numbering, PairCounts};
use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, StructArray, UInt32Array, new_null_array},
    compute::take,
    datatypes::{DataType, Field, Fields},
};
use datafusion::{common::internal_err, error::Result};

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

/// The found neighbours with some fields of [`neighbour_fields`]; `values` are the items by id.
pub(crate) fn neighbour_rows(
    found: Neighbours,
    numbering: &Numbering,
    values: &ArrayRef,
    fields: &Fields,
) -> Result<StructArray> {
    let found = Found { counts: counts(&found, numbering), rows: found, values };
    let columns = fields.iter().map(|field| found.column(field.name())).collect::<Result<_>>()?;
    Ok(StructArray::try_new(fields.clone(), columns, None)?)
}

fn counts(found: &Neighbours, numbering: &Numbering) -> Vec<PairCounts> {
    let items = found.items.iter().zip(&found.neighbours);
    let pairs = found.pair_counts.iter().zip(items).map(|(pair, (item, neighbour))| PairCounts {
        pair: *pair,
        item: numbering.frequency(*item),
        neighbour: numbering.frequency(*neighbour),
        groups: numbering.group_count(),
    });
    pairs.collect()
}

/// Neighbours on their way into columns.
struct Found<'a> {
    rows: Neighbours,
    counts: Vec<PairCounts>,
    values: &'a ArrayRef,
}

impl Found<'_> {
    fn column(&self, name: &str) -> Result<ArrayRef> {
        Ok(match name {
            "item" => self.values_of(&self.rows.items)?,
            "neighbour" => self.values_of(&self.rows.neighbours)?,
            "neighbour_rank" => integers(self.rows.ranks.iter().copied()),
            "pair_count" => integers(self.rows.pair_counts.iter().copied()),
            "item_count" => integers(self.counts.iter().map(|counts| counts.item)),
            "neighbour_count" => integers(self.counts.iter().map(|counts| counts.neighbour)),
            "cosine" => self.measure(PairCounts::cosine),
            "jaccard" => self.measure(PairCounts::jaccard),
            "lift" => self.measure(PairCounts::lift),
            "npmi" => self.measure(PairCounts::npmi),
            "conditional" => self.measure(PairCounts::conditional),
            "pmi" => self.measure(PairCounts::pmi),
            "weight" => Arc::new(Float64Array::from(self.rows.weights.clone())),
            "follows" if self.rows.follows.is_empty() => new_null_array(&DataType::Float64, self.counts.len()),
            "follows" => Arc::new(Float64Array::from(self.rows.follows.clone())),
            _ => return internal_err!("neighbours have no field {name}"),
        })
    }

    fn values_of(&self, ids: &[u32]) -> Result<ArrayRef> {
        Ok(take(self.values, &UInt32Array::from(ids.to_vec()), None)?)
    }

    fn measure(&self, measure: impl Fn(&PairCounts) -> f64) -> ArrayRef {
        Arc::new(self.counts.iter().map(measure).collect::<Float64Array>())
    }
}

fn integers(numbers: impl Iterator<Item = u32>) -> ArrayRef {
    Arc::new(numbers.map(i64::from).collect::<Int64Array>())
}
