//! The catalog on SQLite, with a lake on disk.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod crawling;
mod objects;
mod table_writes;
