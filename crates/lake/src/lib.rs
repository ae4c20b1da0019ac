//! The lake: where tables stand, and the commit that makes their files visible.
//!
//! A lake is a folder on disk or a prefix in a bucket:
//!
//! ```text
//! <lake>/_segue.json                              format version of the lake
//! <lake>/<table>/_commits/<version>.json          manifest of one version; the highest is current
//! <lake>/<table>/data/<write_id>/part-*.parquet   the files of one committed write
//! <lake>/<table>/data/<write_id>.<version>/…      files of the version before that this write carried over
//! <lake>/<table>/_candidates/<write_id>.json      a write that is looked at before it becomes a version
//! <lake>/<table>/_staging/<write_id>/…            files that nobody may read yet
//! <lake>/models/<model_id>/…                      model artefacts
//! ```
//!
//! Writers put files under `_staging`; [`Table::commit`] moves the files of the winning task attempts to `data` and
//! then creates the next manifest with a conditional put. A reader that follows the manifests, and one that lists a
//! committed `data/<write_id>` folder, sees whole writes only.
//!
//! This crate knows Arrow and Parquet but no query engine, so that the trainer can use it without one.

mod base;
mod bounds;
mod candidate;
mod commit;
mod delivery;
mod error;
mod folder;
mod layout;
mod line_file;
mod manifest;
mod metered_store;
mod object_stores;
mod parquet_object;
mod part_format;
mod part_writer;
mod reader;
mod shrunk_file;
mod snapshot;
mod staged_write;
mod table;
mod upload;
mod vacuum;
mod writer;

pub use bounds::{ColumnBounds, has_bounds};
pub use candidate::Candidate;
pub use commit::{CommitRequest, WriteMode};
pub use delivery::Delivery;
pub use error::{Error, Result};
pub use folder::Folder;
pub use layout::{LAKE_FORMAT, Lake};
pub use line_file::{LineCompression, LineEncoder, LineFormat};
pub use manifest::{Column, DataFile, Manifest, Origin};
pub use object_stores::ObjectStores;
pub use part_format::PartFormat;
pub use part_writer::{PartWriter, PartitionBy, PartitionValues};
pub use snapshot::Snapshot;
pub use table::Table;
pub use vacuum::{VacuumOptions, VacuumReport};
pub use writer::{ParquetFileWriter, TableWriter, writer_properties};
