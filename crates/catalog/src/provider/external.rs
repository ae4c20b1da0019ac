//! External tables: files at a location, or at the locations of partitions.

use std::{borrow::Cow, sync::Arc};

use arrow::datatypes::{Field, Schema, SchemaRef};
use athena::glue::StorageDescriptor;
use chrono::Utc;
use datafusion::{
    catalog::TableProvider,
    common::{DFSchema, ScalarValue, plan_err},
    datasource::{
        ViewTable,
        file_format::{
            FileFormat, csv::CsvFormat, file_compression_type::FileCompressionType, json::JsonFormat,
            parquet::ParquetFormat,
        },
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
        provider_as_source,
    },
    error::{DataFusionError, Result},
    logical_expr::{EmptyRelation, Expr, LogicalPlan, LogicalPlanBuilder, cast, col, ident, lit},
};
use lake::ObjectStores;
use udfs::scan::{BadInput, ScanSpec, SliceTable};

use super::{
    files::{self, TableFile},
    projection::Projection,
    schema::external_error,
    session_catalog::Shared,
    text_columns,
};
use crate::{TableEntry, hive_type::arrow_type};

/// Partitions that one statement may look at.
const MAX_PARTITIONS: usize = 5000;

/// What stands for NULL in the name of a partition.
pub(super) const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// `SerDe` of slices.
const SLICES: &str = "MpdSliceSerDe";

/// How rows stand in files.
enum Format {
    Parquet,
    Json,
    /// Text with delimiters: every column is read as text first.
    Text(Box<CsvFormat>),
}

/// The files of a partition, and the values of its keys.
struct Part<'t> {
    values: Vec<String>,
    storage: Cow<'t, StorageDescriptor>,
    files: Vec<TableFile>,
}

/// The rows of a table as they are now.
pub(super) async fn provider(shared: &Shared, table: &TableEntry) -> Result<Arc<dyn TableProvider>> {
    let Some(storage) = &table.input.storage_descriptor else {
        return plan_err!("table `{}.{}` has no location", table.database, table.input.name);
    };
    let keys = schema_of(&table.input.partition_keys)?;
    if serde_name(storage) == SLICES {
        return slices(shared, table, storage).await;
    }
    if keys.fields().is_empty() {
        let files = list(shared, storage.location.as_deref(), table).await?;
        return Ok(Arc::new(ViewTable::new(scan(table, storage, files)?, None)));
    }
    let mut plan = None;
    for part in parts(shared, table, storage).await? {
        let rows = with_keys(scan(table, &part.storage, part.files)?, &keys, &part.values)?;
        plan = Some(match plan {
            None => LogicalPlanBuilder::from(rows),
            Some(before) => LogicalPlanBuilder::union(before, rows)?,
        });
    }
    let plan = match plan {
        Some(plan) => plan.build()?,
        None => no_rows(&[columns(table, storage)?.fields().to_vec(), keys.fields().to_vec()].concat())?,
    };
    Ok(Arc::new(ViewTable::new(plan, None)))
}

/// Slices in the form of the Million Playlist Dataset, one row per playlist.
async fn slices(shared: &Shared, table: &TableEntry, storage: &StorageDescriptor) -> Result<Arc<dyn TableProvider>> {
    if !table.input.partition_keys.is_empty() {
        let name = format!("{}.{}", table.database, table.input.name);
        return Err(DataFusionError::NotImplemented(format!("partitions of table `{name}`, which is of slices")));
    }
    // Looks whether the place may be read, too.
    list(shared, storage.location.as_deref(), table).await?;
    let url = ObjectStores::parse_url(storage.location.as_deref().unwrap_or_default()).map_err(external_error)?;
    Ok(Arc::new(SliceTable::try_new(url, ScanSpec::playlists(BadInput::Fail))?))
}

