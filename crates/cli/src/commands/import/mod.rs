//! `segue import`: interaction files of other worlds as slices that the pipeline reads.
//!
//! A user becomes a playlist, an item a track with the address `item:track:<id>`; nothing else is made up.

mod command;
mod histories;
mod item_uri;
mod lines;
mod slices;

pub(crate) use command::{ImportArgs, run};
