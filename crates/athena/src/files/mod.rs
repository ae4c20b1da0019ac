//! Result files, to the byte.

mod csv_reader;
mod csv_writer;
mod metadata;

pub use csv_reader::CsvRows;
pub use csv_writer::{csv_header, csv_rows};
pub use metadata::{Metadata, decode_metadata, encode_metadata};
