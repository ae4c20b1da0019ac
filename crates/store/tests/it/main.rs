//! The store on every database: the same tests run on SQLite and on the server at `TEST_MYSQL_URL`.

mod chaos_proxy;
mod connecting;
mod databases;
mod faults;
mod loading;
mod migrating;
mod models;
mod publishing;
mod pruning;
mod runs;
mod samples;
mod steps;
mod tracks;
