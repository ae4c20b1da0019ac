//! One connection, taken from the pool for one attempt.

use sqlx::mysql::MySql;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::Sqlite;
use sqlx::{Error as SqlxError, raw_sql};

use crate::backend::fault::leaves_connection_usable;
use crate::backend::value::bind_all;
use crate::backend::{Dialect, Fault, Row, Sql, Value};

/// A connection and what it is in the middle of.
///
/// A session that is dropped while a statement runs or a transaction is open (because a caller was cancelled, ran out
/// of time, or failed) closes its connection instead of handing it back: the server then rolls back, and nobody
/// inherits half an answer.
#[derive(Debug)]
pub(crate) struct Session {
    connection: Option<Connection>,
    state: State,
}

#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    MySql(PoolConnection<MySql>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    InTransaction,
    /// A statement was sent and its answer has not been read.
    Busy,
}

impl Session {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection: Some(connection), state: State::Idle }
    }

    /// Executes a statement and tells how many rows it matched, whether or not it changed them.
    pub(crate) async fn execute(&mut self, sql: &Sql, values: &[Value<'_>]) -> Result<u64, Fault> {
        let before = std::mem::replace(&mut self.state, State::Busy);
        let result = match self.connection()? {
            Connection::Sqlite(connection) => {
                let query = sqlx::query(sql.text(Dialect::Sqlite));
                bind_all(query, values).execute(&mut **connection).await.map(|done| done.rows_affected())
            }
            Connection::MySql(connection) => {
                let query = sqlx::query(sql.text(Dialect::MySql));
                bind_all(query, values).execute(&mut **connection).await.map(|done| done.rows_affected())
            }
        };
        self.settle(before, result)
    }

    /// Executes a statement and collects its rows; the statement bounds their number.
    pub(crate) async fn rows(&mut self, sql: &Sql, values: &[Value<'_>]) -> Result<Vec<Row>, Fault> {
        let before = std::mem::replace(&mut self.state, State::Busy);
        let result = match self.connection()? {
            Connection::Sqlite(connection) => {
                let query = sqlx::query(sql.text(Dialect::Sqlite));
                let rows = bind_all(query, values).fetch_all(&mut **connection).await;
                rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Connection::MySql(connection) => {
                let query = sqlx::query(sql.text(Dialect::MySql));
                let rows = bind_all(query, values).fetch_all(&mut **connection).await;
                rows.map(|rows| rows.into_iter().map(Row::MySql).collect())
            }
        };
        self.settle(before, result)
    }

    /// Executes a statement and takes its first row.
    pub(crate) async fn first_row(&mut self, sql: &Sql, values: &[Value<'_>]) -> Result<Option<Row>, Fault> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Begins a transaction. On SQLite it takes the write lock at once, because a lock taken later cannot wait.
    pub(crate) async fn begin(&mut self) -> Result<(), Fault> {
        self.control("BEGIN IMMEDIATE", "START TRANSACTION", State::InTransaction).await
    }

    /// Ends the transaction: commits what succeeded, rolls back what failed.
    pub(crate) async fn end<T>(mut self, outcome: Result<T, Fault>) -> Result<T, Fault> {
        match outcome {
            Ok(value) => {
                self.control("COMMIT", "COMMIT", State::Idle).await?;
                Ok(value)
            }
            Err(fault) => {
                // Explicit, because locks would otherwise stay until the server notices a closed connection. When the
                // rollback fails, dropping the session closes it, and the first fault is the one to report.
                if self.state == State::InTransaction {
                    let _ = self.control("ROLLBACK", "ROLLBACK", State::Idle).await;
                }
                Err(fault)
            }
        }
    }

    /// Sends transaction control, which MySQL does not take as a prepared statement.
    async fn control(&mut self, sqlite: &'static str, mysql: &'static str, after: State) -> Result<(), Fault> {
        self.state = State::Busy;
        match self.connection()? {
            Connection::Sqlite(connection) => raw_sql(sqlite).execute(&mut **connection).await.map(drop),
            Connection::MySql(connection) => raw_sql(mysql).execute(&mut **connection).await.map(drop),
        }?;
        self.state = after;
        Ok(())
    }

    fn connection(&mut self) -> Result<&mut Connection, Fault> {
        // Only `drop` takes the connection out.
        self.connection.as_mut().ok_or(Fault::Database(SqlxError::PoolClosed))
    }

    fn settle<T>(&mut self, before: State, result: Result<T, SqlxError>) -> Result<T, Fault> {
        if result.as_ref().err().is_none_or(leaves_connection_usable) {
            self.state = before;
        }
        Ok(result?)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.state == State::Idle {
            return;
        }
        match self.connection.take() {
            Some(Connection::Sqlite(connection)) => drop(connection.detach()),
            Some(Connection::MySql(connection)) => drop(connection.detach()),
            None => {}
        }
    }
}
