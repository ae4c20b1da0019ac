//! SQLite: one file, write-ahead log, one writer at a time.

use std::path::Path;
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use crate::backend::access::{connected, reached};
use crate::backend::pool::Connections;
use crate::database_url::DatabaseUrl;
use crate::{Error, StoreOptions, migrations};

/// How long a statement waits for another writer, well below the limit of a call.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn open_file(url: &DatabaseUrl, path: &Path, options: &StoreOptions) -> Result<Connections, Error> {
    if !path.exists() {
        if !options.create_database {
            return Err(Error::UnknownDatabase { url: url.to_string() });
        }
        create_folder_of(url, path).await?;
    }
    // NORMAL loses at most the last transactions when the power fails, and never harms the file; whoever needs them
    // resumes its run. FULL would sync at each of a load's many commits.
    let file = connect_options(SqliteConnectOptions::new())
        .filename(path)
        .create_if_missing(options.create_database)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let mut first = reached(url, options, || file.connect()).await?;
    migrations::run_on_sqlite(url, &mut first, options.migration_timeout).await?;
    // A failure to close politely leaves nothing behind: the connection ends with its handle.
    let _ = first.close().await;
    let pool = SqlitePoolOptions::new()
        .max_connections(options.max_connections.max(1))
        .acquire_timeout(options.acquire_timeout)
        .connect_lazy_with(file);
    Ok(Connections::Sqlite(pool))
}

pub(super) async fn open_memory(url: &DatabaseUrl, options: &StoreOptions) -> Result<Connections, Error> {
    let unreachable = |source| Error::Unreachable { url: url.to_string(), source };
    let memory = SqliteConnectOptions::from_str("sqlite::memory:").map_err(unreachable)?;
    // One connection to work with and one to keep the database alive: with more, shared-cache mode would answer
    // "table is locked" instead of waiting.
    let pool: SqlitePool = SqlitePoolOptions::new()
        .max_connections(2)
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(connect_options(memory));
    let mut anchor = connected(url, options.acquire_timeout, pool.acquire()).await?;
    migrations::run_on_sqlite(url, &mut anchor, options.migration_timeout).await?;
    Ok(Connections::SqliteMemory { pool, _anchor: Arc::new(Mutex::new(anchor)) })
}

fn connect_options(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options.foreign_keys(true).busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

async fn create_folder_of(url: &DatabaseUrl, path: &Path) -> Result<(), Error> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    tokio::fs::create_dir_all(folder)
        .await
        .map_err(|source| Error::Unreachable { url: url.to_string(), source: source.into() })
}
