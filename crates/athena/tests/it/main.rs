//! The protocol's readers, given what nobody should send.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod mutations;
