//! What all operations share.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use catalog::Catalog;
use cluster::Cluster;
use dashmap::DashMap;
use lake::ObjectStores;
use store::Store;
use tokio::sync::{Semaphore, watch};
use udfs::session::EngineOptions;
use uuid::Uuid;

use crate::EndpointOptions;

/// Where tables are, where queries run, and where files are.
#[derive(Debug)]
pub struct Places {
    /// The data catalog, with its store.
    pub catalog: Catalog,
    /// The cluster.
    pub cluster: Cluster,
    /// How queries are divided.
    pub engine: EngineOptions,
    /// Object store clients.
    pub stores: Arc<ObjectStores>,
}

/// The state of an endpoint.
#[derive(Debug)]
pub struct Service {
    pub(crate) places: Places,
    pub(crate) options: EndpointOptions,
    /// Tells this process's queries from those of others.
    pub(crate) owner: String,
    /// Queries of this process that have not ended, each with the switch that stops it.
    pub(crate) open: DashMap<String, watch::Sender<bool>>,
    /// Places of queries that may run.
    pub(crate) slots: Semaphore,
    queued: AtomicUsize,
}

impl Service {
    /// A service on these places.
    #[must_use]
    pub fn new(places: Places, options: EndpointOptions) -> Arc<Self> {
        let slots = Semaphore::new(options.max_running);
        let (owner, open) = (Uuid::new_v4().to_string(), DashMap::new());
        Arc::new(Self { places, options, owner, open, slots, queued: AtomicUsize::new(0) })
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.places.catalog
    }

    pub(crate) fn store(&self) -> &Store {
        self.places.catalog.store()
    }

    /// Whether statements may name places on the disk of this machine. Callers that are not asked who they are, are on
    /// this machine themselves.
    pub(crate) fn allows_disk(&self) -> bool {
        self.options.credentials.is_anonymous()
    }

    /// Takes a place in the queue; false if there is none.
    pub(crate) fn enqueue(&self) -> bool {
        let limit = self.options.max_queued + self.options.max_running;
        let more = |queued: usize| (queued < limit).then_some(queued + 1);
        self.queued.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    pub(crate) fn dequeue(&self) {
        self.queued.fetch_sub(1, Ordering::Relaxed);
    }
}
