//! The kernel against a naive reference.