/// The partitions that the table's properties describe, or those that are registered.
async fn parts<'t>(shared: &Shared, table: &'t TableEntry, storage: &'t StorageDescriptor) -> Result<Vec<Part<'t>>> {
    let location = storage.location.as_deref().unwrap_or_default();
    if let Some(projection) = Projection::of(table, location, Utc::now())? {
        let dealt = projection.deal(files::list(&shared.stores, projection.folder(), shared.disk).await?);
        check_number(table, dealt.len())?;
        shared.add_bytes(dealt.values().flatten().map(|file| file.bytes).sum());
        let part = |(values, files)| Part { values, storage: Cow::Borrowed(storage), files };
        return Ok(dealt.into_iter().map(part).collect());
    }
    let partitions = shared.catalog.partitions(table).await.map_err(external_error)?;
    check_number(table, partitions.len())?;
    let mut parts = Vec::with_capacity(partitions.len());
    for partition in partitions {
        let files = list(shared, partition.location(), table).await?;
        let storage = partition.input.storage_descriptor.map_or(Cow::Borrowed(storage), Cow::Owned);
        parts.push(Part { values: partition.input.values, storage, files });
    }
    Ok(parts)
}

/// The values of the partitions that the table's properties describe and that have files, or of those that are registered.
pub(super) async fn partition_values(shared: &Shared, table: &TableEntry) -> Result<Vec<Vec<String>>> {
    let location = table.location().unwrap_or_default();
    if let Some(projection) = Projection::of(table, location, Utc::now())? {
        let dealt = projection.deal(files::list(&shared.stores, projection.folder(), shared.disk).await?);
        return Ok(dealt.into_keys().collect());
    }
    let partitions = shared.catalog.partitions(table).await.map_err(external_error)?;
    Ok(partitions.into_iter().map(|partition| partition.input.values).collect())
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
    let Some(location) = location else {
        return plan_err!("table `{}.{}` or a partition of it has no location", table.database, table.input.name);
    };
    let files = files::list(&shared.stores, location, shared.disk).await?;
    shared.add_bytes(files.iter().map(|file| file.bytes).sum());
    Ok(files)
}

/// The rows of files, in the files' order; files that are compressed in another way are scanned on their own.
fn scan(table: &TableEntry, storage: &StorageDescriptor, files: Vec<TableFile>) -> Result<LogicalPlan> {
    let columns = columns(table, storage)?;
    let mut plan = None;
    for (compression, files) in by_compression(table, storage, files)? {
        let rows = scan_alike(table, storage, &columns, compression, &files)?;
        plan = Some(match plan {
            None => LogicalPlanBuilder::from(rows),
            Some(before) => LogicalPlanBuilder::union(before, rows)?,
        });
    }
    match plan {
        Some(plan) => plan.build(),
        None => no_rows(columns.fields()),
    }
}

/// Neighbours of the same compression together, which for Parquet is its own matter.
fn by_compression(
    table: &TableEntry,
    storage: &StorageDescriptor,
    files: Vec<TableFile>,
) -> Result<Vec<(FileCompressionType, Vec<TableFile>)>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    if matches!(format_of(table, storage)?, Format::Parquet) {
        return Ok(vec![(FileCompressionType::UNCOMPRESSED, files)]);
    }
    let mut groups: Vec<(FileCompressionType, Vec<TableFile>)> = Vec::new();
    for file in files {
        let compression = compression_of(&file)?;
        match groups.iter_mut().find(|(known, _)| *known == compression) {
            Some((_, group)) => group.push(file),
            None => groups.push((compression, vec![file])),
        }
    }
    Ok(groups)
}

/// The compression that the end of a file's name tells, as for Athena.
fn compression_of(file: &TableFile) -> Result<FileCompressionType> {
    let end = file.url.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match end.as_str() {
        "gz" | "gzip" => Ok(FileCompressionType::GZIP),
        "zst" | "zstd" => Ok(FileCompressionType::ZSTD),
        "bz2" => Ok(FileCompressionType::BZIP2),
        "xz" | "snappy" | "lz4" | "deflate" => Err(DataFusionError::NotImplemented(format!(
            "compression of text file {}; gzip, Zstandard and bzip2 are",
            file.url
        ))),
        _ => Ok(FileCompressionType::UNCOMPRESSED),
    }
}

