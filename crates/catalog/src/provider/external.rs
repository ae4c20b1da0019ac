//! External tables: files at a location, or at the locations of partitions.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use arrow::datatypes::{Field, Schema, SchemaRef};
use athena::glue::StorageDescriptor;
use chrono::Utc;
use datafusion::{
    catalog::TableProvider,
    common::{DFSchema, ScalarValue, plan_err},
    datasource::{ViewTable, provider_as_source},
    error::{DataFusionError, Result},
    logical_expr::{EmptyRelation, Expr, LogicalPlan, LogicalPlanBuilder, cast, col, ident, lit},
};
use futures::{StreamExt, TryStreamExt, stream};
use lake::ObjectStores;
use udfs::{
    files_table::{FileFormat, FileSet, FilesTable, ListedFile},
    scan::{BadInput, ScanSpec, SliceTable},
};

use super::{
    files::{self, TableFile, readable},
    projection::Projection,
    row_format::{self, SLICES, serde_name},
    schema::external_error,
    session_catalog::Shared,
};
use crate::{NULL_PARTITION, PartitionEntry, TableEntry, hive_type::arrow_type};

/// Partitions that one table may have.
const MAX_PARTITIONS: usize = 50_000;
/// Partitions from which on those below the table's location are found in one look at it.
const MANY_PARTITIONS: usize = 32;
/// Locations that are looked at at once.
const LOOKS_AT_ONCE: usize = 16;
/// Looks at a table that others write to meanwhile.
const MOST_LOOKS: usize = 8;

/// The files of a partition, and the values of its keys.
struct Part<'t> {
    values: Vec<String>,
    storage: Cow<'t, StorageDescriptor>,
    location: String,
    files: Vec<TableFile>,
}

/// The rows of a table as they are now.
pub(super) async fn provider(shared: &Shared, table: &TableEntry) -> Result<Arc<dyn TableProvider>> {
    let Some(storage) = &table.input.storage_descriptor else {
        return plan_err!("table `{}.{}` has no location", table.database, table.input.name);
    };
    let keys = schema_of(&table.input.partition_keys)?;
    let parts = whole_writes(shared, table, storage).await?;
    shared.add_bytes(parts.iter().flat_map(|part| &part.files).map(|file| file.bytes).sum());
    if serde_name(storage) == SLICES {
        return slices(&keys, &parts);
    }
    let mut sets: Vec<FileSet> = Vec::new();
    let mut partitions = Vec::with_capacity(parts.len());
    for (number, part) in parts.into_iter().enumerate() {
        let named = |what: String| {
            let name = format!("{}.{}", table.database, table.input.name);
            DataFusionError::NotImplemented(format!("{what}, of table `{name}`"))
        };
        let format = row_format::file_format(&table.input, &part.storage).map_err(named)?;
        for file in &part.files {
            let format = row_format::of_file(&format, file.path.as_ref()).map_err(named)?;
            add(&mut sets, format, file, number);
        }
        partitions.push(part.values);
    }
    let columns = schema_of(&storage.columns)?;
    Ok(Arc::new(FilesTable::new(&columns, &keys, partitions, sets)))
}

fn add(sets: &mut Vec<FileSet>, format: FileFormat, file: &TableFile, partition: usize) {
    let listed = ListedFile { path: file.path.to_string(), bytes: file.bytes, partition };
    let alike = |set: &&mut FileSet| *set.store_url == *file.store_url && set.format == format;
    match sets.iter_mut().find(alike) {
        Some(set) => set.files.push(listed),
        None => sets.push(FileSet { store_url: file.store_url.to_string(), format, files: vec![listed] }),
    }
}

