//! Text with delimiters, `LazySimpleSerDe`'s.

mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::{plain, write};
