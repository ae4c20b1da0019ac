//! Starts the Athena-compatible endpoint beside the scheduler.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow};
use athena::signature::Credentials;
use catalog::Catalog;
use cluster::{Cluster, ClusterAddress, scheduler::SchedulerOptions};
use endpoint::{EndpointOptions, Places, Service};
use lake::{Lake, ObjectStores};
use runtime::tls::ServerTls;
use store::{DatabaseUrl, Store, StoreOptions};

use crate::options::EndpointArguments;

/// Starts the endpoint if it is asked for, and returns its address.
pub(crate) async fn start(
    arguments: &EndpointArguments,
    scheduler: SocketAddr,
    settings: &SchedulerOptions,
    stores: Arc<ObjectStores>,
) -> Result<Option<SocketAddr>> {
    let Some(bind) = arguments.athena_bind else { return Ok(None) };
    let mut options = EndpointOptions::on(bind);
    options.output_location.clone_from(&arguments.athena_output);
    let tls = ServerTls::of_files(arguments.athena_tls_cert.as_deref(), arguments.athena_tls_key.as_deref());
    options.tls = tls.map_err(|reason| anyhow!(reason))?;
    options.max_running = arguments.athena_max_running.max(1);
    if let Some(path) = &arguments.athena_keys {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read the keys `{}`", path.display()))?;
        options.credentials =
            Credentials::from_toml(&text).map_err(|reason| anyhow!("the keys `{}`: {reason}", path.display()))?;
    }
    options.max_running_per_work_group = arguments.athena_max_running_per_workgroup.map(|count| count.max(1));
    let url: DatabaseUrl = arguments.database.parse()?;
    let store = Store::connect(&url, &StoreOptions::default()).await?;
    let lake = arguments.lake.as_deref().context("the endpoint needs --lake")?;
    let lake = Lake::open(lake, Arc::clone(&stores)).await?;
    let address = ClusterAddress::Remote { url: format!("df://{}", reachable(scheduler)), tls: settings.tls.clone() };
    let engine = &settings.engine;
    let cluster = Cluster::open(&address, engine, Arc::clone(&stores)).await?;
    let places = Places { catalog: Catalog::new(store, Some(lake)), cluster, engine: engine.clone(), stores };
    Ok(Some(
        endpoint::serve(Service::try_new(places, options)?)
            .await
            .with_context(|| format!("cannot serve Athena on {bind}"))?,
    ))
}

/// The scheduler's own address as this process reaches it.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
