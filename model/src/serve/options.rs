//! How to serve.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use runtime::tls::ServerTls;

use super::EngineOptions;

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen. Port 0 takes a free one.
    pub address: SocketAddr,
    /// Port of gRPC at the same address; none serves HTTP only. Port 0 takes a free one.
    pub grpc_port: Option<u16>,
    /// With what both encrypt, if they do.
    pub tls: Option<ServerTls>,
    /// Queue and batches.
    pub engine: EngineOptions,
    /// How often to look for a newer model; zero never does.
    pub watch: Duration,
    /// How long requests that are under way may take once a stop is asked for.
    pub drain: Duration,
    /// File to write the address to when the server listens.
    pub ready_file: Option<PathBuf>,
}
