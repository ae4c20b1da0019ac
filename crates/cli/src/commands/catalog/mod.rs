//! `segue catalog`: what the data catalog has, and how it gets there.

mod command;
mod crawl;
mod tables;

pub(crate) use command::{CatalogArgs, run};
