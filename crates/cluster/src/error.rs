//! What can go wrong with a cluster.

use ballista_core::error::BallistaError;
use datafusion::error::DataFusionError;

/// Result of assembling or reaching a cluster.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Failure to assemble or reach a cluster.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address of the scheduler is not one.
    #[error("`{address}` is not the address of a scheduler: {reason}; use df://host:port")]
    InvalidAddress {
        /// As given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody answers at the scheduler's address.
    #[error(
        "no scheduler answers at {address}: {reason}; start segue-scheduler there, or leave out --scheduler to run in this process"
    )]
    Unreachable {
        /// The address.
        address: String,
        /// Why.
        reason: String,
    },
    /// A port or folder that a process needs cannot be had.
    #[error("cannot {action}")]
    Io {
        /// What was being done.
        action: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// Ballista refused its configuration or stopped.
    #[error("{process} failed: {source}")]
    Ballista {
        /// `scheduler` or `executor`.
        process: &'static str,
        /// The cause.
        #[source]
        source: BallistaError,
    },
    /// The cluster cannot be encrypted.
    #[error("{reason}")]
    Tls {
        /// Why.
        reason: String,
    },
    /// The session cannot be made.
    #[error("cannot make a session: {0}")]
    Session(#[source] DataFusionError),
    /// A process did not become ready.
    #[error("the embedded {process} did not become ready within {seconds} s")]
    NotReady {
        /// `scheduler` or `executor`.
        process: &'static str,
        /// How long it was waited for.
        seconds: u64,
    },
}

impl Error {
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}
