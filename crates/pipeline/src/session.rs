//! The places that a run works with, and the session on them.

use std::sync::Arc;

use cluster::{Cluster, ClusterAddress};
use datafusion::{error::DataFusionError, prelude::SessionContext};
use lake::{Lake, ObjectStores};
use store::{DatabaseUrl, Store, StoreOptions};
use udfs::{
    lake_table::LakeSchemaProvider,
    scan::{BadInput, ScanSpec, SliceTable, SliceVersions},
    session::EngineOptions,
};
use url::Url;

use crate::Result;

/// Name of the table of raw playlists.
pub const RAW_PLAYLISTS: &str = "raw_playlists";
/// Name of the table of what cannot be used of the raw slices.
pub const RAW_REJECTS: &str = "raw_rejects";

/// Lake and cluster, opened: all that a query needs.
#[derive(Debug)]
pub struct LakeEngine {
    stores: Arc<ObjectStores>,
    lake: Lake,
    cluster: Cluster,
    engine: EngineOptions,
}

impl LakeEngine {
    /// Opens both; each failure says which one it was.
    ///
    /// # Errors
    /// [`Error::Lake`](crate::Error::Lake), [`Error::Cluster`](crate::Error::Cluster).
    pub async fn open(lake: &str, cluster: &ClusterAddress, engine: EngineOptions) -> Result<Self> {
        let stores = Arc::new(ObjectStores::from_env());
        let lake = Lake::open(lake, Arc::clone(&stores)).await?;
        let cluster = Cluster::open(cluster, &engine, Arc::clone(&stores)).await?;
        Ok(Self { stores, lake, cluster, engine })
    }

    /// The lake.
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// A new session in which the lake's tables stand under their names.
    ///
    /// # Errors
    /// [`Error::Cluster`](crate::Error::Cluster) if the session cannot be made or the lake cannot be listed.
    pub async fn session(&self) -> Result<SessionContext> {
        let context = cluster::connect(&self.cluster, &self.engine, Arc::clone(&self.stores)).await?;
        register_lake(&context, &self.lake).await.map_err(cluster::Error::Session)?;
        Ok(context)
    }

    /// A session that also has the raw slices of a folder or file.
    ///
    /// # Errors
    /// As [`Self::session`].
    pub async fn session_on(&self, input: &Url, bad_input: BadInput) -> Result<SessionContext> {
        let context = self.session().await?;
        register_raw(&context, input, bad_input, None).map_err(cluster::Error::Session)?;
        Ok(context)
    }
}

/// Lake, database and cluster, opened: all that a run needs.
#[derive(Debug)]
pub struct Workspace {
    /// Object store clients.
    pub stores: Arc<ObjectStores>,
    /// The lake.
    pub lake: Lake,
    /// The database.
    pub store: Store,
    engine: LakeEngine,
}

impl Workspace {
    /// Opens all three; each failure says which one it was.
    ///
    /// # Errors
    /// [`Error::Lake`](crate::Error::Lake), [`Error::Store`](crate::Error::Store), [`Error::Cluster`](crate::Error::Cluster).
    pub async fn open(
        lake: &str,
        database: &DatabaseUrl,
        cluster: &ClusterAddress,
        engine: EngineOptions,
    ) -> Result<Self> {
        let store = Store::connect(database, &StoreOptions::default()).await?;
        let engine = LakeEngine::open(lake, cluster, engine).await?;
        Ok(Self { stores: Arc::clone(&engine.stores), lake: engine.lake.clone(), store, engine })
    }

    /// A new session in which the lake's tables stand under their names.
    ///
    /// # Errors
    /// As [`LakeEngine::session`].
    pub async fn session(&self) -> Result<SessionContext> {
        self.engine.session().await
    }

    /// A session that also has some of the raw slices of a folder, or none, as the given versions of them.
    ///
    /// # Errors
    /// As [`LakeEngine::session`].
    pub(crate) async fn session_on_slices(
        &self,
        input: &Url,
        bad_input: BadInput,
        only: SliceVersions,
    ) -> Result<SessionContext> {
        let context = self.session().await?;
        register_raw(&context, input, bad_input, Some(only)).map_err(cluster::Error::Session)?;
        Ok(context)
    }
}

/// Makes the lake's tables the default schema of a session.
async fn register_lake(context: &SessionContext, lake: &Lake) -> datafusion::error::Result<()> {
    let tables = LakeSchemaProvider::try_new(lake.clone()).await?;
    let catalog = context
        .catalog("datafusion")
        .ok_or_else(|| DataFusionError::Internal("the session has no default catalog".to_owned()))?;
    catalog.register_schema("public", Arc::new(tables))?;
    Ok(())
}

fn register_raw(
    context: &SessionContext,
    input: &Url,
    bad_input: BadInput,
    only: Option<SliceVersions>,
) -> datafusion::error::Result<()> {
    let mut playlists = SliceTable::try_new(input.clone(), ScanSpec::playlists(bad_input))?;
    let mut rejects = SliceTable::try_new(input.clone(), ScanSpec::rejects())?;
    if let Some(versions) = only {
        playlists = playlists.only(versions.clone());
        rejects = rejects.only(versions);
    }
    context.register_table(RAW_PLAYLISTS, Arc::new(playlists))?;
    context.register_table(RAW_REJECTS, Arc::new(rejects))?;
    Ok(())
}
