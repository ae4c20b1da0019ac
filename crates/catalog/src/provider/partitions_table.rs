//! `"table$partitions"`: the values of a table's partitions as rows.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use datafusion::{
    catalog::TableProvider,
    datasource::ViewTable,
    error::Result,
    logical_expr::{LogicalPlanBuilder, cast, ident},
};
use trino::sql::constant_rows;

use super::{external, session_catalog::Shared};
use crate::TableEntry;

/// What stands behind the name of a table.
pub(super) const SUFFIX: &str = "$partitions";

/// The partitions of a table, one a row; `None` if it has no partitions.
pub(super) async fn provider(shared: &Shared, table: &TableEntry) -> Result<Option<Arc<dyn TableProvider>>> {
    let keys = &table.input.partition_keys;
    if keys.is_empty() {
        return Ok(None);
    }
    let fields = external::schema_of(keys)?;
    let rows = external::partition_values(shared, table).await?;
    let columns: Vec<_> = keys
        .iter()
        .enumerate()
        .map(|(at, key)| {
            let values = rows.iter().map(|values| values.get(at).filter(|value| *value != external::NO_VALUE));
            let values: StringArray = values.collect();
            (key.name.as_str(), Arc::new(values) as ArrayRef)
        })
        .collect();
    let typed =
        fields.fields().iter().map(|field| cast(ident(field.name()), field.data_type().clone()).alias(field.name()));
    let plan = LogicalPlanBuilder::from(constant_rows(columns)?).project(typed.collect::<Vec<_>>())?.build()?;
    Ok(Some(Arc::new(ViewTable::new(plan, None))))
}
