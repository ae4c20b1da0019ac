//! What the watch is told.

use std::{net::SocketAddr, time::Duration};

use runtime::tls::ServerTls;

use crate::Schedule;

/// Settings of the watch.
#[derive(Debug, Clone)]
pub struct WatchSettings {
    /// Times at which the pipeline runs whatever is new.
    pub schedule: Option<Schedule>,
    /// How often the input is listed for what no event told; [`None`] for never.
    pub poll: Option<Duration>,
    /// Where to listen for events.
    pub events: Option<SocketAddr>,
    /// With what the listener for events encrypts.
    pub events_tls: Option<ServerTls>,
    /// What events must bring as `Authorization: Bearer …`.
    pub events_token: Option<String>,
    /// How long nothing new must have come before a run begins.
    pub settle: Duration,
    /// How long a run waits for more at most.
    pub longest_settle: Duration,
    /// People are told if no run has succeeded for so long.
    pub deadline: Duration,
    /// People are told if predictions have not been brought up to date for so long.
    pub stale_predictions: Option<Duration>,
    /// People are told if the newest slice is older.
    pub stale_input: Option<Duration>,
}
