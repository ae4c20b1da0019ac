//! What can go wrong with the watch itself; a run that fails is told to people and does not end it.

/// Result of a part of the watch.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Failure of the watch.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A schedule cannot be understood.
    #[error(
        "`{text}` is no schedule: {reason}; expected five fields as in cron, such as `0 2 * * *`, with a time zone behind them if it is not UTC"
    )]
    InvalidSchedule {
        /// What was given.
        text: String,
        /// Why.
        reason: String,
    },
    /// The port for events is taken or cannot be used.
    #[error("cannot listen for events at {address}: {source}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The lake or the input cannot be looked at.
    #[error(transparent)]
    Pipeline(#[from] pipeline::Error),
    /// The lake cannot be looked at.
    #[error(transparent)]
    Lake(#[from] lake::Error),
    /// People could not be told.
    #[error("{0}")]
    NotTold(String),
}
