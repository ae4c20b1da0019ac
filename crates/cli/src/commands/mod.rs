//! What segue can do, one command per file or folder.

mod dispatch;

pub(crate) mod catalog;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod evaluate;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod recommend;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod sample;
pub(crate) mod serve;
pub(crate) mod sql;
pub(crate) mod tables;
pub(crate) mod vacuum;
pub(crate) mod watch;

pub(crate) use dispatch::dispatch;
