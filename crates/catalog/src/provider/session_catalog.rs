//! The databases of a session.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use datafusion::{
    catalog::{CatalogProvider, SchemaProvider, TableProvider},
    execution::SessionState,
    prelude::SessionContext,
};
use lake::ObjectStores;
use trino::sql::TableDescriptions;

use super::{describe::CatalogTables, schema::DatabaseSchema};
use crate::{CATALOG, Catalog, Result, TableEntry};

/// Gives a copy of a session's state while the session is there.
type StateOfSession = Box<dyn Fn() -> Option<SessionState> + Send + Sync>;

/// What the providers of one session share.
pub(super) struct Shared {
    pub(super) catalog: Catalog,
    pub(super) stores: Arc<ObjectStores>,
    /// Whether tables may have files on the disk of this machine.
    pub(super) disk: bool,
    /// The session, for the queries of views; weak, as the session holds the catalog.
    session: OnceLock<StateOfSession>,
    /// Bytes of the files behind the names that were looked up.
    bytes: AtomicU64,
    /// Versions of the tables and views that were looked up, by `database/table`.
    versions: Mutex<BTreeMap<String, u64>>,
}

impl Shared {
    pub(super) fn note_version(&self, table: &TableEntry) {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        versions.insert(format!("{}/{}", table.database, table.input.name), table.version);
    }

    pub(super) fn add_bytes(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A copy of the session's state, while the session is there.
    pub(super) fn session_state(&self) -> Option<SessionState> {
        self.session.get()?()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shared").field("catalog", &self.catalog).finish_non_exhaustive()
    }
}

/// The catalog as one session sees it.
#[derive(Debug, Clone)]
pub struct SessionCatalog {
    shared: Arc<Shared>,
    schemas: HashMap<String, Arc<DatabaseSchema>>,
}

impl SessionCatalog {
    /// Reads which databases there are and makes them the catalog of a session, with `database` as the default one.
    /// External tables on the disk of this machine can be read only if `disk` says so, as whoever may make tables could
    /// read any file there.
    ///
    /// # Errors
    /// [`crate::Error::Store`], [`crate::Error::Lake`].
    pub async fn install(
        catalog: &Catalog,
        stores: Arc<ObjectStores>,
        context: &SessionContext,
        database: &str,
        disk: bool,
    ) -> Result<Self> {
        let shared = Arc::new(Shared {
            catalog: catalog.clone(),
            stores,
            disk,
            session: OnceLock::new(),
            bytes: AtomicU64::new(0),
            versions: Mutex::default(),
        });
        let mut schemas = HashMap::new();
        for found in catalog.databases().await? {
            schemas.insert(found.name.clone(), Arc::new(DatabaseSchema::new(Arc::clone(&shared), found.name)));
        }
        let installed = Self { shared: Arc::clone(&shared), schemas };
        // A session that was given its catalog before keeps the first one's state, which is the same.
        let session = context.state_weak_ref();
        let _ = shared.session.set(Box::new(move || Some(session.upgrade()?.read().clone())));
        context.register_catalog(CATALOG, Arc::new(installed.clone()));
        let state = context.state_ref();
        let mut state = state.write();
        let described = TableDescriptions(Arc::new(CatalogTables(Arc::clone(&shared))));
        state.config_mut().set_extension(Arc::new(described));
        let options = state.config_mut().options_mut();
        options.catalog.default_catalog = CATALOG.to_owned();
        options.catalog.default_schema = database.to_lowercase();
        Ok(installed)
    }

    /// Adds a table that only this session has, and returns whether there is such a database.
    pub fn add_table(&self, database: &str, name: &str, table: Arc<dyn TableProvider>) -> bool {
        let schema = self.schemas.get(&database.to_lowercase());
        schema.map(|schema| schema.add(name, table)).is_some()
    }

    /// Bytes of the files behind the names that were looked up so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Versions of the tables and views behind the names that were looked up so far, by `database/table`. A version of a
    /// table of the lake tells its rows, that of another its definition.
    #[must_use]
    pub fn versions(&self) -> BTreeMap<String, u64> {
        self.shared.versions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the names of the tables of all databases, which `information_schema` shows.
    ///
    /// # Errors
    /// [`crate::Error::Store`], [`crate::Error::Lake`].
    pub async fn load_names(&self) -> Result<()> {
        for schema in self.schemas.values() {
            schema.load_names().await?;
        }
        Ok(())
    }
}

impl CatalogProvider for SessionCatalog {
    fn schema_names(&self) -> Vec<String> {
        self.schemas.keys().cloned().collect()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let schema = self.schemas.get(&name.to_lowercase())?;
        Some(Arc::clone(schema) as Arc<dyn SchemaProvider>)
    }
}
