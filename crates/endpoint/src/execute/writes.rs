//! Statements that write rows: parallel on executors, and visible only when all of them are there.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use arrow::{
    array::AsArray,
    datatypes::{DataType, Field, Int64Type, Schema, UInt64Type},
};
use athena::{
    glue::{Column, SerDeInfo, StorageDescriptor, TableInput},
    values::column_info,
    wire::ColumnInfo,
};
use catalog::{TableEntry, hive_type::hive_name};
use cluster::Job;
use datafusion::{
    datasource::provider_as_source,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, dml::InsertOp, ident},
};
use futures::TryStreamExt;
use lake::{ObjectStores, PartitionBy};
use object_store::ObjectStoreExt;
use trino::TrinoType;
use udfs::{lake_table::LakeTable, writes::FolderTable};
use url::Url;

use super::{Done, Task, select::Rows, task::millis};
use crate::{
    error::{QueryError, QueryResult},
    sql::{PlannedQuery, QuerySession, plan, with_parameters},
    statement::{Properties, Property, Statement, TableName},
};

const PARQUET_SERDE: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

/// A query that was planned for a write.
struct Source {
    session: QuerySession,
    planned: PlannedQuery,
    sql: String,
    began: Instant,
}

async fn source(task: &Task, sql: &str) -> QueryResult<Source> {
    let began = Instant::now();
    let values = task.execution.execution_parameters.clone().unwrap_or_default();
    let sql = with_parameters(sql, &values)?;
    let session = task.session().await?;
    let planned = plan(&session, &sql).await?;
    Ok(Source { session, planned, sql, began })
}

pub(super) async fn insert(task: &Task, name: &TableName, columns: &[String], query: &str) -> QueryResult<Done> {
    let table = task.table(name).await?;
    let source = source(task, query).await?;
    if table.is_view() {
        return Err(QueryError::not_supported("not supported: INSERT INTO a view"));
    }
    if !table.input.partition_keys.is_empty() {
        return Err(QueryError::not_supported("not supported: INSERT INTO a table with partitions")
            .at_word(&task.execution.query, &name.table));
    }
    let schema = schema_of(task, &table).await?;
    let rows = matched(&table, &schema, columns, &source)?;
    if table.in_lake {
        let lake = task.service.catalog().lake().ok_or_else(|| QueryError::internal("there is no lake"))?;
        let target = Arc::new(LakeTable::target(lake, &table.input.name, Arc::new(schema)));
        let plan = insert_into(rows, target)?;
        let count = run(task, &source, plan).await?;
        return finish(task, &source, "INSERT", count, Vec::new()).await;
    }
    if !is_parquet(&table) {
        return Err(QueryError::not_supported("not supported: INSERT INTO a table that is not of Parquet"));
    }
    let location = table.location().unwrap_or_default().trim_end_matches('/');
    let folder = format!("{location}/{}/", task.id());
    let (count, files) = to_folder(task, &source, rows, &folder, PartitionBy::None).await?;
    finish(task, &source, "INSERT", count, files).await
}

