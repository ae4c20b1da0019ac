//! The connections of a store.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::Error as SqlxError;
use sqlx::mysql::MySqlPool;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqlitePool};

use crate::backend::session::Connection;
use crate::backend::{Dialect, Fault, Session};

/// A pool of either driver.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    connections: Connections,
    acquire_timeout: Duration,
}

#[derive(Debug, Clone)]
pub(super) enum Connections {
    Sqlite(SqlitePool),
    /// A database in memory lives as long as one connection to it, so one is kept aside.
    SqliteMemory {
        pool: SqlitePool,
        _anchor: Arc<Mutex<PoolConnection<Sqlite>>>,
    },
    MySql(MySqlPool),
}

impl Pool {
    pub(super) fn new(connections: Connections, acquire_timeout: Duration) -> Self {
        Self { connections, acquire_timeout }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.connections {
            Connections::Sqlite(_) | Connections::SqliteMemory { .. } => Dialect::Sqlite,
            Connections::MySql(_) => Dialect::MySql,
        }
    }

    pub(crate) async fn acquire(&self) -> Result<Session, Fault> {
        let connection = match &self.connections {
            Connections::Sqlite(pool) | Connections::SqliteMemory { pool, .. } => {
                pool.acquire().await.map(Connection::Sqlite)
            }
            Connections::MySql(pool) => pool.acquire().await.map(Connection::MySql),
        };
        match connection {
            Ok(connection) => Ok(Session::new(connection)),
            Err(SqlxError::PoolTimedOut) => Err(Fault::TimedOut(self.acquire_timeout)),
            Err(error) => Err(error.into()),
        }
    }

    /// Closes every connection that is not in use and refuses new ones.
    pub(crate) async fn close(&self) {
        match &self.connections {
            Connections::Sqlite(pool) => pool.close().await,
            // Its anchor is never handed back, so waiting for it would not end; it goes with the last clone.
            Connections::SqliteMemory { .. } => {}
            Connections::MySql(pool) => pool.close().await,
        }
    }
}
