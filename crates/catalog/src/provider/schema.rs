//! The tables of a database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use async_trait::async_trait;
use datafusion::{
    catalog::{SchemaProvider, TableProvider},
    error::{DataFusionError, Result},
};
use udfs::lake_table::LakeTable;

use super::{external, partition_rows, session_catalog::Shared, view};
use crate::Error;

/// Resolves the names of one database.
#[derive(Debug)]
pub(super) struct DatabaseSchema {
    shared: Arc<Shared>,
    database: String,
    names: OnceLock<Vec<String>>,
    /// Tables that only this session has; they hide those of the catalog.
    own: Mutex<HashMap<String, Arc<dyn TableProvider>>>,
}

impl DatabaseSchema {
    pub(super) fn new(shared: Arc<Shared>, database: String) -> Self {
        Self { shared, database, names: OnceLock::new(), own: Mutex::default() }
    }

    pub(super) fn add(&self, name: &str, table: Arc<dyn TableProvider>) {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), table);
    }

    fn own(&self, name: &str) -> Option<Arc<dyn TableProvider>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).get(name).map(Arc::clone)
    }

    pub(super) async fn load_names(&self) -> crate::Result<()> {
        let tables = self.shared.catalog.tables(&self.database).await?;
        // Names that were read before are as good.
        let _ = self.names.set(tables.into_iter().map(|table| table.input.name).collect());
        Ok(())
    }
}

pub(super) fn external_error(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

#[async_trait]
impl SchemaProvider for DatabaseSchema {
    fn table_names(&self) -> Vec<String> {
        self.names.get().cloned().unwrap_or_default()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(own) = self.own(name) {
            return Ok(Some(own));
        }
        let of_partitions = name.strip_suffix(partition_rows::SUFFIX);
        let table = match self.shared.catalog.table(&self.database, of_partitions.unwrap_or(name)).await {
            Ok(table) => table,
            Err(Error::NoSuchTable { .. } | Error::InvalidName { .. }) => return Ok(None),
            Err(error) => return Err(external_error(error)),
        };
        self.shared.note_version(&table);
        if of_partitions.is_some() {
            let has_partitions = !table.in_lake && !table.is_view() && !table.input.partition_keys.is_empty();
            if !has_partitions {
                return Ok(None);
            }
            return partition_rows::provider(&self.shared, &table).await.map(Some);
        }
        if table.in_lake {
            let Some(lake) = self.shared.catalog.lake() else { return Ok(None) };
            let snapshot = lake.table(&table.input.name).map_err(external_error)?.snapshot().await;
            let snapshot = snapshot.map_err(external_error)?;
            self.shared.add_bytes(snapshot.bytes());
            return Ok(Some(Arc::new(LakeTable::of_snapshot(&snapshot))));
        }
        if table.is_view() {
            let state = self.shared.session_state();
            let state = state.ok_or_else(|| DataFusionError::Internal("the session has ended".to_owned()))?;
            return view::provider(&table, &state).await.map(Some);
        }
        external::provider(&self.shared, &table).await.map(Some)
    }

    fn table_exist(&self, name: &str) -> bool {
        self.names.get().is_some_and(|names| names.iter().any(|known| known == name))
    }
}
