//! Statements that write, turned into parallel writes with one commit.
//!
//! Stock DataFusion and Ballista send the rows of `COPY … TO` through a single task, whose files are visible as they come
//! and stay when it fails, and cannot run `CREATE TABLE … AS` on a cluster at all. [`parallel_writes`] turns both into
//! inserts into tables whose inserts are parallel and committed once.

mod folder_table;

use std::sync::Arc;

use datafusion::{
    catalog::TableProvider,
    common::{TableReference, not_impl_err, plan_err},
    datasource::provider_as_source,
    error::{DataFusionError, Result},
    logical_expr::{
        CreateMemoryTable, DdlStatement, LogicalPlan, LogicalPlanBuilder,
        dml::{CopyTo, InsertOp},
    },
};
use lake::{Lake, ObjectStores, PartitionBy};

pub use folder_table::{FolderTable, FolderWrite};

use crate::{
    lake_table::LakeTable,
    operators::{ParquetCompression, WriteFormat},
};

/// The option of `COPY` that says how pages are compressed, as the engine's planner spells it.
const COMPRESSION: &str = "format.compression";

/// Turns a statement that writes Parquet into a parallel write; any other plan is returned as it is.
///
/// - `COPY … TO 'folder/' STORED AS PARQUET [PARTITIONED BY (…)] [OPTIONS (compression '…')]` fills a folder that is
///   empty;
/// - `CREATE [OR REPLACE] TABLE … AS …` makes a table of the lake;
/// - `DROP TABLE` of a table of the lake is refused.
///
/// `COPY` to a single file (`….parquet`), to other formats, or with other options stays as it is.
///
/// # Errors
/// A plan error if the table exists, or the target is not one that can be written to; the lake's error if it cannot be
/// read.
pub async fn parallel_writes(plan: LogicalPlan, lake: &Lake) -> Result<LogicalPlan> {
    match plan {
        LogicalPlan::Copy(copy) => match folder_format(&copy) {
            Some(format) => copy_to_folder(copy, format),
            None => Ok(LogicalPlan::Copy(copy)),
        },
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(create)) if !create.temporary => {
            create_table(create, lake).await
        }
        LogicalPlan::Ddl(DdlStatement::DropTable(drop)) => {
            refuse_to_drop(&drop.name, lake).await?;
            Ok(LogicalPlan::Ddl(DdlStatement::DropTable(drop)))
        }
        other => Ok(other),
    }
}

/// How the files of a folder are written; [`None`] of a statement that stays as it is.
fn folder_format(copy: &CopyTo) -> Option<WriteFormat> {
    if copy.file_type.get_ext() != "parquet" || copy.output_url.ends_with(".parquet") {
        return None;
    }
    let mut compression = ParquetCompression::default();
    for (name, value) in &copy.options {
        if name != COMPRESSION {
            return None;
        }
        compression = ParquetCompression::of_name(value)?;
    }
    Some(WriteFormat::Parquet { compression })
}

fn copy_to_folder(copy: CopyTo, format: WriteFormat) -> Result<LogicalPlan> {
    let mut url =
        ObjectStores::parse_url(&copy.output_url).map_err(|error| DataFusionError::Plan(error.to_string()))?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    let schema = Arc::new(copy.input.schema().as_arrow().clone());
    let partition_by =
        if copy.partition_by.is_empty() { PartitionBy::None } else { PartitionBy::Hive(copy.partition_by) };
    let table = FolderTable::new(url, schema, FolderWrite { partition_by, format, ..FolderWrite::default() });
    insert(Arc::unwrap_or_clone(copy.input), "copied", Arc::new(table), InsertOp::Append)
}

async fn create_table(create: CreateMemoryTable, lake: &Lake) -> Result<LogicalPlan> {
    let TableReference::Bare { table: name } = &create.name else {
        return plan_err!("`{}`: the lake has one schema, so give the name of the table only", create.name);
    };
    if create.constraints.iter().next().is_some() || !create.column_defaults.is_empty() {
        return not_impl_err!("constraints and defaults of a table of the lake");
    }
    let failed = |error: lake::Error| DataFusionError::External(Box::new(error));
    let table = lake.table(name).map_err(failed)?;
    if table.latest_version().await.map_err(failed)?.is_some() && !create.or_replace {
        if create.if_not_exists {
            return LogicalPlanBuilder::empty(false).build();
        }
        return plan_err!(
            "table `{name}` exists; replace it with CREATE OR REPLACE TABLE, or add rows with INSERT INTO"
        );
    }
    let schema = Arc::new(create.input.schema().as_arrow().clone());
    let target = LakeTable::target(lake, name, schema);
    insert(Arc::unwrap_or_clone(create.input), name, Arc::new(target), InsertOp::Overwrite)
}

/// The engine would forget a table of the lake and leave it where it is.
async fn refuse_to_drop(name: &TableReference, lake: &Lake) -> Result<()> {
    let failed = |error: lake::Error| DataFusionError::External(Box::new(error));
    let Ok(table) = lake.table(name.table()) else { return Ok(()) };
    if table.latest_version().await.map_err(failed)?.is_none() {
        return Ok(());
    }
    let folder = table.url();
    plan_err!(
        "table `{}` belongs to the lake, where others may read it; to be rid of it, remove its folder {folder}",
        name.table()
    )
}

fn insert(rows: LogicalPlan, name: &str, target: Arc<dyn TableProvider>, op: InsertOp) -> Result<LogicalPlan> {
    LogicalPlanBuilder::insert_into(rows, name, provider_as_source(target), op)?.build()
}
