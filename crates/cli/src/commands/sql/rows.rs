//! The rows of a plan.

use std::sync::Arc;

use arrow::{
    array::{RecordBatch, RecordBatchOptions},
    datatypes::{Schema, SchemaRef},
};
use datafusion::{
    error::Result,
    execution::SendableRecordBatchStream,
    logical_expr::LogicalPlan,
    physical_plan::execute_stream,
    physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner},
    prelude::SessionContext,
};
use lake::Lake;
use udfs::writes::parallel_writes;

/// Runs a plan; a statement such as `CREATE VIEW` has no rows.
pub(super) async fn of_plan(
    session: &SessionContext,
    lake: &Lake,
    plan: LogicalPlan,
) -> Result<Option<SendableRecordBatchStream>> {
    let plan = parallel_writes(plan, lake).await?;
    if matches!(plan, LogicalPlan::DescribeTable(_)) {
        // The planner of a cluster would send it there, and such a plan cannot be sent.
        let described = DefaultPhysicalPlanner::default().create_physical_plan(&plan, &session.state()).await?;
        return execute_stream(described, session.task_ctx()).map(Some);
    }
    let result = session.execute_logical_plan(plan).await?;
    if result.schema().fields().is_empty() {
        return Ok(None);
    }
    result.execute_stream().await.map(Some)
}

/// A schema whose columns are called otherwise.
pub(super) fn called(schema: &Schema, names: Vec<String>) -> SchemaRef {
    let fields = schema.fields().iter().zip(names).map(|(field, name)| field.as_ref().clone().with_name(name));
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}

/// The same rows under a schema that differs in names only.
pub(super) fn under(schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &options)?)
}
