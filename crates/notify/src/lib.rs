//! Tells people what happened to the nightly batch.
//!
//! ```text
//! Notification ─► Notifier ─┬─► SNS topic (Publish, signed)
//!                           ├─► mail (SMTP)
//!                           └─► webhook (JSON, or the shape that Slack reads)
//! ```
//!
//! A channel is an address, so that a list of them fits in one variable. What a notification says is the same
//! everywhere: what happened to which run at which step, why, and what to do next.

mod channel;
mod error;
mod notification;
mod notifier;

pub use channel::{AwsCredentials, Channel};
pub use error::{Error, Result};
pub use notification::{Notification, Severity};
pub use notifier::Notifier;
