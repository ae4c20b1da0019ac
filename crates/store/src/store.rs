//! The store: a database that is open and up to date.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::backend::{Call, Pool, open};
use crate::{DatabaseUrl, Error, StoreOptions};

/// An open database. Clones share its connections.
///
/// Its operations are in one file per table: runs, steps, models, tracks and predictions. All of them may be cancelled
/// at any point; a cancelled transaction is rolled back.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    url: DatabaseUrl,
    options: StoreOptions,
    pool: Pool,
}

impl Store {
    /// Opens the database at `url`: reaches it, creates it where the options allow, and runs missing migrations.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`], [`Error::NoAnswer`], [`Error::Untrusted`], [`Error::AccessDenied`],
    /// [`Error::UnknownDatabase`] and [`Error::NotADatabase`] when it cannot be opened; [`Error::SchemaTooNew`],
    /// [`Error::SchemaDrift`], [`Error::Migration`] and [`Error::MigrationTimeout`] when its schema cannot be brought up
    /// to date.
    pub async fn connect(url: &DatabaseUrl, options: &StoreOptions) -> Result<Self, Error> {
        let pool = open(url, options).await?;
        Ok(Self { shared: Arc::new(Shared { url: url.clone(), options: options.clone(), pool }) })
    }

    /// Where the store lives; shown without its password.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.shared.url
    }

    /// Checks that the database answers, for readiness probes.
    ///
    /// # Errors
    ///
    /// [`Error::Timeout`] or [`Error::Query`] when it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        let key = self.shared.url.to_string();
        self.call("reach", key).execute("SELECT 1", &[]).await.map(drop)
    }

    /// Closes the connections, waiting for those in use. Clones of the store are then closed, too.
    pub async fn close(&self) {
        self.shared.pool.close().await;
    }

    pub(crate) fn options(&self) -> &StoreOptions {
        &self.shared.options
    }

    /// A call with the usual limit.
    pub(crate) fn call(&self, operation: &'static str, key: impl fmt::Display) -> Call<'_> {
        self.call_within(self.shared.options.call_timeout, operation, key)
    }

    /// A call with a limit of its own, to which the wait for a connection is added.
    pub(crate) fn call_within(&self, limit: Duration, operation: &'static str, key: impl fmt::Display) -> Call<'_> {
        let options = self.options();
        Call {
            pool: &self.shared.pool,
            operation,
            key: key.to_string(),
            limit: options.acquire_timeout + limit,
            max_attempts: options.max_attempts,
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("url", &self.shared.url).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SetId;

    /// Compiles only while callers can spawn the store's futures on other threads.
    #[tokio::test]
    async fn calls_can_be_spawned() {
        let url: DatabaseUrl = "sqlite::memory:".parse().unwrap();
        let store = tokio::spawn(async move { Store::connect(&url, &StoreOptions::default()).await });
        let store = store.await.unwrap().unwrap();
        let set_id = SetId::try_new("s1").unwrap();
        let published = tokio::spawn(async move { store.publish(&set_id, 1, 1).await });
        assert!(matches!(published.await.unwrap(), Err(Error::UnknownSet { .. })));
    }
}
