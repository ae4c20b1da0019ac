//! Files on their way from the tasks that write them to their places.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use athena::glue::{PartitionInput, StorageDescriptor};
use catalog::{Location, TableEntry, provider::file_format};
use datafusion::logical_expr::LogicalPlan;
use futures::TryStreamExt;
use lake::{DataFile, Delivery, ObjectStores, PartitionBy};
use object_store::path::Path;
use udfs::{
    operators::WriteFormat,
    writes::{FolderTable, FolderWrite},
};

use super::{
    Task, Wrote, insert_into,
    partitioning::{MOST_PARTITIONS, values_of},
    run,
    source::Source,
};
use crate::error::{QueryError, QueryResult};

/// Files that have been written and that nobody sees.
pub(super) struct Written {
    delivery: Delivery,
    folder: Location,
    files: Vec<DataFile>,
    pub(super) wrote: Wrote,
}

/// Where a file goes, and which partition it is of.
pub(super) struct Move {
    file: DataFile,
    place: Path,
    pub(super) address: String,
}

/// Runs the write of rows to files of a folder, divided by keys.
pub(super) async fn write(
    task: &Task,
    source: &Source,
    rows: LogicalPlan,
    location: &str,
    keys: &[String],
    format: WriteFormat,
) -> QueryResult<Written> {
    let folder = writable(task, location)?;
    let url = ObjectStores::parse_url(&folder_url(&folder))?;
    let options = FolderWrite {
        partition_by: if keys.is_empty() { PartitionBy::None } else { PartitionBy::Hive(keys.to_vec()) },
        format,
        most_partitions: (!keys.is_empty()).then_some(MOST_PARTITIONS),
        held_as: Some(task.id().to_owned()),
    };
    let store = folder.store(&task.service.places.stores)?;
    let delivery = Delivery::with_store(&url, store, task.id())?;
    let schema = Arc::new(rows.schema().as_arrow().clone());
    let plan = insert_into(rows, Arc::new(FolderTable::new(url, schema, options)))?;
    let written = async {
        let wrote = run(task, source, plan).await?;
        task.check_running()?;
        let files = delivery.files().await?;
        let written = Written { delivery: delivery.clone(), folder, files, wrote };
        written.check_partitions()?;
        Ok(written)
    }
    .await;
    if written.is_err() {
        delivery.discard().await;
    }
    written
}

/// A location that statements may write to.
fn writable(task: &Task, location: &str) -> QueryResult<Location> {
    let folder = Location::parse(location)?;
    if folder.is_on_disk() && !task.service.allows_disk() {
        let message = format!("not supported: the location {location} on a disk; use s3://");
        return Err(QueryError::not_supported(message));
    }
    Ok(folder)
}

/// The folder as a URL, in which characters that a key has for good are escaped.
fn folder_url(folder: &Location) -> String {
    let path = percent_encoding::utf8_percent_encode(folder.path().as_ref(), URL_PATH);
    format!("{}/{path}/", folder.store_url())
}

/// What URLs have a meaning of their own for.
const URL_PATH: &percent_encoding::AsciiSet =
    &percent_encoding::CONTROLS.add(b' ').add(b'%').add(b'?').add(b'#').add(b'"').add(b'<').add(b'>').add(b'\\');

/// Fails if there are files at a location.
pub(super) async fn check_empty(task: &Task, location: &str, of: &str) -> QueryResult<()> {
    let folder = writable(task, location)?;
    let store = folder.store(&task.service.places.stores)?;
    let mut listed = store.list(Some(folder.path()));
    while let Some(meta) = listed.try_next().await? {
        let mut below = meta.location.prefix_match(folder.path()).into_iter().flatten();
        if !below.any(|part| part.as_ref().starts_with(['_', '.'])) {
            let message = format!("Target directory for {of} already exists: {location}");
            return Err(QueryError::new("HIVE_PATH_ALREADY_EXISTS", message));
        }
    }
    Ok(())
}

impl Written {
    fn check_partitions(&self) -> QueryResult<()> {
        let partitions: BTreeSet<_> = self.files.iter().map(|file| &file.partition).collect();
        if partitions.len() <= MOST_PARTITIONS {
            return Ok(());
        }
        let message = format!("Exceeded limit of {MOST_PARTITIONS} open writers for partitions/buckets");
        Err(QueryError::new("HIVE_TOO_MANY_OPEN_PARTITIONS", message))
    }

