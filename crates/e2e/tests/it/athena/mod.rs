//! The Athena-compatible endpoint, asked by the clients that people use, on a scheduler and executors of their own and a
//! real S3 server. What the clients check is in `tests/athena_clients`, one program each.

mod clients;
mod embedded;
mod killed_inserts;
mod place;
mod restart;
mod signature;
