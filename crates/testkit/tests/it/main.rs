//! Tests of the test kit, and the rules that hold for the whole workspace.

#![expect(clippy::unwrap_used, reason = "clippy knows test functions, but not the helpers beside them")]

mod cluster;
mod process;
mod services;
mod tidy;
