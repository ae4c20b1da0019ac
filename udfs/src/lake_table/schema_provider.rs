//! The lake's tables by name, as a schema of a catalog.

use std::sync::Arc;

use async_trait::async_trait;
use dashmap::DashMap;
use datafusion::{
    catalog::{SchemaProvider, TableProvider},
    error::{DataFusionError, Result},
};
use lake::Lake;

use super::LakeTable;

/// Resolves names to the current version of the lake's tables.
///
/// A name is looked up each time a statement is planned, so a session sees what was committed before the statement.
/// Tables that the session registers itself, such as raw slices, stand before those of the lake.
#[derive(Debug)]
pub struct LakeSchemaProvider {
    lake: Lake,
    names: Vec<String>,
    session_tables: DashMap<String, Arc<dyn TableProvider>>,
}

impl LakeSchemaProvider {
    /// Lists the lake's tables, so that `SHOW TABLES` can answer without going to the store.
    ///
    /// # Errors
    /// An external error if the lake cannot be listed.
    pub async fn try_new(lake: Lake) -> Result<Self> {
        let names = lake.tables().await.map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(Self { lake, names, session_tables: DashMap::new() })
    }
}

#[async_trait]
impl SchemaProvider for LakeSchemaProvider {
    fn table_names(&self) -> Vec<String> {
        let session = self.session_tables.iter().map(|entry| entry.key().clone());
        self.names.iter().cloned().chain(session).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(table) = self.session_tables.get(name) {
            return Ok(Some(Arc::clone(&table)));
        }
        let Ok(table) = self.lake.table(name) else { return Ok(None) };
        match table.snapshot().await {
            Ok(snapshot) => Ok(Some(Arc::new(LakeTable::of_snapshot(&snapshot)))),
            Err(lake::Error::NoSuchTable { .. }) => Ok(None),
            Err(error) => Err(DataFusionError::External(Box::new(error))),
        }
    }

    fn register_table(&self, name: String, table: Arc<dyn TableProvider>) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(self.session_tables.insert(name, table))
    }

    fn deregister_table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(self.session_tables.remove(name).map(|(_, table)| table))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.session_tables.contains_key(name) || self.names.iter().any(|known| known == name)
    }
}
