//! Where a command that computes at length tells its metrics.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use runtime::{admin, push, tls::ServerTls};

use crate::{Error, Result};

/// Name of the job under which the trainer's metrics are pushed.
const JOB: &str = "segue_train";

/// Where metrics are told.
#[derive(Debug, Args)]
pub(super) struct MetricsArgs {
    /// Where health and metrics are asked for while it goes on; without it nowhere.
    #[arg(long, env = "SEGUE_MODEL_ADMIN_BIND", value_name = "IP:PORT")]
    admin_bind: Option<SocketAddr>,
    /// Certificates (PEM) with which health and metrics are encrypted, read again when they change; needs --admin-tls-key.
    #[arg(long, env = "SEGUE_ADMIN_TLS_CERT", value_name = "FILE")]
    admin_tls_cert: Option<PathBuf>,
    /// Key (PEM) of --admin-tls-cert.
    #[arg(long, env = "SEGUE_ADMIN_TLS_KEY", value_name = "FILE")]
    admin_tls_key: Option<PathBuf>,
    /// Pushgateway that is told the metrics at the end, such as http://host:9091.
    #[arg(long, env = "SEGUE_PUSH_METRICS", hide_env_values = true, value_name = "URL")]
    push_metrics: Option<String>,
}

impl MetricsArgs {
    /// Begins to answer whoever asks for metrics.
    pub(super) async fn serve(&self) -> Result<()> {
        let Some(address) = self.admin_bind else { return Ok(()) };
        let tls = ServerTls::of_files(self.admin_tls_cert.as_deref(), self.admin_tls_key.as_deref());
        let tls = tls.map_err(|problem| Error::Configuration { field: "admin-tls-cert".to_owned(), problem })?;
        let bound = admin::serve(address, tls.as_ref(), || true).await.map_err(Error::Runtime)?;
        tracing::info!(address = %bound, "health and metrics are answered");
        Ok(())
    }

    /// Tells the Pushgateway, if there is one. What it does not take is lost; the work was done nevertheless.
    pub(super) async fn push(&self) {
        let gateway = self.push_metrics.as_deref().filter(|gateway| !gateway.is_empty());
        if let Some(gateway) = gateway
            && let Err(error) = push::push(gateway, JOB).await
        {
            tracing::warn!(error, "the Pushgateway does not take metrics");
        }
    }
}
