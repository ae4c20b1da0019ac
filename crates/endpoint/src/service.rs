//! What all operations share.

use std::{io, sync::Arc};

use catalog::Catalog;
use cluster::Cluster;
use dashmap::DashMap;
use lake::ObjectStores;
use store::Store;
use tokio::sync::watch;
use udfs::session::EngineOptions;
use uuid::Uuid;

use crate::{
    EndpointOptions,
    metrics::Metrics,
    queries::{FairQueue, QueueLimits},
};

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
    /// Queries that wait for leave to run.
    pub(crate) queue: Arc<FairQueue>,
    /// What Prometheus is told.
    pub(crate) metrics: Metrics,
}

impl Service {
    /// A service on these places.
    ///
    /// # Errors
    /// An IO error if its metrics cannot be defined.
    pub fn try_new(places: Places, options: EndpointOptions) -> io::Result<Arc<Self>> {
        let queue = FairQueue::new(QueueLimits {
            running: options.max_running,
            running_of_group: options.max_running_per_work_group.unwrap_or(options.max_running),
            queued: options.max_queued,
            queued_of_group: options.max_queued_per_work_group,
        });
        let (owner, open) = (Uuid::new_v4().to_string(), DashMap::new());
        let metrics = Metrics::registered(&queue).map_err(io::Error::other)?;
        Ok(Arc::new(Self { places, options, owner, open, queue, metrics }))
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
}
