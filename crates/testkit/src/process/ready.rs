//! The file by which a program says that it is ready, and where it listens.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::guard::ProcessGuard;

/// How long a program may take before it is ready. Two cores may be busy with other tests.
pub(super) const READY_TIMEOUT: Duration = Duration::from_secs(60);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How long a program may take to answer a request on its admin port.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A place for a ready file: one JSON object that maps the name of a port to its address.
///
/// The program writes it under another name and renames it, so that a file that exists is whole.
#[derive(Debug)]
pub struct ReadyFile {
    folder: TempDir,
}

impl ReadyFile {
    /// Makes a place that no other process uses.
    ///
    /// # Errors
    /// If no temporary folder can be made.
    pub fn try_new() -> Result<Self> {
        let folder = TempDir::with_prefix("segue-ready-").context("making a folder for a ready file")?;
        Ok(Self { folder })
    }

    /// Returns the path to give to the program.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("ready.json")
    }

    /// Waits until the process has written the file, and returns its content.
    ///
    /// # Errors
    /// If the process ends before, takes longer than `timeout`, or writes something else than JSON. The
    /// message has the last lines of its output.
    pub async fn wait(&self, process: &ProcessGuard, timeout: Duration) -> Result<Value> {
        let path = self.path();
        let deadline = Instant::now() + timeout;
        loop {
            let was_running = process.is_running();
            if path.exists() {
                return read(&path);
            }
            if !was_running {
                bail!("{} ended before it was ready\n{}", process.name(), process.log_tail());
            }
            if Instant::now() >= deadline {
                let name = process.name();
                bail!("{name} was not ready after {timeout:?}\n{}", process.log_tail());
            }
            sleep(POLL_INTERVAL).await;
        }
    }
}

/// Takes one address out of a ready file's content.
pub(super) fn address(content: &Value, port: &str) -> Result<SocketAddr> {
    content
        .get(port)
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .with_context(|| format!("expected an address as `{port}` in the ready file, found {content}"))
}

/// Asks a program's admin port.
pub(super) async fn admin_get(admin: SocketAddr, path: &str) -> Result<String> {
    let url = format!("http://{admin}{path}");
    // A proxy of the environment is no way to a process on this machine.
    let client = reqwest::Client::builder().no_proxy().timeout(REQUEST_TIMEOUT).build()?;
    let response = client.get(&url).send().await?.error_for_status()?;
    response.text().await.with_context(|| format!("reading the answer of {url}"))
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("reading {} as JSON", path.display()))
}
