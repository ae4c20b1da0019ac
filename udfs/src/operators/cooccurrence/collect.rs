//! Puts encoded groups together again.

use std::{collections::HashMap, sync::Arc};

use ::cooccurrence::{Block, Census, Incidence, Numbering, Options};
use arrow::{
    array::{Array, ArrayRef, AsArray, UInt32Array},
    compute::take,
    datatypes::{DataType, UInt32Type, UInt64Type},
    record_batch::RecordBatch,
};
use datafusion::{common::internal_err, error::Result, execution::TaskContext};

use super::{
    dictionary::Dictionary,
    encoded::{ENCODER, GROUP, ITEM, ITEMS, NUMBER, POSITIONS},
    runs::{NOWHERE, RunStore, Runs},
    value_places::value_places,
};

/// Bytes that an entry of a group takes while it is put together and counted: its number, its id and its group; with
/// positions also those, twice, and the id once more.
const ENTRY_BYTES: usize = 36;
/// Bytes that an item takes for the same time: frequency, cost, id, number and places.
const ITEM_BYTES: usize = 64;

/// Takes encoded batches in any order, of any number of encoders.
#[derive(Debug)]
pub(crate) struct Collector {
    groups: Dictionary,
    items: Dictionary,
    numbers: Numbers,
    runs: RunStore,
    /// Entries of each group, repeated items counted.
    entries: Vec<u32>,
}

/// What the numbers of encoders mean.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    by_encoder: HashMap<u64, Vec<u32>>,
    item_count: usize,
}

impl Numbers {
    pub(super) fn of(&self, encoder: u64) -> Result<&[u32]> {
        match self.by_encoder.get(&encoder) {
            Some(numbers) => Ok(numbers),
            None => internal_err!("runs of a cooccurrence came without their dictionary"),
        }
    }

    pub(super) fn item_count(&self) -> usize {
        self.item_count
    }
}

impl Collector {
    pub(crate) fn try_new(group: &DataType, item: &DataType) -> Result<Self> {
        Ok(Self {
            groups: Dictionary::try_new(group)?,
            items: Dictionary::try_new(item)?,
            numbers: Numbers::default(),
            runs: RunStore::default(),
            entries: Vec::new(),
        })
    }

    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        // A batch may have runs and entries of several encoders, if something has put batches together.
        let encoders = batch.column(ENCODER).as_primitive::<UInt64Type>().values();
        let runs = batch.column(ITEMS);
        let mut start = 0;
        while start < batch.num_rows() {
            let alike = |row: usize| encoders[row] == encoders[start] && runs.is_null(row) == runs.is_null(start);
            let rows = (start..batch.num_rows()).take_while(|row| alike(*row)).count();
            let slice = batch.slice(start, rows);
            if runs.is_null(start) {
                self.push_dictionary(encoders[start], &slice)?;
            } else {
                self.push_runs(encoders[start], &slice)?;
            }
            start += rows;
        }
        Ok(())
    }

    fn push_runs(&mut self, encoder: u64, batch: &RecordBatch) -> Result<()> {
        let groups = self.groups.numbers(batch.column(GROUP))?;
        self.entries.resize(self.groups.len(), 0);
        let runs = Runs::new(encoder, groups, Arc::clone(batch.column(ITEMS)), Arc::clone(batch.column(POSITIONS)));
        for (group, items) in runs.items() {
            self.entries[group as usize] += u32::try_from(items.len()).unwrap_or_default();
        }
        self.runs.push(runs);
        Ok(())
    }

    fn push_dictionary(&mut self, encoder: u64, batch: &RecordBatch) -> Result<()> {
        let here = self.items.numbers(batch.column(ITEM))?;
        let there = batch.column(NUMBER).as_primitive::<UInt32Type>().values();
        let numbers = self.numbers.by_encoder.entry(encoder).or_default();
        for (there, here) in there.iter().zip(here) {
            let index = *there as usize;
            if numbers.len() <= index {
                numbers.resize(index + 1, u32::MAX);
            }
            numbers[index] = here;
        }
        self.numbers.item_count = self.items.len();
        Ok(())
    }

    /// Writes the runs that are held to disk, where they wait to be read in parts. Dictionaries stay.
    pub(crate) fn spill(&mut self, context: &TaskContext) -> Result<()> {
        self.runs.spill(context)
    }

    /// Bytes that are held.
    pub(crate) fn memory_bytes(&self) -> usize {
        let numbers: usize =
            self.numbers.by_encoder.values().map(|numbers| numbers.capacity() * size_of::<u32>()).sum();
        let dictionaries = self.groups.memory_bytes() + self.items.memory_bytes();
        dictionaries + numbers + self.entries.capacity() * size_of::<u32>() + self.runs.held_bytes()
    }

    /// Bytes that putting all groups together takes besides.
    pub(crate) fn whole_bytes(&self) -> usize {
        let entries: u64 = self.entries.iter().map(|entries| u64::from(*entries)).sum();
        usize::try_from(entries).unwrap_or(usize::MAX / 64) * ENTRY_BYTES / 2 + self.items.len() * ITEM_BYTES
    }

    /// All groups at once, put together on so many threads.
    pub(crate) fn whole(mut self, options: &Options, threads: usize) -> Result<Collected> {
        self.runs.finish()?;
        let places: Vec<u32> = (0..).take(self.entries.len()).collect();
        let membership = self.runs.membership(&places, &self.entries, &self.numbers)?;
        let values = self.items.take()?;
        drop(self);
        let incidence = Incidence::try_new(membership, options, threads, |kept| value_places(&values, kept))?;
        let numbering = Arc::clone(incidence.numbering());
        let values = take(&values, &UInt32Array::from(numbering.numbers().to_vec()), None)?;
        Ok(Collected { numbering, values, groups: Groups::Whole(Box::new(incidence)) })
    }

    /// Groups that are put together in parts: so many entries fit into memory at a time.
    pub(crate) fn in_parts(mut self, options: &Options, most_entries: u64) -> Result<Collected> {
        self.runs.finish()?;
        let mut census = Census::new(self.items.len(), options);
        let mut lengths = Vec::with_capacity(self.entries.len());
        while lengths.len() < self.entries.len() {
            let start = lengths.len();
            let part = leading(&self.entries[start..], most_entries);
            let mut places = vec![NOWHERE; self.entries.len()];
            for (place, at) in (0..).zip(&mut places[start..start + part]) {
                *at = place;
            }
            let membership = self.runs.membership(&places, &self.entries[start..start + part], &self.numbers)?;
            lengths.extend(census.count(&membership.items));
        }
        let values = self.items.take()?;
        let numbering = Arc::new(Numbering::try_new(&census, options, |kept| value_places(&values, kept))?);
        let values = take(&values, &UInt32Array::from(numbering.numbers().to_vec()), None)?;
        let Self { runs, entries, numbers, .. } = self;
        let parts = Box::new(Parts { runs, entries, lengths, numbers, most_entries });
        Ok(Collected { numbering, values, groups: Groups::Parts(parts) })
    }
}