pub(super) async fn create_table_as(task: &Task, statement: Statement) -> QueryResult<Done> {
    let Statement::CreateTableAs { table, if_not_exists, properties, query, with_data } = statement else {
        return Err(QueryError::internal("a statement went the wrong way"));
    };
    let (database, name) = task.full_name(&table);
    match task.service.catalog().table(&database, &name).await {
        Ok(_) if if_not_exists => return finish_empty(task).await,
        Ok(_) => {
            let message = format!("Destination table '{}.{database}.{name}' already exists", catalog::CATALOG);
            return Err(QueryError::new("TABLE_ALREADY_EXISTS", message).at_word(&task.execution.query, &table.table));
        }
        Err(catalog::Error::NoSuchTable { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    task.service.catalog().database(&database).await?;
    check_properties(
        &properties,
        &[
            "external_location",
            "format",
            "write_compression",
            "parquet_compression",
            "compression",
            "partitioned_by",
            "is_external",
            "table_type",
        ],
    )?;
    let source = source(task, &query).await?;
    let fields = named_fields(&source)?;
    let partitioned_by = list(&properties, "partitioned_by");
    let data_fields: Vec<&Field> = fields.iter().filter(|field| !partitioned_by.contains(field.name())).collect();
    let folder = match properties.get("external_location") {
        Some(Property::Text(location)) => format!("{}/", location.trim_end_matches('/')),
        _ => task.location.file(&format!("tables/{}/", task.id())),
    };
    if !partitioned_by.is_empty() {
        return Err(QueryError::not_supported("not supported: CREATE TABLE AS with partitioned_by"));
    }
    let input = parquet_table(&name, &data_fields, &folder);
    let rows = renamed(&source)?;
    let (count, files) =
        if with_data { to_folder(task, &source, rows, &folder, PartitionBy::None).await? } else { (0, Vec::new()) };
    task.service.catalog().create_table(&database, input).await?;
    finish(task, &source, "CREATE TABLE AS", count, files).await
}

pub(super) async fn unload(task: &Task, query: &str, location: &str, properties: &Properties) -> QueryResult<Done> {
    check_properties(properties, &["format", "compression"])?;
    let source = source(task, query).await?;
    named_fields(&source)?;
    let folder = format!("{}/", location.trim_end_matches('/'));
    let rows = renamed(&source)?;
    let (count, files) = to_folder(task, &source, rows, &folder, PartitionBy::None).await?;
    finish(task, &source, "UNLOAD", count, files).await
}

/// What can be asked of a write. Files are Parquet with Zstandard whatever compression is asked for, as every reader of
/// Parquet understands it.
fn check_properties(properties: &Properties, known: &[&str]) -> QueryResult<()> {
    for (name, value) in properties {
        if !known.contains(&name.as_str()) {
            return Err(QueryError::not_supported(format!("not supported: the property {name}")));
        }
        if let (Property::Text(text), "format" | "table_type") = (value, name.as_str())
            && !["PARQUET", "HIVE"].contains(&text.to_uppercase().as_str())
        {
            return Err(QueryError::not_supported(format!("not supported: {name} = '{text}'; use PARQUET")));
        }
    }
    Ok(())
}

fn list(properties: &Properties, name: &str) -> Vec<String> {
    match properties.get(name) {
        Some(Property::List(list)) => list.clone(),
        Some(Property::Text(text)) => vec![text.clone()],
        None => Vec::new(),
    }
}

/// The columns of the query, each of which needs a name and a type of its own.
fn named_fields(source: &Source) -> QueryResult<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    let planned = &source.planned;
    for ((field, name), of) in planned.plan.schema().fields().iter().zip(&planned.names).zip(&planned.types) {
        if name.starts_with("_col") {
            return Err(QueryError::new("SYNTAX_ERROR", "Column name not specified").at_word(&source.sql, "SELECT"));
        }
        if field.data_type() == &DataType::Null {
            let message = format!("Column type is unknown: {name}");
            return Err(QueryError::new("SYNTAX_ERROR", message).at_word(&source.sql, name));
        }
        if !is_storable(of) {
            let message = format!("Unsupported Hive type: {of}. Cast the column {name} to a type that tables have");
            return Err(QueryError::not_supported(message).at_word(&source.sql, name));
        }
        let name = name.to_lowercase();
        if fields.iter().any(|known| *known.name() == name) {
            let message = format!("Column name '{name}' specified more than once");
            return Err(QueryError::new("DUPLICATE_COLUMN_NAME", message).at_word(&source.sql, &name));
        }
        fields.push(Field::new(name, field.data_type().clone(), true));
    }
    Ok(fields)
}

/// Whether tables of Hive's have columns of a type.
fn is_storable(of: &TrinoType) -> bool {
    match of {
        TrinoType::Unknown
        | TrinoType::Time(_)
        | TrinoType::TimestampWithTimeZone(..)
        | TrinoType::IntervalYearToMonth
        | TrinoType::IntervalDayToSecond
        | TrinoType::Json
        | TrinoType::Uuid
        | TrinoType::HyperLogLog
        | TrinoType::TDigest
        | TrinoType::QDigest(_) => false,
        TrinoType::Array(of) => is_storable(of),
        TrinoType::Map(keys, values) => is_storable(keys) && is_storable(values),
        TrinoType::Row(fields) => fields.iter().all(|(_, of)| is_storable(of)),
        _ => true,
    }
}

/// The rows under the names that are written.
fn renamed(source: &Source) -> QueryResult<LogicalPlan> {
    let plan = source.planned.plan.clone();
    let columns: Vec<Expr> = plan
        .schema()
        .columns()
        .into_iter()
        .zip(&source.planned.names)
        .map(|(column, name)| Expr::Column(column).alias(name.to_lowercase()))
        .collect();
    let failed = |error| QueryError::of_engine(&error, &source.sql);
    LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(failed)
}

async fn schema_of(task: &Task, table: &TableEntry) -> QueryResult<Schema> {
    if table.in_lake
        && let Some(lake) = task.service.catalog().lake()
    {
        return Ok(lake.table(&table.input.name)?.snapshot().await?.schema().as_ref().clone());
    }
    let columns = table.input.storage_descriptor.iter().flat_map(|storage| &storage.columns);
    let field = |column: &Column| {
        let data_type = catalog::hive_type::arrow_type(&column.kind).map_err(QueryError::not_supported)?;
        Ok(Field::new(&column.name, data_type, true))
    };
    Ok(Schema::new(columns.map(field).collect::<QueryResult<Vec<_>>>()?))
}

/// The query's rows as the table's columns; those that are not named are NULL.
fn matched(table: &TableEntry, schema: &Schema, columns: &[String], source: &Source) -> QueryResult<LogicalPlan> {
    let plan = source.planned.plan.clone();
    let given = plan.schema().columns();
    let names: Vec<String> = if columns.is_empty() {
        schema.fields().iter().map(|field| field.name().to_lowercase()).collect()
    } else {
        columns.to_vec()
    };
    if let Some(unknown) =
        names.iter().find(|name| schema.fields().iter().all(|field| field.name().to_lowercase() != **name))
    {
        return Err(QueryError::new(
            "COLUMN_NOT_FOUND",
            format!("Insert column name does not exist in target table: {unknown}"),
        ));
    }
    if names.len() != given.len() {
        let (expected, found) = (names.len(), given.len());
        let message = format!(
            "Insert query has mismatched column types: table {} takes {expected} columns, query has {found}",
            table.input.name
        );
        return Err(QueryError::new("TYPE_MISMATCH", message));
    }
    let exprs: Vec<Expr> = schema
        .fields()
        .iter()
        .map(|field| {
            let at = names.iter().position(|name| *name == field.name().to_lowercase());
            let value = match at {
                Some(at) => Expr::Column(given[at].clone()),
                None => datafusion::logical_expr::lit(datafusion::common::ScalarValue::Null),
            };
            cast(value, field.data_type().clone()).alias(field.name())
        })
        .collect();
    let failed = |error| QueryError::of_engine(&error, &source.sql);
    let rows = LogicalPlanBuilder::from(plan).project(exprs).map_err(failed)?;
    let names: Vec<Expr> = schema.fields().iter().map(|field| ident(field.name())).collect();
    rows.project(names).and_then(LogicalPlanBuilder::build).map_err(failed)
}

fn insert_into(rows: LogicalPlan, target: Arc<dyn datafusion::catalog::TableProvider>) -> QueryResult<LogicalPlan> {
    let failed = |error| QueryError::of_engine(&error, "");
    LogicalPlanBuilder::insert_into(rows, "target", provider_as_source(target), InsertOp::Append)
        .and_then(LogicalPlanBuilder::build)
        .map_err(failed)
}

/// Writes rows to a folder that has no files, and lists those that it has then.
async fn to_folder(
    task: &Task,
    source: &Source,
    rows: LogicalPlan,
    folder: &str,
    partition_by: PartitionBy,
) -> QueryResult<(u64, Vec<String>)> {
    let url = ObjectStores::parse_url(folder)?;
    if url.scheme() == "file" && !task.service.allows_disk() {
        return Err(QueryError::not_supported(format!("not supported: the location {folder} on a disk; use s3://")));
    }
    let schema = Arc::new(rows.schema().as_arrow().clone());
    let plan = insert_into(rows, Arc::new(FolderTable::new(url.clone(), schema, partition_by)))?;
    let count = run(task, source, plan).await?;
    let (store, prefix) = task.service.places.stores.resolve(&url)?;
    let base =
        Url::parse(&url[..url::Position::BeforePath]).map_err(|error| QueryError::internal(error.to_string()))?;
    let mut files = Vec::new();
    let mut listed = store.list(Some(&prefix));
    while let Some(meta) = listed.try_next().await? {
        // Athena leaves no such mark, and clients that read the whole folder take it for data.
        if meta.location.filename() == Some("_SUCCESS") {
            store.delete(&meta.location).await?;
        }
        if meta.location.as_ref().ends_with(".parquet") {
            files.push(format!("{}/{}", base.as_str().trim_end_matches('/'), meta.location));
        }
    }
    files.sort();
    Ok((count, files))
}

/// Runs a write and returns how many rows it wrote.
async fn run(task: &Task, source: &Source, plan: LogicalPlan) -> QueryResult<u64> {
    let context = &source.session.context;
    let mut job = Job::plan(context, plan).await.map_err(|error| QueryError::of_engine(&error, &source.sql))?;
    let mut rows = Rows { task, context, sql: &source.sql, job: &mut job };
    let mut count = 0;
    while let Some(batch) = rows.next().await? {
        if batch.num_rows() == 0 {
            continue;
        }
        count += match batch.column(0).data_type() {
            DataType::UInt64 => batch.column(0).as_primitive::<UInt64Type>().value(0),
            DataType::Int64 => u64::try_from(batch.column(0).as_primitive::<Int64Type>().value(0)).unwrap_or_default(),
            _ => 0,
        };
    }
    Ok(count)
}

async fn finish(task: &Task, source: &Source, kind: &str, count: u64, files: Vec<String>) -> QueryResult<Done> {
    let manifest = if count == 0 || files.is_empty() || task.caller.is_some() {
        None
    } else {
        let manifest = format!("{}-manifest.csv", task.output());
        task.object(&manifest)?.put(format!("{}\n", files.join("\n")).into_bytes()).await?;
        Some(manifest)
    };
    let update = i64::try_from(count).unwrap_or(i64::MAX);
    task.write_metadata(vec![rows_column()], Some((kind, update))).await?;
    let (scanned_bytes, planning_ms) = (source.session.catalog.bytes(), millis(source.began));
    Ok(Done { scanned_bytes, planning_ms, manifest, ..Done::default() })
}

async fn finish_empty(task: &Task) -> QueryResult<Done> {
    task.write_metadata(vec![rows_column()], Some(("CREATE TABLE AS", 0))).await?;
    Ok(Done::default())
}

fn rows_column() -> ColumnInfo {
    column_info(&Field::new("rows", DataType::Int64, true))
}

fn is_parquet(table: &TableEntry) -> bool {
    let serde = table.input.storage_descriptor.as_ref().and_then(|storage| storage.serde_info.as_ref());
    serde.and_then(|serde| serde.serialization_library.as_deref()) == Some(PARQUET_SERDE)
}

fn parquet_table(name: &str, fields: &[&Field], location: &str) -> TableInput {
    let column =
        |field: &&Field| Column { name: field.name().clone(), kind: hive_name(field.data_type()), ..Column::default() };
    let input = |name: &str| Some(format!("org.apache.hadoop.hive.ql.io.parquet.MapredParquet{name}Format"));
    TableInput {
        name: name.to_owned(),
        table_type: Some("EXTERNAL_TABLE".to_owned()),
        storage_descriptor: Some(StorageDescriptor {
            columns: fields.iter().map(column).collect(),
            location: Some(location.to_owned()),
            input_format: input("Input"),
            output_format: input("Output"),
            serde_info: Some(SerDeInfo {
                serialization_library: Some(PARQUET_SERDE.to_owned()),
                ..SerDeInfo::default()
            }),
            ..StorageDescriptor::default()
        }),
        parameters: BTreeMap::from([
            ("EXTERNAL".to_owned(), "TRUE".to_owned()),
            ("classification".to_owned(), "parquet".to_owned()),
            ("parquet.compression".to_owned(), "ZSTD".to_owned()),
        ]),
        ..TableInput::default()
    }
}
