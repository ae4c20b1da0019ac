//! Real servers and real processes for tests.
//!
//! [`services`] finds the MySQL and S3 servers that `deploy/setup/services.sh` starts, and gives each
//! test a database or a key prefix of its own. [`process`] runs Segue's own binaries: a scheduler,
//! executors, the command line, or a whole cluster, each ended with the value that stands for it;
//! [`http`] asks them.
//!
//! Nothing here knows what the programs do: it depends on no other crate of the workspace, so that any
//! of them can be tested with it.

mod environment;
pub mod http;
pub mod process;
pub mod services;
