//! Writes rows to as many files as they need: no file grows past a size, and rows of different partitions do not mix.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use arrow::{
    array::{Array, ArrayRef},
    compute::{SortColumn, lexsort_to_indices, partition, take_record_batch},
    datatypes::{Schema, SchemaRef},
    error::ArrowError,
    record_batch::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use object_store::{ObjectStore, path::Path};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{DataFile, Error, PartFormat, Result, part_format::PartFile};

/// A new file is started past this size.
const TARGET_FILE_BYTES: u64 = 256 * 1024 * 1024;
/// A file of one run of rows takes in the next run until it has this size. At twice the size it is finished, so that a
/// large run does not become the neighbour of small ones with all of its rows.
const SHARED_FILE_BYTES: u64 = 1024 * 1024;
/// Folders that one writer keeps a file open in.
const MAX_OPEN_FOLDERS: usize = 100;
/// Files that one writer keeps open; the one not written to for longest is finished before another is started.
const MAX_OPEN_FILES: usize = 24;
/// What Hive writes for NULL in the name of a folder.
const HIVE_NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// How rows are divided among files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartitionBy {
    /// By size only.
    #[default]
    None,
    /// Each file has one value of these columns, which stay in the file; the manifest says which file has which.
    Split(Vec<String>),
    /// As [`Self::Split`], for rows whose values come in runs: one file is open at a time, and it is finished when another
    /// value comes. Small runs share a file of about 1 MiB, so that there are not as many files as values.
    Runs(Vec<String>),
    /// Each folder `column=value` has one value of these columns, which the files leave out, as Hive does.
    Hive(Vec<String>),
}

impl PartitionBy {
    /// The columns that divide the rows.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::Split(columns) | Self::Runs(columns) | Self::Hive(columns) => columns,
        }
    }

    fn open_files(&self) -> usize {
        match self {
            Self::None | Self::Runs(_) => 1,
            Self::Split(_) => MAX_OPEN_FILES,
            Self::Hive(_) => MAX_OPEN_FOLDERS,
        }
    }
}

/// Values of the partition columns, as text; NULL is left out.
pub type PartitionValues = BTreeMap<String, String>;

/// Writes the rows of one task.
#[derive(Debug)]
pub struct PartWriter {
    store: Arc<dyn ObjectStore>,
    folder: Path,
    schema: SchemaRef,
    partitioning: PartitionBy,
    format: PartFormat,
    /// Partitions that there may be, and those that there are.
    most_partitions: Option<usize>,
    seen: BTreeSet<Vec<Option<String>>>,
    /// Indices of the partition columns.
    keys: Vec<usize>,
    /// Indices of the columns that the files have.
    kept: Vec<usize>,
    open: Vec<OpenFile>,
    finished: Vec<DataFile>,
    clock: u64,
}

#[derive(Debug)]
struct OpenFile {
    /// Path relative to the writer's folder.
    path: String,
    /// Values of the partition columns that its rows have, as they came.
    partitions: Vec<Vec<Option<String>>>,
    writer: PartFile,
    used: u64,
}

