//! Assembles Ballista's scheduler and executors with Segue's session.
//!
//! The binaries `segue-scheduler` and `segue-executor` are thin shells around [`scheduler`] and [`executor`];
//! [`EmbeddedCluster`] runs the same two in one process, so that a laptop takes the same way through the engine as
//! many machines do. [`connect`] gives a client's session on either.

mod attended;
mod cancellations;
mod client;
mod connection_pool;
mod embedded;
mod error;
pub mod executor;
mod job;
mod job_metrics;
mod measures;
mod metered_engine;
mod mutual_tls;
pub mod ports;
mod recovery;
pub mod scheduler;
mod stoppable;
mod task_metrics;

pub use cancellations::settle;
pub use client::{Cluster, ClusterAddress, connect};
pub use embedded::EmbeddedCluster;
pub use error::{Error, Result};
pub use job::{Job, JobHandle};
pub use mutual_tls::{ClusterTls, ClusterTlsFiles};
