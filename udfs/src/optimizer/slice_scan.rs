//! Scans of raw slices in logical plans: how rules find and change them.

use std::{any::Any, sync::Arc};

use datafusion::{
    datasource::{provider_as_source, source_as_provider},
    error::Result,
    logical_expr::{LogicalPlan, TableScan, TableScanBuilder},
};

use crate::scan::{ScanSpec, SliceTable};

/// The table behind a scan, if it is one of raw slices.
pub(super) fn slice_table(scan: &TableScan) -> Option<SliceTable> {
    let provider = source_as_provider(&scan.source).ok()?;
    let any: &dyn Any = provider.as_ref();
    any.downcast_ref::<SliceTable>().cloned()
}

/// The same scan of a table with another spec.
pub(super) fn with_spec(scan: TableScan, table: &SliceTable, spec: ScanSpec) -> Result<LogicalPlan> {
    let source = provider_as_source(Arc::new(table.with_spec(spec)?));
    let scan = TableScanBuilder::new(scan.table_name, source)
        .with_projection(scan.projection)
        .with_filters(scan.filters)
        .with_fetch(scan.fetch)
        .build()?;
    Ok(LogicalPlan::TableScan(scan))
}
