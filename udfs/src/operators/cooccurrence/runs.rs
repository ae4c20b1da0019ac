//! Runs of items, in memory and on disk.

use std::{
    fs::File,
    io::BufReader,
    sync::{Arc, Mutex, PoisonError},
};

use ::cooccurrence::{Lists, Membership};
use arrow::{
    array::{Array, ArrayRef, AsArray, UInt32Array, UInt64Array},
    datatypes::{Field, Int64Type, Schema, UInt32Type, UInt64Type},
    ipc::{reader::StreamReader, writer::StreamWriter},
    record_batch::RecordBatch,
};
use datafusion::{
    common::{internal_datafusion_err, internal_err},
    error::{DataFusionError, Result},
    execution::{SpillFile, SpillWriter, TaskContext},
};

/// No place: the group is not wanted.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Runs of one batch, all of one encoder.
#[derive(Debug)]
pub(super) struct Runs {
    encoder: u64,
    /// The number of each run's group.
    groups: Vec<u32>,
    items: ArrayRef,
    positions: ArrayRef,
}

impl Runs {
    pub(super) fn new(encoder: u64, groups: Vec<u32>, items: ArrayRef, positions: ArrayRef) -> Self {
        Self { encoder, groups, items, positions }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let groups = self.groups.capacity() * size_of::<u32>();
        groups + self.items.get_array_memory_size() + self.positions.get_array_memory_size()
    }

    /// The encoder's numbers of each run's items, with the run's group.
    pub(super) fn items(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let lists = self.items.as_list::<i32>();
        let values = lists.values().as_primitive::<UInt32Type>().values();
        self.groups.iter().zip(lists.value_offsets().windows(2)).map(|(group, ends)| (*group, &values[range(ends)]))
    }

    fn positions(&self) -> impl Iterator<Item = (u32, &[i64])> {
        let lists = self.positions.as_list::<i32>();
        let values = lists.values().as_primitive::<Int64Type>().values();
        self.groups.iter().zip(lists.value_offsets().windows(2)).map(|(group, ends)| (*group, &values[range(ends)]))
    }

    fn has_positions(&self) -> bool {
        self.positions.null_count() == 0
    }

    pub(super) fn encoder(&self) -> u64 {
        self.encoder
    }

    fn to_batch(&self) -> Result<RecordBatch> {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("encoder", Arc::new(UInt64Array::from(vec![self.encoder; self.groups.len()]))),
            ("group", Arc::new(UInt32Array::from(self.groups.clone()))),
            ("items", Arc::clone(&self.items)),
            ("positions", Arc::clone(&self.positions)),
        ];
        let fields: Vec<Field> =
            columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
        let columns = columns.into_iter().map(|(_, column)| column).collect();
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }

    fn of_batch(batch: &RecordBatch) -> Self {
        let encoders = batch.column(0).as_primitive::<UInt64Type>().values();
        Self {
            encoder: encoders.first().copied().unwrap_or_default(),
            groups: batch.column(1).as_primitive::<UInt32Type>().values().to_vec(),
            items: Arc::clone(batch.column(2)),
            positions: Arc::clone(batch.column(3)),
        }
    }
}

/// The bounds of a list, which are never negative.
fn range(ends: &[i32]) -> std::ops::Range<usize> {
    let index = |offset: i32| usize::try_from(offset).unwrap_or_default();
    index(ends[0])..index(ends[1])
}

/// All runs: those that memory had room for, and a file for the rest.
#[derive(Debug, Default)]
pub(super) struct RunStore {
    held: Vec<Runs>,
    held_bytes: usize,
    file: Option<RunFile>,
    has_positions: bool,
}

impl RunStore {
    pub(super) fn push(&mut self, runs: Runs) {
        self.held_bytes += runs.memory_bytes();
        self.has_positions |= runs.has_positions();
        self.held.push(runs);
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Writes what is held to the file.
    pub(super) fn spill(&mut self, context: &TaskContext) -> Result<()> {
        for runs in self.held.drain(..) {
            let batch = runs.to_batch()?;
            match &mut self.file {
                Some(file) => file.write(&batch)?,
                empty => empty.insert(RunFile::create(&batch.schema(), context)?).write(&batch)?,
            }
        }
        self.held_bytes = 0;
        Ok(())
    }

    /// Ends the writing, before the first look.
    pub(super) fn finish(&mut self) -> Result<()> {
        self.file.as_mut().map_or(Ok(()), RunFile::finish)
    }

    /// Looks at all runs, one after the other.
    pub(super) fn for_each(&self, mut look: impl FnMut(&Runs) -> Result<()>) -> Result<()> {
        if let Some(file) = &self.file {
            for batch in file.read()? {
                look(&Runs::of_batch(&batch?))?;
            }
        }
        self.held.iter().try_for_each(look)
    }

    /// The groups that have a place, in order of their places. `lengths` are those of the places, repeated items
    /// counted; `numbers` says what an encoder's numbers mean.
    pub(super) fn membership(
        &self,
        places: &[u32],
        lengths: &[u32],
        numbers: &super::collect::Numbers,
    ) -> Result<Membership> {
        let mut items = Lists::builder(lengths.iter().copied());
        let mut positions = self.has_positions.then(|| Lists::builder(lengths.iter().copied()));
        self.for_each(|runs| {
            let meaning = numbers.of(runs.encoder())?;
            for (group, run) in runs.items() {
                let place = places[group as usize];
                if place != NOWHERE {
                    items.extend(place as usize, run.iter().map(|number| meaning[*number as usize]));
                }
            }
            let Some(positions) = &mut positions else { return Ok(()) };
            for (group, run) in runs.positions() {
                let place = places[group as usize];
                if place != NOWHERE {
                    positions.extend(place as usize, run.iter().copied());
                }
            }
            Ok(())
        })?;
        let positions = positions.map(::cooccurrence::ListsBuilder::finish);
        Ok(Membership { items: items.finish(), positions, item_count: numbers.item_count() })
    }
}

/// A temporary file of runs, which goes with the value.
struct RunFile {
    file: Arc<dyn SpillFile>,
    /// Behind a lock only because the files that are read later are shared between threads; it is never waited for.
    writer: Mutex<Option<StreamWriter<Box<dyn SpillWriter>>>>,
}

impl std::fmt::Debug for RunFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RunFile").field("path", &self.file.path()).finish_non_exhaustive()
    }
}

impl RunFile {
    fn create(schema: &Schema, context: &TaskContext) -> Result<Self> {
        let file = context.runtime_env().disk_manager.create_tmp_file("groups of a cooccurrence")?;
        let writer = StreamWriter::try_new(file.open_writer()?, schema)?;
        Ok(Self { file, writer: Mutex::new(Some(writer)) })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        match self.writer.get_mut().unwrap_or_else(PoisonError::into_inner) {
            Some(writer) => Ok(writer.write(batch)?),
            None => internal_err!("runs came after the last one"),
        }
    }

    fn finish(&mut self) -> Result<()> {
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let Some(writer) = writer else { return Ok(()) };
        writer.into_inner()?.finish()
    }

    fn read(&self) -> Result<impl Iterator<Item = Result<RecordBatch>>> {
        let path = self.file.path().ok_or_else(|| internal_datafusion_err!("a temporary file is not on disk"))?;
        let reader = StreamReader::try_new(BufReader::new(File::open(path)?), None)?;
        Ok(reader.map(|batch| batch.map_err(DataFusionError::from)))
    }
}
