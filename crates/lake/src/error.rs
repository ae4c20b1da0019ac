//! What can go wrong with a lake, named by what the caller can do about it.

use object_store::path::Path;

/// Result of an operation on the lake.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Failure of an operation on the lake.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not one that Segue can open.
    #[error("`{url}` is not a place that segue can open: {reason}; use a path, file:///path or s3://bucket/prefix")]
    InvalidUrl {
        /// The address as given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An object store did not do what was asked, after its own retries.
    #[error("cannot {action} `{path}`{}", hint(source))]
    ObjectStore {
        /// What was being done, as a verb.
        action: &'static str,
        /// Where.
        path: String,
        /// The cause.
        #[source]
        source: object_store::Error,
    },
    /// The lake's place does not answer, or denies access.
    #[error("cannot open the lake at `{url}`{}", hint(source))]
    LakeUnreachable {
        /// The lake.
        url: String,
        /// The cause.
        #[source]
        source: object_store::Error,
    },
    /// The lake was written by another version of Segue.
    #[error(
        "the lake at `{url}` has format {found}, this segue reads formats up to {expected}; use the segue that wrote it, or another --lake"
    )]
    FormatVersion {
        /// The lake.
        url: String,
        /// The format that it carries.
        found: u64,
        /// The format that this build reads.
        expected: u64,
    },
    /// A metadata file cannot be understood.
    #[error("`{path}` is not a valid {what}: {reason}")]
    InvalidMetadata {
        /// The object.
        path: String,
        /// What it should be.
        what: &'static str,
        /// Why it is not.
        reason: String,
    },
    /// The table has never been committed.
    #[error("the lake at `{url}` has no table `{table}`; run the step that writes it (`segue run`)")]
    NoSuchTable {
        /// The lake.
        url: String,
        /// The table.
        table: String,
    },
    /// A table or column name that cannot be used.
    #[error(
        "`{name}` is not a valid table name: use ASCII letters, digits and underscores, and a letter first; `models` is the folder of models"
    )]
    InvalidTableName {
        /// The name as given.
        name: String,
    },
    /// The table lacks a column that was asked for.
    #[error("table `{table}` has no column `{column}`; it has: {available}")]
    NoSuchColumn {
        /// The table.
        table: String,
        /// The column asked for.
        column: String,
        /// The columns that exist.
        available: String,
    },
    /// A Parquet file cannot be read or written.
    #[error("cannot {action} parquet file `{path}`")]
    Parquet {
        /// What was being done, as a verb.
        action: &'static str,
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// Rows cannot be written as lines.
    #[error("cannot write `{path}`")]
    Lines {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// A write has rows of more partitions than it may.
    #[error("Exceeded limit of {limit} open writers for partitions/buckets")]
    TooManyPartitions {
        /// How many it may have.
        limit: usize,
    },
    /// Rows do not have the columns of the file or table that they are written to.
    #[error("rows for `{path}` have the columns {found}, expected {expected}")]
    SchemaMismatch {
        /// The file or table being written.
        path: String,
        /// Columns of the rows.
        found: String,
        /// Columns of the file or table.
        expected: String,
    },
    /// The write would leave no row in a table that must have some.
    #[error(
        "table `{table}` would become empty, so its version before this write stays; look at what was to be written"
    )]
    EmptyTable {
        /// The table.
        table: String,
    },
    /// A folder that is to be filled has files of another write.
    #[error("`{url}` is not empty: there is `{file}`; choose another folder, or remove its files")]
    FolderNotEmpty {
        /// The folder.
        url: String,
        /// One of the files.
        file: String,
    },
    /// Other writers kept committing first.
    #[error(
        "gave up committing to `{table}` after {attempts} attempts, as other writers committed first; run it again"
    )]
    CommitConflict {
        /// The table.
        table: String,
        /// How often it was tried.
        attempts: usize,
    },
}

impl Error {
    pub(crate) fn store(action: &'static str, path: &Path) -> impl FnOnce(object_store::Error) -> Self {
        let path = path.to_string();
        move |source| Self::ObjectStore { action, path, source }
    }

    pub(crate) fn parquet(action: &'static str, path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.to_string();
        move |source| Self::Parquet { action, path, source }
    }
}

fn hint(source: &object_store::Error) -> &'static str {
    use object_store::Error as E;
    match source {
        E::NotFound { .. } => ": it does not exist",
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => {
            ": access denied; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy"
        }
        _ => "",
    }
}
