//! What `information_schema` shows of the catalog: its entries, without a look at the tables' files.

use std::sync::Arc;

use async_trait::async_trait;
use athena::glue::Column;
use datafusion::error::Result;
use trino::sql::{ColumnDescription, DescribeTables, TableDescription};

use super::{schema::external_error, session_catalog::Shared, view::ViewText};
use crate::{CATALOG, TableEntry, hive_type::trino_type};

/// Describes the tables of all databases.
#[derive(Debug)]
pub(super) struct CatalogTables(pub(super) Arc<Shared>);

#[async_trait]
impl DescribeTables for CatalogTables {
    async fn tables(&self, catalog: &str) -> Result<Option<Vec<TableDescription>>> {
        if catalog != CATALOG {
            return Ok(None);
        }
        let catalog = &self.0.catalog;
        let mut found = Vec::new();
        for database in catalog.databases().await.map_err(external_error)? {
            let tables = catalog.tables(&database.name).await.map_err(external_error)?;
            found.extend(tables.iter().map(description));
        }
        Ok(Some(found))
    }
}

fn description(table: &TableEntry) -> TableDescription {
    let view = ViewText::of(table);
    let columns = match &view {
        Some(view) => view
            .columns
            .iter()
            .map(|column| ColumnDescription {
                name: column.name.to_lowercase(),
                of: column.kind.clone(),
                ..ColumnDescription::default()
            })
            .collect(),
        None => columns(table),
    };
    TableDescription {
        schema: table.database.clone(),
        name: table.input.name.clone(),
        is_view: table.is_view(),
        definition: view.map(|view| view.original_sql),
        columns,
    }
}

fn columns(table: &TableEntry) -> Vec<ColumnDescription> {
    let column = |column: &Column, extra: Option<&str>| ColumnDescription {
        name: column.name.to_lowercase(),
        of: trino_name(&column.kind),
        comment: column.comment.clone(),
        extra: extra.map(str::to_owned),
    };
    let stored = table.input.storage_descriptor.iter().flat_map(|storage| &storage.columns);
    let keys = table.input.partition_keys.iter().map(|key| column(key, Some("partition key")));
    stored.map(|stored| column(stored, None)).chain(keys).collect()
}

/// Trino's name of a type that has Hive's.
fn trino_name(kind: &str) -> String {
    trino_type(kind).map_or_else(|_| kind.to_lowercase(), |of| of.to_string())
}