/// The files of the table without those of writes that have not ended, and without a part of one that began meanwhile.
async fn whole_writes<'t>(
    shared: &Shared,
    table: &'t TableEntry,
    storage: &'t StorageDescriptor,
) -> Result<Vec<Part<'t>>> {
    for _ in 0..MOST_LOOKS {
        let before = shared.catalog.table_writes(table).await.map_err(external_error)?;
        let mut parts = parts(shared, table, storage).await?;
        let after = shared.catalog.table_writes(table).await.map_err(external_error)?;
        if before.begun != after.begun {
            continue;
        }
        let unfinished: HashSet<&str> =
            before.unfinished.values().chain(after.unfinished.values()).flatten().map(String::as_str).collect();
        if !unfinished.is_empty() {
            for part in &mut parts {
                part.files.retain(|file| !unfinished.contains(file.address().as_str()));
            }
        }
        return Ok(parts);
    }
    plan_err!("table `{}.{}` is being written to too often to be read: try again", table.database, table.input.name)
}

/// Slices in the form of the Million Playlist Dataset, one row per playlist.
fn slices(keys: &Schema, parts: &[Part<'_>]) -> Result<Arc<dyn TableProvider>> {
    let mut plan: Option<LogicalPlanBuilder> = None;
    for part in parts.iter().filter(|part| !part.files.is_empty()) {
        let url = ObjectStores::parse_url(&part.location).map_err(external_error)?;
        let slices = Arc::new(SliceTable::try_new(url, ScanSpec::playlists(BadInput::Fail))?);
        if keys.fields().is_empty() {
            return Ok(slices);
        }
        let rows = LogicalPlanBuilder::scan("slices", provider_as_source(slices), None)?.build()?;
        let rows = with_keys(rows, keys, &part.values)?;
        plan = Some(match plan {
            None => LogicalPlanBuilder::from(rows),
            Some(before) => before.union(rows)?,
        });
    }
    let plan = match plan {
        Some(plan) => plan.build()?,
        None => no_rows(
            &[ScanSpec::playlists(BadInput::Fail).schema()?.fields().to_vec(), keys.fields().to_vec()].concat(),
        )?,
    };
    Ok(Arc::new(ViewTable::new(plan, None)))
}

/// The partitions that the table's properties describe, or those that are registered; of a table without, all files.
async fn parts<'t>(shared: &Shared, table: &'t TableEntry, storage: &'t StorageDescriptor) -> Result<Vec<Part<'t>>> {
    let location = storage.location.as_deref().unwrap_or_default();
    if table.input.partition_keys.is_empty() {
        let files = list(shared, Some(location), table).await?;
        let location = location.to_owned();
        return Ok(vec![Part { values: Vec::new(), storage: Cow::Borrowed(storage), location, files }]);
    }
    if let Some(projection) = Projection::of(table, location, Utc::now())? {
        let dealt = projection.deal(files::list(&shared.stores, projection.folder(), shared.disk).await?);
        check_number(table, dealt.len())?;
        let part = |(values, files): (Vec<String>, Vec<TableFile>)| {
            // Slices are found by their folder.
            let folder = files.first().map(|file| file.address()).unwrap_or_default();
            let location = folder.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            Part { values, storage: Cow::Borrowed(storage), location, files }
        };
        return Ok(dealt.into_iter().map(part).collect());
    }
    let partitions = shared.catalog.partitions(table).await.map_err(external_error)?;
    check_number(table, partitions.len())?;
    let found =
        if partitions.len() >= MANY_PARTITIONS { in_one_look(shared, location, &partitions).await? } else { None };
    let found = match found {
        Some(found) => found,
        None => {
            let looks = partitions.iter().map(|partition| list(shared, partition.location(), table));
            stream::iter(looks.collect::<Vec<_>>()).buffered(LOOKS_AT_ONCE).try_collect().await?
        }
    };
    let part = |(partition, files): (PartitionEntry, Vec<TableFile>)| {
        let location = partition.location().unwrap_or_default().to_owned();
        let own = partition.input.storage_descriptor.filter(|own| own.serde_info.is_some());
        let storage = own.map_or(Cow::Borrowed(storage), Cow::Owned);
        Part { values: partition.input.values, storage, location, files }
    };
    Ok(partitions.into_iter().zip(found).map(part).collect())
}

/// The files of partitions that are all below the table's location and not within each other.
async fn in_one_look(
    shared: &Shared,
    location: &str,
    partitions: &[PartitionEntry],
) -> Result<Option<Vec<Vec<TableFile>>>> {
    let root = readable(location, shared.disk)?;
    let mut folders = HashMap::new();
    for (number, partition) in partitions.iter().enumerate() {
        let place = readable(partition.location().unwrap_or_default(), shared.disk)?;
        let is_below = place.store_url() == root.store_url() && place.path().prefix_matches(root.path());
        let depth = place.path().parts().count();
        if !is_below || folders.insert(place.path().to_string(), (number, depth)).is_some() {
            return Ok(None);
        }
    }
    let mut depths: Vec<usize> = folders.values().map(|(_, depth)| *depth).collect();
    depths.sort_unstable();
    depths.dedup();
    // Of folders at different depths one may be within another, and has its files, too.
    let [depth] = depths.as_slice() else { return Ok(None) };
    let mut found = vec![Vec::new(); partitions.len()];
    for file in files::list(&shared.stores, location, shared.disk).await? {
        let folder: Vec<_> = file.path.parts().take(*depth).collect();
        let folder = folder.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("/");
        if let Some((number, _)) = folders.get(&folder) {
            found[*number].push(file);
        }
    }
    Ok(Some(found))
}

fn check_number(table: &TableEntry, partitions: usize) -> Result<()> {
    if partitions <= MAX_PARTITIONS {
        return Ok(());
    }
    let name = format!("{}.{}", table.database, table.input.name);
    Err(DataFusionError::NotImplemented(format!(
        "table `{name}` has {partitions} partitions, {MAX_PARTITIONS} at most can be read"
    )))
}

async fn list(shared: &Shared, location: Option<&str>, table: &TableEntry) -> Result<Vec<TableFile>> {
    let Some(location) = location.filter(|location| !location.is_empty()) else {
        return plan_err!("table `{}.{}` or a partition of it has no location", table.database, table.input.name);
    };
    files::list(&shared.stores, location, shared.disk).await
}

pub(super) fn schema_of(columns: &[athena::glue::Column]) -> Result<SchemaRef> {
    let field = |column: &athena::glue::Column| {
        let data_type = arrow_type(&column.kind).map_err(DataFusionError::NotImplemented)?;
        Ok(Field::new(&column.name, data_type, true))
    };
    Ok(Arc::new(Schema::new(columns.iter().map(field).collect::<Result<Vec<_>>>()?)))
}

pub(super) fn no_rows(fields: &[Arc<Field>]) -> Result<LogicalPlan> {
    let nothing =
        LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: true, schema: Arc::new(DFSchema::empty()) });
    let typed: Vec<Expr> = fields
        .iter()
        .map(|field| Ok(lit(ScalarValue::try_from(field.data_type())?).alias(field.name())))
        .collect::<Result<_>>()?;
    LogicalPlanBuilder::from(nothing).project(typed)?.filter(lit(false))?.build()
}

/// Adds the values of a partition, which its files do not have, as columns.
fn with_keys(rows: LogicalPlan, keys: &Schema, values: &[String]) -> Result<LogicalPlan> {
    // Without the scan's qualifier, so that the parts of a union agree.
    let plain = |column: datafusion::common::Column| col(column.clone()).alias(column.name);
    let mut columns: Vec<Expr> = rows.schema().columns().into_iter().map(plain).collect();
    for (key, value) in keys.fields().iter().zip(values) {
        let value = if value == NULL_PARTITION {
            lit(ScalarValue::try_from(key.data_type())?)
        } else {
            cast(lit(value.as_str()), key.data_type().clone())
        };
        columns.push(value.alias(key.name()));
    }
    let rows = LogicalPlanBuilder::from(rows).project(columns)?.build()?;
    let names: Vec<Expr> = rows.schema().fields().iter().map(|field| ident(field.name())).collect();
    LogicalPlanBuilder::from(rows).project(names)?.build()
}
