//! Opening a database: reach it, create it where that is allowed, migrate it, make a pool.

use std::time::Duration;

use sqlx::Error as SqlxError;
use tokio::time::timeout;

use crate::backend::fault::{is_access_denied, is_not_a_database, is_transient, is_unknown_database};
use crate::backend::{Pool, mysql, sqlite};
use crate::database_url::{DatabaseUrl, Target};
use crate::{Error, StoreOptions};

/// Opens the database and brings its schema up to date.
pub(crate) async fn open(url: &DatabaseUrl, options: &StoreOptions) -> Result<Pool, Error> {
    let connections = match url.target() {
        Target::SqliteFile(path) => sqlite::open_file(url, path, options).await,
        Target::SqliteMemory => sqlite::open_memory(url, options).await,
        Target::MySql(server) => mysql::open(url, server, options).await,
    }?;
    Ok(Pool::new(connections, options.acquire_timeout))
}

/// Waits for a connection that is being opened.
pub(super) async fn connected<C>(
    url: &DatabaseUrl,
    limit: Duration,
    connecting: impl Future<Output = Result<C, SqlxError>>,
) -> Result<C, Error> {
    match timeout(limit, connecting).await {
        Ok(result) => result.map_err(|source| connect_error(url, source)),
        Err(_) => Err(Error::NoAnswer { url: url.to_string(), limit }),
    }
}

/// Whether the server may only be starting up.
pub(super) fn may_be_starting(error: &Error) -> bool {
    matches!(error, Error::Unreachable { source, .. } if is_transient(source))
}

fn connect_error(url: &DatabaseUrl, source: SqlxError) -> Error {
    let url = url.to_string();
    if is_access_denied(&source) {
        Error::AccessDenied { url, source }
    } else if is_unknown_database(&source) {
        Error::UnknownDatabase { url }
    } else if is_not_a_database(&source) {
        Error::NotADatabase { url, source }
    } else {
        Error::Unreachable { url, source }
    }
}
