//! A scan of Parquet that finds columns whatever the case of their names, on its way to executors.

use std::{fmt, sync::Arc};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::{
    common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
    datasource::{
        physical_plan::{FileScanConfig, FileScanConfigBuilder},
        source::DataSourceExec,
    },
    error::{DataFusionError, Result},
    execution::{SendableRecordBatchStream, TaskContext},
    physical_expr::{PhysicalExpr, expressions::Column},
    physical_expr_adapter::{DefaultPhysicalExprAdapterFactory, PhysicalExprAdapter, PhysicalExprAdapterFactory},
    physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties},
};

/// Says that the scan below it finds columns of files whatever the case of their names, as Hive does.
///
/// ```text
/// partition i:  FoldedNamesExec ◄── DataSourceExec (Parquet)
/// ```
///
/// Invariant: all scans below it do so. `DataFusion`'s form of a scan on the wire has no place for it, so a scan that
/// arrives is told again.
#[derive(Debug)]
pub struct FoldedNamesExec {
    scan: Arc<dyn ExecutionPlan>,
}

impl FoldedNamesExec {
    /// A plan whose scans find columns whatever the case of their names.
    ///
    /// # Errors
    /// A `DataFusion` error if the plan cannot be made anew.
    pub fn try_new(plan: &Arc<dyn ExecutionPlan>) -> Result<Self> {
        let scan = Arc::clone(plan).transform_up(|node| {
            let Some(config) = files_of(node.as_ref()) else { return Ok(Transformed::no(node)) };
            let config = Self::told(FileScanConfigBuilder::from(config.clone())).build();
            Ok(Transformed::yes(DataSourceExec::from_data_source(config) as Arc<dyn ExecutionPlan>))
        });
        Ok(Self { scan: scan?.data })
    }

    /// A scan that finds columns whatever the case of their names, in this process.
    pub(crate) fn told(scan: FileScanConfigBuilder) -> FileScanConfigBuilder {
        scan.with_expr_adapter(Some(Arc::new(FoldedNames)))
    }

    /// The same plan as one that may travel, if it is a scan that was told.
    ///
    /// # Errors
    /// As [`Self::try_new`].
    pub fn of_scan(plan: &Arc<dyn ExecutionPlan>) -> Result<Option<Self>> {
        let is_told = files_of(plan.as_ref()).is_some_and(|files| files.expr_adapter_factory.is_some());
        is_told.then(|| Self::try_new(plan)).transpose()
    }
}

fn files_of(plan: &dyn ExecutionPlan) -> Option<&FileScanConfig> {
    let source: &dyn std::any::Any = plan.downcast_ref::<DataSourceExec>()?.data_source().as_ref();
    source.downcast_ref::<FileScanConfig>()
}

impl DisplayAs for FoldedNamesExec {
    fn fmt_as(&self, _format: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FoldedNamesExec")
    }
}

impl ExecutionPlan for FoldedNamesExec {
    fn name(&self) -> &'static str {
        "FoldedNamesExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.scan.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.scan]
    }

    fn apply_expressions(
        &self,
        _f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        match children.first() {
            Some(scan) => Ok(Arc::new(Self::try_new(scan)?)),
            None => Ok(self),
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.scan.execute(partition, context)
    }
}

/// Makes expressions on a table's columns ones on those of a file.
#[derive(Debug)]
struct FoldedNames;

#[derive(Debug)]
struct Folded {
    usual: Arc<dyn PhysicalExprAdapter>,
    file: SchemaRef,
}

impl PhysicalExprAdapterFactory for FoldedNames {
    fn create(&self, table: SchemaRef, file: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        let mut fields = Vec::with_capacity(file.fields().len());
        for field in file.fields() {
            // A name that fits as it is goes before one that fits otherwise.
            let is_exact = table.field_with_name(field.name()).is_ok();
            let alike = |known: &&Arc<Field>| known.name().eq_ignore_ascii_case(field.name());
            let known = if is_exact { None } else { table.fields().iter().find(alike) };
            let known = known.filter(|known| file.field_with_name(known.name()).is_err());
            fields.push(match known {
                Some(known) => Arc::new(field.as_ref().clone().with_name(known.name())),
                None => Arc::clone(field),
            });
        }
        let renamed = Schema::new_with_metadata(fields, file.metadata().clone());
        for field in table.fields() {
            if let Ok(of_file) = renamed.field_with_name(field.name())
                && differ_in_case(field.data_type(), of_file.data_type())
            {
                return Err(DataFusionError::NotImplemented(format!(
                    "names of the fields of column `{}` that differ in case from those in the file",
                    field.name()
                )));
            }
        }
        let usual = DefaultPhysicalExprAdapterFactory.create(table, Arc::new(renamed))?;
        Ok(Arc::new(Folded { usual, file }))
    }
}

/// Whether fields of rows would be missed because of the case of their names.
fn differ_in_case(table: &DataType, file: &DataType) -> bool {
    match (table, file) {
        (DataType::Struct(table), DataType::Struct(file)) => table.iter().any(|field| {
            let exact = file.iter().find(|known| known.name() == field.name());
            let alike = file.iter().find(|known| known.name().eq_ignore_ascii_case(field.name()));
            match (exact, alike) {
                (Some(known), _) => differ_in_case(field.data_type(), known.data_type()),
                (None, found) => found.is_some(),
            }
        }),
        (DataType::List(table) | DataType::LargeList(table), DataType::List(file) | DataType::LargeList(file)) => {
            differ_in_case(table.data_type(), file.data_type())
        }
        // Keys and values are found by their places.
        (DataType::Map(table, _), DataType::Map(file, _)) => match (table.data_type(), file.data_type()) {
            (DataType::Struct(table), DataType::Struct(file)) => {
                table.iter().zip(file).any(|(table, file)| differ_in_case(table.data_type(), file.data_type()))
            }
            _ => false,
        },
        _ => false,
    }
}

impl PhysicalExprAdapter for Folded {
    fn rewrite(&self, expr: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        self.usual
            .rewrite(expr)?
            .transform(|expr| {
                let Some(column) = expr.downcast_ref::<Column>() else { return Ok(Transformed::no(expr)) };
                match self.file.fields().get(column.index()) {
                    Some(field) if field.name() != column.name() => {
                        let column = Column::new(field.name(), column.index());
                        Ok(Transformed::yes(Arc::new(column) as Arc<dyn PhysicalExpr>))
                    }
                    _ => Ok(Transformed::no(expr)),
                }
            })
            .data()
    }
}
