//! What can go wrong while slices are made.

use std::io;
use std::path::PathBuf;

/// Reports why slices could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An option is outside its range; nothing was written.
    #[error("option `{option}` is {value}, expected {expected}")]
    InvalidOption {
        /// Name of the field of [`SampleOptions`](crate::SampleOptions).
        option: &'static str,
        /// The value that was given.
        value: u64,
        /// The range that is accepted, and why where that helps.
        expected: String,
    },
    /// The name of a compression is unknown.
    #[error("compression `{name}` is unknown, expected `none`, `gzip` or `zstd`")]
    UnknownCompression {
        /// The name that was given.
        name: String,
    },
    /// The target folder cannot be made; nothing was written.
    #[error(
        "cannot create folder `{}`, check that its parent exists and is writable",
        path.display()
    )]
    CreateFolder {
        /// The folder.
        path: PathBuf,
        /// What the file system answered.
        source: io::Error,
    },
    /// The target folder cannot be listed; nothing was written.
    #[error("cannot list folder `{}`, check its permissions", path.display())]
    ListFolder {
        /// The folder.
        path: PathBuf,
        /// What the file system answered.
        source: io::Error,
    },
    /// The folder already holds some of the playlists under another name; nothing was written.
    #[error(
        "`{}` holds playlists that `{slice}` would hold, too, and together they would count twice: \
         remove it, or write to another folder",
        path.display()
    )]
    ConflictingSlice {
        /// The file that is in the way.
        path: PathBuf,
        /// The name of the first slice asked for that has some of its playlists.
        slice: String,
    },
    /// One slice cannot be written; slices finished before stay and are complete.
    #[error("cannot write slice `{}`, check free space and permissions", path.display())]
    WriteSlice {
        /// The final path of the slice, which is left as it was before.
        path: PathBuf,
        /// What the file system answered.
        source: io::Error,
    },
}