/// How many of the first groups fit, at least one.
fn leading(entries: &[u32], most: u64) -> usize {
    let mut sum = 0;
    let fitting = entries.iter().take_while(|entries| {
        sum += u64::from(**entries);
        sum <= most
    });
    fitting.count().max(1)
}

/// All groups, ready to be counted.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) numbering: Arc<Numbering>,
    /// The items by their ids.
    pub(crate) values: ArrayRef,
    pub(crate) groups: Groups,
}

/// Groups in memory, or on disk.
#[derive(Debug)]
pub(crate) enum Groups {
    /// All of them.
    Whole(Box<Incidence>),
    /// As many as fit at a time.
    Parts(Box<Parts>),
}

impl Collected {
    /// Bytes that are held.
    pub(crate) fn memory_bytes(&self) -> usize {
        let groups = match &self.groups {
            Groups::Whole(incidence) => incidence.memory_bytes(),
            Groups::Parts(parts) => parts.memory_bytes(),
        };
        groups + self.numbering.memory_bytes() + self.values.get_array_memory_size()
    }
}

/// Groups on disk.
#[derive(Debug)]
pub(crate) struct Parts {
    runs: RunStore,
    entries: Vec<u32>,
    /// Distinct items of each group, 0 for those that are left out.
    lengths: Vec<u32>,
    numbers: Numbers,
    most_entries: u64,
}

impl Parts {
    /// The first of some blocks that can be counted in one pass, at least one: their groups fit into memory.
    pub(crate) fn pass<'a>(&self, blocks: &'a [Block]) -> &'a [Block] {
        let mut cost = 0;
        let fitting = blocks.iter().take_while(|block| {
            cost += block.cost;
            cost <= self.most_entries
        });
        &blocks[..fitting.count().clamp(1, blocks.len())]
    }

    /// All groups of the items of some blocks.
    pub(crate) fn incidence(
        &self,
        blocks: &[Block],
        numbering: &Arc<Numbering>,
        options: &Options,
    ) -> Result<Incidence> {
        let mut is_wanted = vec![false; self.numbers.item_count()];
        for id in blocks.iter().flat_map(|block| block.items.clone()) {
            is_wanted[numbering.numbers()[id as usize] as usize] = true;
        }
        let mut places = vec![NOWHERE; self.entries.len()];
        self.runs.for_each(|runs| {
            let meaning = self.numbers.of(runs.encoder())?;
            for (group, run) in runs.items() {
                if run.iter().any(|number| is_wanted[meaning[*number as usize] as usize]) {
                    places[group as usize] = 0;
                }
            }
            Ok(())
        })?;
        let (mut entries, mut lengths) = (Vec::new(), Vec::new());
        for (group, place) in places.iter_mut().enumerate().filter(|(_, place)| **place != NOWHERE) {
            *place = u32::try_from(entries.len()).unwrap_or(NOWHERE);
            entries.push(self.entries[group]);
            lengths.push(self.lengths[group]);
        }
        let membership = self.runs.membership(&places, &entries, &self.numbers)?;
        // Each of the tasks of a process has its own pass.
        Ok(Incidence::of_groups(membership, &lengths, Arc::clone(numbering), options, 1))
    }

    fn memory_bytes(&self) -> usize {
        let numbers: usize =
            self.numbers.by_encoder.values().map(|numbers| numbers.capacity() * size_of::<u32>()).sum();
        numbers + (self.entries.capacity() + self.lengths.capacity()) * size_of::<u32>() + self.runs.held_bytes()
    }

    /// Bytes that a pass takes.
    pub(crate) fn pass_bytes(&self) -> usize {
        most_bytes(self.most_entries)
    }
}

/// Bytes that so many entries take.
pub(crate) fn most_bytes(entries: u64) -> usize {
    usize::try_from(entries).unwrap_or(usize::MAX / 64) * ENTRY_BYTES / 2
}

/// Entries that so many bytes have room for, at least a few.
pub(crate) fn entries_in(bytes: usize) -> u64 {
    (2 * bytes / ENTRY_BYTES).max(1 << 12) as u64
}