    /// The files by the values of their partitions.
    fn by_partition(&self, keys: &[String]) -> BTreeMap<Vec<String>, Vec<&DataFile>> {
        let mut found: BTreeMap<Vec<String>, Vec<&DataFile>> = BTreeMap::new();
        for file in &self.files {
            found.entry(values_of(keys, &file.partition)).or_default().push(file);
        }
        found
    }

    /// All files to the folder, and its partitions, whose storage is this one otherwise.
    pub(super) fn to_folder(&self, keys: &[String], storage: &StorageDescriptor) -> (Vec<Move>, Vec<PartitionInput>) {
        let moves = self.files.iter().map(|file| self.moved(file, self.folder.path(), &file.path));
        let partitions = self.by_partition(keys).into_iter().filter(|(values, _)| !values.is_empty());
        let partitions = partitions.map(|(values, files)| self.partition(values, &files, storage));
        (moves.collect(), partitions.collect())
    }

    /// The files of each partition to where it is, and the partitions that are new.
    pub(super) async fn to_partitions(
        &self,
        task: &Task,
        table: &TableEntry,
        keys: &[String],
    ) -> QueryResult<(Vec<Move>, Vec<PartitionInput>)> {
        let storage = table.input.storage_descriptor.clone().unwrap_or_default();
        if keys.is_empty() {
            return Ok(self.to_folder(keys, &storage));
        }
        let (mut moves, mut new) = (Vec::new(), Vec::new());
        for (values, files) in self.by_partition(keys) {
            let Some(known) = task.service.catalog().partition(table, &values).await? else {
                moves.extend(files.iter().map(|file| self.moved(file, self.folder.path(), &file.path)));
                new.push(self.partition(values, &files, &storage));
                continue;
            };
            let own = known.input.storage_descriptor.as_ref().filter(|own| own.serde_info.is_some());
            if own.is_some_and(|own| file_format(&table.input, own) != file_format(&table.input, &storage)) {
                let message =
                    format!("not supported: INSERT INTO the partition {values:?}, which has a SerDe of its own");
                return Err(QueryError::not_supported(message));
            }
            let place = writable(task, known.location().unwrap_or_default())?;
            if place.store_url() != self.folder.store_url() {
                let message =
                    format!("not supported: INSERT INTO the partition {values:?}, which is in another bucket");
                return Err(QueryError::not_supported(message));
            }
            let name = |file: &DataFile| file.path.rsplit('/').next().unwrap_or_default().to_owned();
            moves.extend(files.iter().map(|file| self.moved(file, place.path(), &name(file))));
        }
        Ok((moves, new))
    }

    fn moved(&self, file: &DataFile, folder: &Path, relative: &str) -> Move {
        let place = Delivery::place(folder, relative);
        Move { file: file.clone(), address: self.folder.address(&place), place }
    }

    fn partition(&self, values: Vec<String>, files: &[&DataFile], storage: &StorageDescriptor) -> PartitionInput {
        let below = files.first().and_then(|file| file.path.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let location = format!("{}/", self.folder.address(&Delivery::place(self.folder.path(), below)));
        let storage = StorageDescriptor { location: Some(location), ..storage.clone() };
        PartitionInput { values, storage_descriptor: Some(storage), ..PartitionInput::default() }
    }

    /// Moves the files.
    pub(super) async fn deliver(&self, moves: &[Move]) -> QueryResult<()> {
        let moves: Vec<_> = moves.iter().map(|one| (one.file.clone(), one.place.clone())).collect();
        Ok(self.delivery.deliver(&moves).await?)
    }

    /// Removes the files of a write that is given up, wherever they are.
    pub(super) async fn take_back(&self, moves: &[Move]) -> QueryResult<()> {
        let places: Vec<Path> = moves.iter().map(|one| one.place.clone()).collect();
        Delivery::take_back(self.delivery.object_store().as_ref(), places).await?;
        self.delivery.discard().await;
        Ok(())
    }

    /// Removes files that were not moved.
    pub(super) async fn discard(&self) {
        self.delivery.discard().await;
    }
}

/// The addresses of files, sorted, as manifests have them.
pub(super) fn addresses(moves: &[Move]) -> Vec<String> {
    let mut addresses: Vec<String> = moves.iter().map(|one| one.address.clone()).collect();
    addresses.sort();
    addresses
}
