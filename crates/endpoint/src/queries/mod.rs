//! The life of a query: accepted, queued, run, ended, remembered.

mod accept;
mod fair_queue;
mod history;
mod life;
mod location;
mod reuse;
mod watch;

pub(crate) use accept::accept;
pub(crate) use fair_queue::{FairQueue, QueueLimits};
pub(crate) use history::{find, now_us, seconds, to_execution};
pub(crate) use life::{is_stopped, stop};
pub(crate) use location::{ResultLocation, ResultObject};
pub(crate) use reuse::Sources;
pub(crate) use watch::watch;
