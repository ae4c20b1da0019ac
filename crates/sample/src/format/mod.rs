//! The MPD's JSON, written by hand: at hundreds of megabytes a second a general serialiser would
//! set the pace.

mod escape;
mod slice;

pub(crate) use slice::SliceWriter;
