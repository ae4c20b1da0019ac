//! Puts encoded groups together again.

use std::{collections::HashMap, sync::Arc};

use ::cooccurrence::{Incidence, Lists, Membership, Options};
use arrow::{
    array::{Array, ArrayRef, AsArray, UInt32Array},
    compute::{rank, take},
    datatypes::{DataType, Int64Type, UInt32Type, UInt64Type},
    record_batch::RecordBatch,
};
use datafusion::{common::internal_err, error::Result};

use super::{
    dictionary::Dictionary,
    encoded::{ENCODER, GROUP, ITEM, ITEMS, NUMBER, POSITIONS},
};

/// All groups, ready to be counted.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) incidence: Incidence,
    /// The items by their ids.
    pub(crate) values: ArrayRef,
}

impl Collected {
    pub(crate) fn memory_bytes(&self) -> usize {
        self.incidence.memory_bytes() + self.values.get_array_memory_size()
    }
}

/// Takes encoded batches in any order, of any number of encoders.
#[derive(Debug)]
pub(crate) struct Collector {
    groups: Dictionary,
    items: Dictionary,
    /// What an encoder's numbers are here.
    numbers: HashMap<u64, Vec<u32>>,
    runs: Vec<Runs>,
    run_bytes: usize,
}

/// Runs of one batch.
#[derive(Debug)]
struct Runs {
    encoder: u64,
    /// The group of each run.
    groups: Vec<u32>,
    items: ArrayRef,
    positions: ArrayRef,
}

impl Collector {
    pub(crate) fn try_new(group: &DataType, item: &DataType) -> Result<Self> {
        Ok(Self {
            groups: Dictionary::try_new(group)?,
            items: Dictionary::try_new(item)?,
            numbers: HashMap::new(),
            runs: Vec::new(),
            run_bytes: 0,
        })
    }

    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        // A batch may have runs and entries of several encoders, if something has put batches together.
        let encoders = batch.column(ENCODER).as_primitive::<UInt64Type>().values();
        let is_run = batch.column(ITEMS);
        let mut start = 0;
        while start < batch.num_rows() {
            let alike = |row: usize| encoders[row] == encoders[start] && is_run.is_null(row) == is_run.is_null(start);
            let rows = (start..batch.num_rows()).take_while(|row| alike(*row)).count();
            let slice = batch.slice(start, rows);
            if is_run.is_null(start) {
                self.push_entries(encoders[start], &slice)?;
            } else {
                self.push_runs(encoders[start], &slice)?;
            }
            start += rows;
        }
        Ok(())
    }

    fn push_runs(&mut self, encoder: u64, batch: &RecordBatch) -> Result<()> {
        let groups = self.groups.numbers(batch.column(GROUP))?;
        let (items, positions) = (Arc::clone(batch.column(ITEMS)), Arc::clone(batch.column(POSITIONS)));
        self.run_bytes += groups.len() * size_of::<u32>() + items.get_array_memory_size();
        self.run_bytes += positions.get_array_memory_size();
        self.runs.push(Runs { encoder, groups, items, positions });
        Ok(())
    }

    fn push_entries(&mut self, encoder: u64, batch: &RecordBatch) -> Result<()> {
        let here = self.items.numbers(batch.column(ITEM))?;
        let there = batch.column(NUMBER).as_primitive::<UInt32Type>().values();
        let numbers = self.numbers.entry(encoder).or_default();
        for (there, here) in there.iter().zip(here) {
            let index = *there as usize;
            if numbers.len() <= index {
                numbers.resize(index + 1, u32::MAX);
            }
            numbers[index] = here;
        }
        Ok(())
    }

    /// Bytes that are held.
    pub(crate) fn memory_bytes(&self) -> usize {
        let numbers: usize = self.numbers.values().map(|numbers| numbers.capacity() * size_of::<u32>()).sum();
        self.groups.memory_bytes() + self.items.memory_bytes() + numbers + self.run_bytes
    }

    /// Bytes that putting them together takes at most besides: the groups once as numbers and once as ids, or their
    /// transposition.
    pub(crate) fn finish_bytes(&self) -> usize {
        let per_item = 64;
        2 * self.run_bytes + self.items.len() * per_item
    }

    pub(crate) fn finish(mut self, options: &Options) -> Result<Collected> {
        let membership = self.membership()?;
        let values = self.items.take()?;
        let incidence = Incidence::try_new(membership, options, |kept| {
            let kept = take(&values, &UInt32Array::from(kept.to_vec()), None)?;
            Ok::<_, datafusion::error::DataFusionError>(rank(&kept, None)?)
        })?;
        let values = take(&values, &UInt32Array::from(incidence.numbers().to_vec()), None)?;
        Ok(Collected { incidence, values })
    }

    /// The items of each group, whatever runs they came in.
    fn membership(&mut self) -> Result<Membership> {
        let mut lengths = vec![0_u32; self.groups.len()];
        for runs in &self.runs {
            let lists = runs.items.as_list::<i32>();
            for (group, ends) in runs.groups.iter().zip(lists.value_offsets().windows(2)) {
                lengths[*group as usize] += u32::try_from(ends[1] - ends[0]).unwrap_or_default();
            }
        }
        let has_positions = self.runs.iter().any(|runs| runs.positions.null_count() == 0);
        let mut items = Lists::builder(lengths.iter().copied());
        let mut positions = has_positions.then(|| Lists::builder(lengths.iter().copied()));
        for runs in std::mem::take(&mut self.runs) {
            let Some(numbers) = self.numbers.get(&runs.encoder) else {
                return internal_err!("runs of a cooccurrence came without their dictionary");
            };
            let lists = runs.items.as_list::<i32>();
            let values = lists.values().as_primitive::<UInt32Type>().values();
            for (group, ends) in runs.groups.iter().zip(lists.value_offsets().windows(2)) {
                let run = &values[index(ends[0])..index(ends[1])];
                items.extend(*group as usize, run.iter().map(|number| numbers[*number as usize]));
            }
            if let Some(positions) = &mut positions {
                let lists = runs.positions.as_list::<i32>();
                let values = lists.values().as_primitive::<Int64Type>().values();
                for (group, ends) in runs.groups.iter().zip(lists.value_offsets().windows(2)) {
                    positions.extend(*group as usize, values[index(ends[0])..index(ends[1])].iter().copied());
                }
            }
        }
        Ok(Membership {
            items: items.finish(),
            positions: positions.map(::cooccurrence::ListsBuilder::finish),
            item_count: self.items.len(),
        })
    }
}

/// An offset of a list, which is never negative.
fn index(offset: i32) -> usize {
    usize::try_from(offset).unwrap_or_default()
}
