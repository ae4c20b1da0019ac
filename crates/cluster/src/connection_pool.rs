//! Connections to other executors, kept for the next shuffle fetch.
//!
//! Ballista has a pool of its own, but private to its executor crate and lost to an executor that brings an execution
//! engine, as Segue's does. Without one, every fetch opens a connection and a large shuffle runs out of ports.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use ballista_core::{
    client::BallistaClient,
    client_pool::{BallistaClientPool, PooledClient},
    error::Result,
    extension::BallistaConfigGrpcEndpoint,
    utils::GrpcClientConfig,
};

/// A connection that has not been used for so long is closed at the next use of the pool.
const IDLE_LIMIT: Duration = Duration::from_secs(30);

type Key = (String, u16, GrpcClientConfig);

struct Idle {
    client: BallistaClient,
    since: Instant,
}

/// Idle connections by address and settings.
#[derive(Clone, Default)]
pub(crate) struct ConnectionPool {
    idle: Arc<Mutex<HashMap<Key, Vec<Idle>>>>,
}

impl fmt::Debug for ConnectionPool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ConnectionPool").finish_non_exhaustive()
    }
}

impl ConnectionPool {
    /// A panic elsewhere cannot leave the map half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Vec<Idle>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, key: &Key) -> Option<BallistaClient> {
        self.close_idle();
        self.lock().get_mut(key)?.pop().map(|idle| idle.client)
    }

    fn give_back(&self, key: Key, client: BallistaClient) {
        self.lock().entry(key).or_default().push(Idle { client, since: Instant::now() });
    }

    fn close_idle(&self) {
        self.lock().retain(|_, connections| {
            connections.retain(|idle| idle.since.elapsed() < IDLE_LIMIT);
            !connections.is_empty()
        });
    }
}

#[async_trait]
impl BallistaClientPool for ConnectionPool {
    async fn acquire(
        &self,
        host: &str,
        port: u16,
        config: &GrpcClientConfig,
        customize_endpoint: Option<Arc<BallistaConfigGrpcEndpoint>>,
    ) -> Result<PooledClient> {
        let key = (host.to_owned(), port, config.clone());
        let client = match self.take(&key) {
            Some(client) => client,
            None => {
                BallistaClient::try_new(
                    host,
                    port,
                    config.max_message_size,
                    config.use_tls,
                    customize_endpoint,
                    config.io_retries_times,
                    config.io_retry_wait_time_ms,
                    config.initial_connection_window_size,
                    config.initial_stream_window_size,
                )
                .await?
            }
        };
        let pool = self.clone();
        Ok(PooledClient::new(client, Box::new(move |client| pool.give_back(key, client))))
    }

    async fn evict_idle(&self) {
        self.close_idle();
    }
}
