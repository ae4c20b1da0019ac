//! The inference server.
//!
//! ```text
//! HTTP ──► handlers ──► queue (bounded) ──► engine: one thread, which owns the model
//!   /ping, /invocations     full: 503          waits a moment for others, answers them together
//!   /v2/…                                      between two batches it may take a newer model
//!   /metrics
//! ```
//!
//! `/ping` and `/invocations` are `SageMaker`'s container contract, `/v2` is the Open Inference Protocol (KServe v2) over REST;
//! over gRPC it is `inference.GRPCInferenceService` at a port of its own, behind the same queue.

mod container;
mod engine;
mod failure;
mod grpc;
mod invocations;
mod metrics;
mod open_inference;
mod options;
mod server;
mod shared;
mod watcher;

pub use container::{ContainerPaths, train_in_container};
pub use engine::{Engine, EngineOptions};
pub use options::ServeOptions;
pub use server::serve;
