//! The slices of a demonstration.

use std::path::Path;

use ::sample::{Compression, Generator, SampleOptions};
use anyhow::Result;
use lake::ObjectStores;
use url::Url;

use crate::{commands::sample, console::Console, units};

/// Where they are, relative to the folder that the command runs in.
const FOLDER: &str = "data/raw/sample";
const OPTIONS: SampleOptions =
    SampleOptions { seed: 42, slices: 10, playlists_per_slice: 1000, tracks: 50_000, compression: Compression::None };

/// Makes the slices, unless they are there already.
pub(super) async fn provide(console: &mut Console) -> Result<Url> {
    let folder = Path::new(FOLDER);
    if is_complete(folder)? {
        console.notice(format_args!("using the {} sample slices in {FOLDER}", OPTIONS.slices));
    } else {
        console.notice(format_args!("making {} sample slices in {FOLDER}", OPTIONS.slices));
        let summary = sample::write(folder, OPTIONS, console.is_quiet()).await?;
        console.notice(format_args!(
            "made {} playlists with {} track rows, {}, in {}",
            units::count(summary.playlists),
            units::count(summary.track_rows),
            units::bytes(summary.bytes),
            units::duration(summary.elapsed)
        ));
    }
    Ok(ObjectStores::parse_url(FOLDER)?)
}

/// Slices appear when they are whole, so their names are enough.
fn is_complete(folder: &Path) -> Result<bool> {
    let names = Generator::try_new(&OPTIONS)?;
    Ok((0..OPTIONS.slices).all(|slice| folder.join(names.file_name(slice)).is_file()))
}
