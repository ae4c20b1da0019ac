//! The protocol's readers, given what nobody should send.

mod mutations;
