//! Opening a database: reach it, create it where that is allowed, migrate it, make a pool.

use std::time::Duration;

use sqlx::Error as SqlxError;
use tokio::time::timeout;

use crate::backend::fault::{is_access_denied, is_not_a_database, is_transient, is_unknown_database, is_untrusted};
use crate::backend::retry::Attempts;
use crate::backend::{Fault, Pool, mysql, sqlite};
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

/// Opens one connection; tries again while a server refuses, as it does when it has just been started, and while
/// another process opens or closes a file of SQLite: it then holds a lock for which SQLite does not wait.
pub(super) async fn reached<C, F>(
    url: &DatabaseUrl,
    options: &StoreOptions,
    connect: impl Fn() -> F,
) -> Result<C, Error>
where
    F: Future<Output = Result<C, SqlxError>>,
{
    let mut attempts = Attempts::new("reach", &url.to_string(), options.max_attempts);
    loop {
        match connected(url, options.acquire_timeout, connect()).await {
            Err(error) if may_pass(&error) => attempts.wait_or_fail(Fault::TryAgain(error)).await?,
            result => return result,
        }
    }
}

fn may_pass(error: &Error) -> bool {
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
    } else if is_untrusted(&source) {
        Error::Untrusted { url, source }
    } else {
        Error::Unreachable { url, source }
    }
}
