//! The data catalog: which databases, tables, partitions and views there are.
//!
//! Objects are kept in the store as Glue describes them, so that what a client of Glue wrote comes back as it was. The
//! tables of the lake appear in the database [`LAKE_DATABASE`] by themselves, with the schema of their current version.
//!
//! - [`Catalog`]: reads and changes, safe beside other processes;
//! - [`crawl`]: finds tables where files are, and keeps the catalog in step with them;
//! - [`hive_type`]: Hive's type names and Arrow's types;
//! - [`provider`]: the catalog as DataFusion asks for it.

pub mod crawl;
mod databases;
mod error;
pub mod hive_type;
mod lake_tables;
mod location;
mod partition_filter;
mod partitions;
pub mod provider;
mod table_writes;
mod tables;

use lake::Lake;
use store::Store;

pub use databases::DatabaseEntry;
pub use error::{Error, Result};
pub use lake_tables::LAKE_DATABASE;
pub use location::Location;
pub use partition_filter::NULL_VALUE as NULL_PARTITION;
pub use partitions::{PartitionEntry, partition_path};
pub use table_writes::TableWrites;
pub use tables::TableEntry;

/// Name of the one catalog, as it is written in lower case.
pub const CATALOG: &str = "awsdatacatalog";

/// The catalog. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Catalog {
    store: Store,
    lake: Option<Lake>,
}

impl Catalog {
    /// The catalog that a store keeps, together with the tables of a lake.
    #[must_use]
    pub fn new(store: Store, lake: Option<Lake>) -> Self {
        Self { store, lake }
    }

    /// The store that keeps it.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The lake whose tables appear in it.
    #[must_use]
    pub fn lake(&self) -> Option<&Lake> {
        self.lake.as_ref()
    }
}
