//! External tables: files at a location, or at the locations of partitions.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use athena::glue::StorageDescriptor;
use datafusion::{
    catalog::TableProvider,
    common::{DFSchema, ScalarValue, plan_err},
    datasource::{
        ViewTable,
        file_format::{FileFormat, csv::CsvFormat, json::JsonFormat, parquet::ParquetFormat},
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
        provider_as_source,
    },
    error::{DataFusionError, Result},
    logical_expr::{EmptyRelation, Expr, LogicalPlan, LogicalPlanBuilder, cast, col, ident, lit},
};

use super::{
    files::{self, TableFile},
    schema::external_error,
    session_catalog::Shared,
    text_columns,
};
use crate::{PartitionEntry, TableEntry, hive_type::arrow_type};

/// Partitions that one statement may look at.
const MAX_PARTITIONS: usize = 5000;

/// How rows stand in files.
enum Format {
    Parquet,
    Json,
    /// Text with delimiters: every column is read as text first.
    Text(Arc<CsvFormat>),
}

/// The rows of a table as they are now.
pub(super) async fn provider(shared: &Shared, table: &TableEntry) -> Result<Arc<dyn TableProvider>> {
    let Some(storage) = &table.input.storage_descriptor else {
        return plan_err!("table `{}.{}` has no location", table.database, table.input.name);
    };
    let keys = schema_of(&table.input.partition_keys)?;
    let plan = if keys.fields().is_empty() {
        let files = list(shared, storage.location.as_deref(), table).await?;
        scan(table, storage, files)?
    } else {
        let partitions = shared.catalog.partitions(table).await.map_err(external_error)?;
        if partitions.len() > MAX_PARTITIONS {
            let name = format!("{}.{}", table.database, table.input.name);
            return Err(DataFusionError::NotImplemented(format!(
                "table `{name}` has {} partitions, {MAX_PARTITIONS} at most can be read",
                partitions.len()
            )));
        }
        let mut plan = None;
        for partition in &partitions {
            let storage = partition.input.storage_descriptor.as_ref().unwrap_or(storage);
            let files = list(shared, partition.location(), table).await?;
            let rows = with_keys(scan(table, storage, files)?, &keys, partition)?;
            plan = Some(match plan {
                None => LogicalPlanBuilder::from(rows),
                Some(before) => LogicalPlanBuilder::union(before, rows)?,
            });
        }
        match plan {
            Some(plan) => plan.build()?,
            None => no_rows(&[columns(table, storage)?.fields().to_vec(), keys.fields().to_vec()].concat())?,
        }
    };
    Ok(Arc::new(ViewTable::new(plan, None)))
}

async fn list(shared: &Shared, location: Option<&str>, table: &TableEntry) -> Result<Vec<TableFile>> {
    let Some(location) = location else {
        return plan_err!("table `{}.{}` or a partition of it has no location", table.database, table.input.name);
    };
    let files = files::list(&shared.stores, location, shared.disk).await?;
    shared.add_bytes(files.iter().map(|file| file.bytes).sum());
    Ok(files)
}

fn scan(table: &TableEntry, storage: &StorageDescriptor, files: Vec<TableFile>) -> Result<LogicalPlan> {
    let columns = columns(table, storage)?;
    if files.is_empty() {
        return no_rows(columns.fields());
    }
    let format = format_of(table, storage)?;
    if !matches!(format, Format::Parquet) {
        refuse_compressed(&files)?;
    }
    let (reader, schema): (Arc<dyn FileFormat>, SchemaRef) = match &format {
        Format::Parquet => (Arc::new(ParquetFormat::default()), Arc::clone(&columns)),
        Format::Json => (Arc::new(JsonFormat::default()), Arc::clone(&columns)),
        Format::Text(csv) => (Arc::clone(csv) as Arc<dyn FileFormat>, text_columns::raw_schema(&columns)),
    };
    let paths: Result<Vec<ListingTableUrl>> = files.iter().map(|file| ListingTableUrl::parse(&file.url)).collect();
    let options = ListingOptions::new(reader).with_file_extension("");
    let config = ListingTableConfig::new_with_multi_paths(paths?).with_listing_options(options).with_schema(schema);
    let listing = provider_as_source(Arc::new(ListingTable::try_new(config)?));
    let rows = LogicalPlanBuilder::scan(table.input.name.as_str(), listing, None)?;
    match format {
        Format::Text(_) => rows.project(text_columns::typed(&columns)?)?.build(),
        Format::Parquet | Format::Json => rows.build(),
    }
}

fn format_of(table: &TableEntry, storage: &StorageDescriptor) -> Result<Format> {
    let library =
        storage.serde_info.as_ref().and_then(|serde| serde.serialization_library.as_deref()).unwrap_or_default();
    let name = library.rsplit('.').next().unwrap_or_default();
    match name {
        "ParquetHiveSerDe" => Ok(Format::Parquet),
        // OpenX's, Hive's own, and HCatalog's.
        "JsonSerDe" => Ok(Format::Json),
        "LazySimpleSerDe" | "OpenCSVSerde" => {
            Ok(Format::Text(Arc::new(text_columns::csv_format(table, storage, name)?)))
        }
        _ => Err(DataFusionError::NotImplemented(format!(
            "SerDe `{library}` of table `{}.{}`; use Parquet, JSON (OpenX, Hive), LazySimpleSerDe or OpenCSVSerde",
            table.database, table.input.name
        ))),
    }
}

/// Ballista forgets on the way to its executors that a text file is compressed, and would read the compressed bytes.
fn refuse_compressed(files: &[TableFile]) -> Result<()> {
    let compressed = |file: &&TableFile| {
        let end = file.url.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        ["gz", "gzip", "zst", "zstd", "bz2", "xz", "snappy", "lz4", "deflate"].contains(&end.as_str())
    };
    match files.iter().find(compressed) {
        Some(file) => Err(DataFusionError::NotImplemented(format!(
            "compressed text file {}; store it uncompressed or as Parquet",
            file.url
        ))),
        None => Ok(()),
    }
}

/// The table's columns; a partition's storage may lack them.
fn columns(table: &TableEntry, storage: &StorageDescriptor) -> Result<SchemaRef> {
    let own = table.input.storage_descriptor.as_ref().map_or(&storage.columns, |storage| &storage.columns);
    schema_of(own)
}

fn schema_of(columns: &[athena::glue::Column]) -> Result<SchemaRef> {
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
fn with_keys(rows: LogicalPlan, keys: &Schema, partition: &PartitionEntry) -> Result<LogicalPlan> {
    let mut columns: Vec<Expr> = rows.schema().columns().into_iter().map(col).collect();
    for (key, value) in keys.fields().iter().zip(&partition.input.values) {
        let value = if value == "__HIVE_DEFAULT_PARTITION__" {
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
