//! The signal to stop, and the notice that a process is ready.

use std::{io, path::Path};

use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

/// Waits for SIGTERM (Kubernetes, systemd) or SIGINT (a person).
///
/// # Errors
/// An IO error if the handlers cannot be installed.
pub async fn requested() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let name = tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    info!(signal = name, "stop requested");
    Ok(())
}

/// Writes a JSON document that says where a process listens, whole or not at all, for whoever started it.
///
/// # Errors
/// An IO error if the file cannot be written.
pub fn write_ready_file<T: Serialize>(path: &Path, addresses: &T) -> io::Result<()> {
    let body = serde_json::to_vec(addresses).map_err(io::Error::other)?;
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, body)?;
    std::fs::rename(&unfinished, path)
}
