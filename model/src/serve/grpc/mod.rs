//! The Open Inference Protocol, version 2, over gRPC: `inference.GRPCInferenceService`.
//!
//! It has the queue, the limits, the drain and the metrics of the REST form, and the same inputs and outputs. Inputs come
//! as contents or as raw bytes, and outputs go back in the form of the inputs.

mod encrypted;
mod inference;
mod messages;
mod methods;
mod service;

use std::{future::Future, io, time::Duration};

use runtime::tls::ServerTls;
use tokio::net::TcpListener;
use tonic::transport::{self, Server, server::TcpIncoming};

use self::service::InferenceService;
use super::shared::Shared;
use crate::{Error, Result};

/// How long a connection may be silent before it is asked whether it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// Calls that a connection may have under way; what it sends beyond them waits.
const STREAMS: u32 = 128;

/// Serves until `stop`, encrypted or not, then answers what is under way and returns.
///
/// # Errors
/// [`Error::Runtime`] for those of the transport.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<&ServerTls>,
    shared: Shared,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let failed = |error: transport::Error| Error::Runtime(io::Error::other(error));
    let server = Server::builder()
        .http2_keepalive_interval(Some(KEEP_ALIVE))
        .max_concurrent_streams(STREAMS)
        .add_service(InferenceService::new(shared));
    match tls {
        Some(tls) => {
            let encrypted = tls.clone().speaking(&["h2"]).listen(listener).map_err(Error::Runtime)?;
            server.serve_with_incoming_shutdown(encrypted::connections(encrypted), stop).await.map_err(failed)
        }
        None => {
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            server.serve_with_incoming_shutdown(incoming, stop).await.map_err(failed)
        }
    }
}
