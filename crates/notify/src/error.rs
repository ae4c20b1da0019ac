//! Why a channel is none, or did not take a notification.

/// Result of reading or using a channel.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Failure to read or use a channel. No message repeats an address, which may hold a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not that of a channel.
    #[error("channel {position} cannot be used: {reason}")]
    InvalidChannel {
        /// Its place in the list, from 1.
        position: usize,
        /// Why.
        reason: String,
    },
    /// A channel did not take a notification, however often it was tried.
    #[error("cannot tell {channel}: {reason}")]
    NotDelivered {
        /// The channel, without secrets.
        channel: String,
        /// Why.
        reason: String,
    },
}
