//! Segue's programs as child processes.
//!
//! Every process is a [`ProcessGuard`]: it keeps the output, it can be ended in every way that a process
//! ends in real life, and it leaves nothing behind when its value is dropped. [`Scheduler`], [`Executor`]
//! and [`Cluster`] add the programs' arguments and wait until they are ready; [`Segue`] runs the command
//! line.
//!
//! All ports are picked by the operating system and read back from the programs' ready files, so that any
//! number of tests can run side by side. The programs must have been built: `cargo build --workspace --bins`.

mod cluster;
mod command;
mod executor;
mod exit;
mod guard;
mod leftovers;
mod logs;
mod output;
mod program;
mod ready;
mod scheduler;
mod segue;
mod small_disk;

pub use cluster::{Cluster, ClusterBuilder};
pub use command::ProcessCommand;
pub use executor::{Executor, ExecutorBuilder};
pub use guard::ProcessGuard;
pub use output::Output;
pub use program::{PROGRAM_FOLDER_VARIABLE, find_program};
pub use ready::ReadyFile;
pub use scheduler::{Scheduler, SchedulerBuilder};
pub use segue::Segue;
pub use small_disk::SmallDisk;
