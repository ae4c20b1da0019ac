//! What can go wrong with the catalog.

/// Result of a call of the catalog.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Failure of a call of the catalog.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such database.
    #[error("database `{database}` does not exist")]
    NoSuchDatabase {
        /// Its name.
        database: String,
    },
    /// There is a database of this name.
    #[error("database `{database}` already exists")]
    DatabaseExists {
        /// Its name.
        database: String,
    },
    /// The database has tables.
    #[error("database `{database}` is not empty: drop its tables first, or drop it with CASCADE")]
    DatabaseNotEmpty {
        /// Its name.
        database: String,
    },
    /// No such table.
    #[error("table `{database}.{table}` does not exist")]
    NoSuchTable {
        /// Its database.
        database: String,
        /// Its name.
        table: String,
    },
    /// There is a table of this name.
    #[error("table `{database}.{table}` already exists")]
    TableExists {
        /// Its database.
        database: String,
        /// Its name.
        table: String,
    },
    /// The table is the lake's, which only its own writers change.
    #[error(
        "table `{database}.{table}` belongs to the lake and cannot be changed through the catalog; to be rid of it, remove its folder in the lake"
    )]
    LakeTable {
        /// Its database.
        database: String,
        /// Its name.
        table: String,
    },
    /// Somebody else changed the object at the same moment.
    #[error("`{object}` was changed by somebody else at the same moment: try again")]
    Conflict {
        /// What was to be changed.
        object: String,
    },
    /// A partition has another number of values than the table has partition keys.
    #[error("table `{table}` has {expected} partition keys, and {found} values were given")]
    PartitionValues {
        /// The table.
        table: String,
        /// Partition keys of the table.
        expected: usize,
        /// Values that were given.
        found: usize,
    },
    /// An expression that chooses partitions cannot be understood.
    #[error("the expression `{expression}` cannot be understood: {reason}")]
    InvalidExpression {
        /// The expression.
        expression: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A name that the catalog cannot keep.
    #[error("invalid name `{name}`: expected 1 to 255 characters without `/` and control characters")]
    InvalidName {
        /// The name.
        name: String,
    },
    /// What is kept cannot be understood.
    #[error("the catalog's entry of `{object}` cannot be read: {source}")]
    InvalidEntry {
        /// Which object it is of.
        object: String,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// An object store failed.
    #[error(transparent)]
    Files(#[from] object_store::Error),
}