fn scan_alike(
    table: &TableEntry,
    storage: &StorageDescriptor,
    columns: &SchemaRef,
    compression: FileCompressionType,
    files: &[TableFile],
) -> Result<LogicalPlan> {
    let (reader, schema, is_text): (Arc<dyn FileFormat>, SchemaRef, bool) = match format_of(table, storage)? {
        Format::Parquet => (Arc::new(ParquetFormat::default()), Arc::clone(columns), false),
        Format::Json => {
            (Arc::new(JsonFormat::default().with_file_compression_type(compression)), Arc::clone(columns), false)
        }
        Format::Text(csv) => {
            (Arc::new(csv.with_file_compression_type(compression)), text_columns::raw_schema(columns), true)
        }
    };
    let paths: Result<Vec<ListingTableUrl>> = files.iter().map(|file| ListingTableUrl::parse(&file.url)).collect();
    let options = ListingOptions::new(reader).with_file_extension("");
    let config = ListingTableConfig::new_with_multi_paths(paths?).with_listing_options(options).with_schema(schema);
    let listing = provider_as_source(Arc::new(ListingTable::try_new(config)?));
    let rows = LogicalPlanBuilder::scan(table.input.name.as_str(), listing, None)?;
    if is_text { rows.project(text_columns::typed(columns)?)?.build() } else { rows.build() }
}

/// The last part of the `SerDe`'s name.
fn serde_name(storage: &StorageDescriptor) -> &str {
    let serde = storage.serde_info.as_ref();
    let library = serde.and_then(|serde| serde.serialization_library.as_deref()).unwrap_or_default();
    library.rsplit('.').next().unwrap_or_default()
}

fn format_of(table: &TableEntry, storage: &StorageDescriptor) -> Result<Format> {
    let name = serde_name(storage);
    match name {
        "ParquetHiveSerDe" => Ok(Format::Parquet),
        // OpenX's, Hive's own, and HCatalog's.
        "JsonSerDe" => Ok(Format::Json),
        "LazySimpleSerDe" | "OpenCSVSerde" => {
            Ok(Format::Text(Box::new(text_columns::csv_format(table, storage, name)?)))
        }
        _ => Err(DataFusionError::NotImplemented(format!(
            "SerDe `{name}` of table `{}.{}`; use Parquet, JSON (OpenX, Hive), LazySimpleSerDe or OpenCSVSerde",
            table.database, table.input.name
        ))),
    }
}

/// The table's columns; a partition's storage may lack them.
fn columns(table: &TableEntry, storage: &StorageDescriptor) -> Result<SchemaRef> {
    let own = table.input.storage_descriptor.as_ref().map_or(&storage.columns, |storage| &storage.columns);
    schema_of(own)
}

pub(super) fn schema_of(columns: &[athena::glue::Column]) -> Result<SchemaRef> {
    let field = |column: &athena::glue::Column| {
        let data_type = arrow_type(&column.kind).map_err(DataFusionError::NotImplemented)?;
        Ok(Field::new(&column.name, data_type, true))
    };
    Ok(Arc::new(Schema::new(columns.iter().map(field).collect::<Result<Vec<_>>>()?)))
}

fn no_rows(fields: &[Arc<Field>]) -> Result<LogicalPlan> {
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
    let mut columns: Vec<Expr> = rows.schema().columns().into_iter().map(col).collect();
    for (key, value) in keys.fields().iter().zip(values) {
        let value = if value == NO_VALUE {
            lit(ScalarValue::try_from(key.data_type())?)
        } else {
            cast(lit(value.as_str()), key.data_type().clone())
        };
        columns.push(value.alias(key.name()));
    }
    // Without the scan's qualifier, so that the parts of a union agree.
    let plain: Vec<Expr> = columns
        .into_iter()
        .map(|expr| match expr {
            Expr::Column(column) => Expr::Column(column.clone()).alias(column.name),
            other => other,
        })
        .collect();
    let rows = LogicalPlanBuilder::from(rows).project(plain)?.build()?;
    let names: Vec<Expr> = rows.schema().fields().iter().map(|field| ident(field.name())).collect();
    LogicalPlanBuilder::from(rows).project(names)?.build()
}
