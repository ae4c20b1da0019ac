//! What every session promises, through SQL on a single node: scan, functions, reads and writes of the lake, codecs.

#[cfg(test)]
mod codec;
#[cfg(test)]
mod compressed_scan;
#[cfg(test)]
mod cooccurrence;
#[cfg(test)]
mod duckdb;
#[cfg(test)]
mod files_table;
#[cfg(test)]
mod fixture;
mod functions;
#[cfg(test)]
mod fuse_unnest;
#[cfg(test)]
mod insert;
#[cfg(test)]
mod leakage;
#[cfg(test)]
mod marts;
#[cfg(test)]
mod narrow_neighbours;
mod narrow_tracks;
#[cfg(test)]
mod operators;
mod ordered_lists;
#[cfg(test)]
mod pruning;
#[cfg(test)]
mod rejects;
#[cfg(test)]
mod scan;
#[cfg(test)]
mod sql_files;
#[cfg(test)]
mod sql_reference;
#[cfg(test)]
mod trino_journey;
#[cfg(test)]
mod writes;