impl PartWriter {
    /// Writes files of their own names below `folder`.
    ///
    /// # Errors
    /// [`Error::NoSuchColumn`] if a partition column is not in the schema, or no column would be left for the files.
    pub fn try_new(
        store: Arc<dyn ObjectStore>,
        folder: Path,
        schema: SchemaRef,
        partitioning: PartitionBy,
    ) -> Result<Self> {
        let missing = |column: &str| Error::NoSuchColumn {
            table: folder.to_string(),
            column: column.to_owned(),
            available: schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", "),
        };
        let keys: Result<Vec<usize>> =
            partitioning.columns().iter().map(|column| schema.index_of(column).map_err(|_| missing(column))).collect();
        let keys = keys?;
        let leaves_out = |index: &usize| matches!(partitioning, PartitionBy::Hive(_)) && keys.contains(index);
        let kept: Vec<usize> = (0..schema.fields().len()).filter(|index| !leaves_out(index)).collect();
        if kept.is_empty() {
            return Err(missing("that is not a partition column"));
        }
        let fields: Vec<_> = kept.iter().map(|index| Arc::clone(&schema.fields()[*index])).collect();
        let schema = Arc::new(Schema::new(fields));
        Ok(Self {
            store,
            folder,
            schema,
            partitioning,
            format: PartFormat::default(),
            most_partitions: None,
            seen: BTreeSet::new(),
            keys,
            kept,
            open: Vec::new(),
            finished: Vec::new(),
            clock: 0,
        })
    }

    /// The same writer for files of another form.
    #[must_use]
    pub fn with_format(mut self, format: PartFormat) -> Self {
        self.format = format;
        self
    }

    /// The same writer, which refuses rows of more partitions than these.
    #[must_use]
    pub fn with_most_partitions(mut self, most: Option<usize>) -> Self {
        self.most_partitions = most;
        self
    }

    /// Appends rows.
    ///
    /// # Errors
    /// As [`ParquetFileWriter::write`](crate::ParquetFileWriter::write); [`Error::Lines`], [`Error::TooManyPartitions`].
    pub async fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        if self.keys.is_empty() {
            return self.write_rows(Vec::new(), batch).await;
        }
        let parts = self.divide(batch)?;
        for (values, rows) in parts {
            self.write_rows(values, &rows).await?;
        }
        Ok(())
    }

    /// The runs of rows of one partition, without the columns that the files leave out.
    fn divide(&self, batch: &RecordBatch) -> Result<Vec<(Vec<Option<String>>, RecordBatch)>> {
        let failed = |source: ArrowError| Error::parquet("write", &self.folder)(source.into());
        // Rows of one folder come together, so that they are written together.
        let sorted = matches!(self.partitioning, PartitionBy::Hive(_)).then(|| self.sorted(batch)).transpose();
        let sorted = sorted.map_err(failed)?;
        let batch = sorted.as_ref().unwrap_or(batch);
        let keys: Vec<ArrayRef> = self.keys.iter().map(|index| Arc::clone(batch.column(*index))).collect();
        let rows = batch.project(&self.kept).map_err(failed)?;
        let runs = partition(&keys).map_err(failed)?.ranges().into_iter();
        runs.map(|run| {
            let values: Result<Vec<_>, _> = keys.iter().map(|column| value_of(column, run.start)).collect();
            Ok((values.map_err(failed)?, rows.slice(run.start, run.len())))
        })
        .collect()
    }

    fn sorted(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let column = |index: &usize| SortColumn { values: Arc::clone(batch.column(*index)), options: None };
        let columns: Vec<SortColumn> = self.keys.iter().map(column).collect();
        take_record_batch(batch, &lexsort_to_indices(&columns, None)?)
    }

    /// Memory that the encoders hold, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.open.iter().map(|file| file.writer.memory_bytes()).sum()
    }

    /// Completes all files and returns them; their paths are relative to the writer's folder.
    ///
    /// # Errors
    /// As [`ParquetFileWriter::finish`](crate::ParquetFileWriter::finish).
    pub async fn finish(mut self) -> Result<Vec<DataFile>> {
        while !self.open.is_empty() {
            self.finish_file(0).await?;
        }
        Ok(self.finished)
    }

    async fn write_rows(&mut self, partition: Vec<Option<String>>, rows: &RecordBatch) -> Result<()> {
        self.clock += 1;
        if let Some(limit) = self.most_partitions
            && !self.seen.contains(&partition)
        {
            self.seen.insert(partition.clone());
            if self.seen.len() > limit {
                return Err(Error::TooManyPartitions { limit });
            }
        }
        let open = self.open.iter().position(|file| file.partitions.last() == Some(&partition));
        let shared = self.file_to_share();
        let index = match (open, shared) {
            (Some(index), _) => index,
            (None, Some(index)) => {
                self.open[index].partitions.push(partition);
                index
            }
            (None, None) => self.start_file(partition).await?,
        };
        let file = &mut self.open[index];
        file.used = self.clock;
        file.writer.write(rows).await?;
        let is_shared = file.partitions.len() > 1;
        let most = if is_shared { 2 * SHARED_FILE_BYTES } else { TARGET_FILE_BYTES };
        if file.writer.estimated_bytes() >= most {
            self.finish_file(index).await?;
        }
        Ok(())
    }

    /// The open file, if the next run goes into it.
    fn file_to_share(&self) -> Option<usize> {
        let has_room = |file: &OpenFile| file.writer.estimated_bytes() < SHARED_FILE_BYTES;
        let is_shared = matches!(self.partitioning, PartitionBy::Runs(_)) && self.open.first().is_some_and(has_room);
        is_shared.then_some(0)
    }

    async fn start_file(&mut self, partition: Vec<Option<String>>) -> Result<usize> {
        let oldest = (0..self.open.len()).min_by_key(|index| self.open[*index].used);
        if let Some(oldest) = oldest.filter(|_| self.open.len() >= self.partitioning.open_files()) {
            self.finish_file(oldest).await?;
        }
        let mut path = String::new();
        if let PartitionBy::Hive(columns) = &self.partitioning {
            for (column, value) in columns.iter().zip(&partition) {
                let value = value.as_deref().map_or_else(|| HIVE_NULL.to_owned(), escaped);
                // Writing to a string cannot fail.
                let _ = write!(path, "{}={value}/", escaped(column));
            }
        }
        let _ = write!(path, "part-{}.{}", Uuid::now_v7().simple(), self.format.extension());
        let full = Path::parse(format!("{}/{path}", self.folder))
            .map_err(|error| Error::InvalidUrl { url: path.clone(), reason: error.to_string() })?;
        let writer = self.format.open(Arc::clone(&self.store), full, Arc::clone(&self.schema))?;
        self.open.push(OpenFile { path, partitions: vec![partition], writer, used: self.clock });
        Ok(self.open.len() - 1)
    }

    async fn finish_file(&mut self, index: usize) -> Result<()> {
        let file = self.open.swap_remove(index);
        let written = file.writer.finish().await?;
        let values = |partition: &Vec<Option<String>>| -> PartitionValues {
            let values = self.partitioning.columns().iter().zip(partition);
            values.filter_map(|(column, value)| Some((column.clone(), value.clone()?))).collect()
        };
        let mut shared: BTreeSet<PartitionValues> = file.partitions.iter().map(values).collect();
        let partition = if shared.len() == 1 { shared.pop_first().unwrap_or_default() } else { PartitionValues::new() };
        self.finished.push(DataFile { path: file.path, partition, shared, ..written });
        Ok(())
    }
}

