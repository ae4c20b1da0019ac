//! The process-wide object store clients, as DataFusion asks for them.

use std::sync::Arc;

use datafusion::{
    error::{DataFusionError, Result},
    execution::object_store::ObjectStoreRegistry,
};
use lake::ObjectStores;
use object_store::ObjectStore;
use url::Url;

/// Hands out the clients of [`ObjectStores`].
#[derive(Debug)]
pub struct StoreRegistry {
    stores: Arc<ObjectStores>,
}

impl StoreRegistry {
    /// A registry over shared clients.
    pub fn new(stores: Arc<ObjectStores>) -> Self {
        Self { stores }
    }
}

impl ObjectStoreRegistry for StoreRegistry {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.stores.register(url, store)
    }

    fn deregister_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        self.stores
            .deregister(url)
            .ok_or_else(|| DataFusionError::Plan(format!("no object store is registered for {url}")))
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        self.stores.client(url).map_err(|error| DataFusionError::External(Box::new(error)))
    }
}
