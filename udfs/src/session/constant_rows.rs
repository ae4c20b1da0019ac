//! Rows that come from nowhere: `SELECT 1`, and no rows at all.

use std::sync::Arc;

use arrow::{
    array::{RecordBatch, RecordBatchOptions, new_null_array},
    datatypes::{Field, Schema, SchemaRef},
};
use datafusion::{
    datasource::memory::MemorySourceConfig,
    error::Result,
    physical_plan::{ExecutionPlan, empty::EmptyExec, placeholder_row::PlaceholderRowExec},
};

/// The same rows from memory; [`None`] of any other node.
///
/// Of a union the scheduler gives each task some branches, and puts an empty scan of memory in the place of the others.
/// The engine's own nodes have no metrics, as that scan has, so two tasks of `SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3`
/// tell of different numbers of operators, and Ballista 55 drops what the second says and waits for it for ever.
pub(super) fn constant_rows(plan: &Arc<dyn ExecutionPlan>) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let (rows, schema) = if plan.is::<PlaceholderRowExec>() {
        let row = one_row(&plan.schema())?;
        let schema = row.schema();
        (vec![row], schema)
    } else if plan.is::<EmptyExec>() {
        (Vec::new(), plan.schema())
    } else {
        return Ok(None);
    };
    let partitions = plan.properties().output_partitioning().partition_count();
    Ok(Some(MemorySourceConfig::try_new_exec(&vec![rows; partitions], schema, None)?))
}

/// One row of NULL, which nobody looks at; often it has no columns.
fn one_row(schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema.fields().iter().map(|field| new_null_array(field.data_type(), 1)).collect();
    let fields: Vec<Field> = schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(1));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?)
}