/// The value as text, or [`None`] for NULL.
pub(crate) fn value_of(column: &ArrayRef, row: usize) -> Result<Option<String>, ArrowError> {
    if column.is_null(row) {
        return Ok(None);
    }
    let options = FormatOptions::default();
    Ok(Some(ArrayFormatter::try_new(column.as_ref(), &options)?.value(row).try_to_string()?))
}

/// Escapes a value for the name of a folder, as Hive does (`FileUtils.escapePathName`).
fn escaped(value: &str) -> String {
    const SPECIAL: &str = "\"#%'*/:=?\\{[]^\u{7f}";
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        if character.is_ascii_control() || SPECIAL.contains(character) {
            let _ = write!(text, "%{:02X}", u32::from(character));
        } else {
            text.push(character);
        }
    }
    if text.is_empty() { HIVE_NULL.to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_are_escaped_as_hive_does() {
        for (value, expected) in [
            ("2017", "2017"),
            ("a b", "a b"),
            ("1/2", "1%2F2"),
            ("a=b:c", "a%3Db%3Ac"),
            ("100%", "100%25"),
            ("é🎵", "é🎵"),
            ("tab\t", "tab%09"),
            ("", HIVE_NULL),
        ] {
            assert_eq!(escaped(value), expected);
        }
    }
}
