//! Folders that tests own.

use std::{path::Path, sync::Arc};

use lake::{Lake, ObjectStores};
use sample::SampleOptions;

/// Writes a few small slices.
pub(crate) fn make_slices(folder: &Path) {
    let options = SampleOptions { slices: 3, playlists_per_slice: 80, tracks: 2_000, ..SampleOptions::default() };
    sample::write_slices(folder, &options, &|_| ()).unwrap();
}

/// Opens a lake on disk.
pub(crate) async fn open_lake(folder: &Path) -> Lake {
    Lake::open(&folder.display().to_string(), Arc::new(ObjectStores::from_env())).await.unwrap()
}
