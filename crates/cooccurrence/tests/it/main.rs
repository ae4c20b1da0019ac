//! The kernel against a naive reference, for every measure and option, however the items are divided.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(test)]
mod naive;
mod properties;
