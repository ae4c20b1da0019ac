//! One call of the store: what it does and to what, how long it may take and how often it is tried.

use std::time::Duration;

use tokio::time::timeout;

use crate::Error;
use crate::backend::retry::Attempts;
use crate::backend::{Fault, Pool, Row, Session, Sql, Value};

/// A call in progress. The verb phrase and the key name it in errors and logs.
#[derive(Debug)]
pub(crate) struct Call<'s> {
    pub(crate) pool: &'s Pool,
    pub(crate) operation: &'static str,
    pub(crate) key: String,
    /// The limit of one attempt, the wait for a connection included.
    pub(crate) limit: Duration,
    pub(crate) max_attempts: u32,
}

impl Call<'_> {
    pub(crate) async fn session(&self) -> Result<Session, Fault> {
        self.pool.acquire().await
    }

    /// Does the work, again where a fault may pass. It must have the same effect when it is done twice: an attempt may
    /// have been committed although its answer was lost.
    pub(crate) async fn attempt<T, W>(&self, work: impl Fn() -> W) -> Result<T, Error>
    where
        W: Future<Output = Result<T, Fault>>,
    {
        let mut attempts = Attempts::new(self.operation, &self.key, self.max_attempts);
        loop {
            match timeout(self.limit, work()).await.unwrap_or(Err(Fault::TimedOut(self.limit))) {
                Ok(value) => return Ok(value),
                Err(fault) => attempts.wait_or_fail(fault).await?,
            }
        }
    }

    /// Executes one statement, which must have the same effect when it is executed twice.
    pub(crate) async fn execute(self, sql: impl Into<Sql>, values: &[Value<'_>]) -> Result<u64, Error> {
        let sql = sql.into();
        self.attempt(|| async { self.session().await?.execute(&sql, values).await }).await
    }

    /// Reads all rows of one statement and makes a record of each.
    pub(crate) async fn read<T>(
        self,
        sql: impl Into<Sql>,
        values: &[Value<'_>],
        record: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, Error> {
        let sql = sql.into();
        self.attempt(|| async {
            let rows = self.session().await?.rows(&sql, values).await?;
            Ok(rows.iter().map(&record).collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Reads the first row of one statement, if there is one.
    pub(crate) async fn read_first<T>(
        self,
        sql: impl Into<Sql>,
        values: &[Value<'_>],
        record: impl Fn(&Row) -> Result<T, sqlx::Error>,
    ) -> Result<Option<T>, Error> {
        Ok(self.read(sql, values, record).await?.into_iter().next())
    }
}
