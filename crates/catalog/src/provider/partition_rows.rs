//! `"table$partitions"`: the partitions of a table as rows.

use std::sync::Arc;

use datafusion::{
    catalog::TableProvider,
    common::ScalarValue,
    datasource::ViewTable,
    error::{DataFusionError, Result},
    logical_expr::{Expr, LogicalPlanBuilder, ident, lit},
};

use super::{
    external::{no_rows, schema_of},
    schema::external_error,
    session_catalog::Shared,
};
use crate::{NULL_PARTITION, TableEntry};

/// What stands behind the name of a table.
pub(super) const SUFFIX: &str = "$partitions";

/// One row per registered partition, with the values of its keys.
pub(super) async fn provider(shared: &Shared, table: &TableEntry) -> Result<Arc<dyn TableProvider>> {
    if table.input.parameters.get("projection.enabled").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        let name = format!("{}.{}", table.database, table.input.name);
        return Err(DataFusionError::NotImplemented(format!("the partitions of table `{name}`, which are projected")));
    }
    let keys = schema_of(&table.input.partition_keys)?;
    let partitions = shared.catalog.partitions(table).await.map_err(external_error)?;
    if partitions.is_empty() {
        return Ok(Arc::new(ViewTable::new(no_rows(keys.fields())?, None)));
    }
    let mut rows: Vec<Vec<Expr>> = Vec::with_capacity(partitions.len());
    for partition in partitions {
        let values = keys.fields().iter().zip(&partition.input.values).map(|(key, value)| {
            Ok(lit(if value == NULL_PARTITION {
                ScalarValue::try_from(key.data_type())?
            } else {
                ScalarValue::from(value.as_str()).cast_to(key.data_type())?
            }))
        });
        rows.push(values.collect::<Result<_>>()?);
    }
    let values = LogicalPlanBuilder::values(rows)?.build()?;
    let named = values.schema().fields().iter().zip(keys.fields());
    let named: Vec<Expr> = named.map(|(value, key)| ident(value.name()).alias(key.name())).collect();
    Ok(Arc::new(ViewTable::new(LogicalPlanBuilder::from(values).project(named)?.build()?, None)))
}
