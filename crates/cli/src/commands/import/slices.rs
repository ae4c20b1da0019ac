//! Writes histories as slices.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{histories::History, item_uri::item_uri};

/// Users of one slice, as in the Million Playlist Dataset.
const SLICE: usize = 1000;

/// Writes the histories into a folder that has no slices yet, and returns the number of slices. The pid is a user's place
/// in `histories`, the title the user's name.
pub(super) fn write(folder: &Path, histories: &[History], items: &[String]) -> Result<usize> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create folder `{}`", folder.display()))?;
    refuse_others(folder)?;
    for (number, slice) in histories.chunks(SLICE).enumerate() {
        let first = number * SLICE;
        let path = folder.join(format!("mpd.slice.{first}-{}.json", first + slice.len() - 1));
        let unfinished = path.with_extension("unfinished");
        write_slice(&unfinished, first, slice, items)
            .and_then(|()| Ok(fs::rename(&unfinished, &path)?))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(histories.len().div_ceil(SLICE))
}

/// A reader would take the slices of both.
fn refuse_others(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list folder `{}`", folder.display()))? {
        let name = entry?.file_name();
        let is_slice = name.to_string_lossy().starts_with("mpd.slice.");
        ensure!(!is_slice, "`{}` holds slices already; empty it, or name another --output", folder.display());
    }
    Ok(())
}

fn write_slice(path: &Path, first: usize, histories: &[History], items: &[String]) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    let info = json!({ "slice": format!("{first}-{}", first + histories.len() - 1), "version": "v1" });
    write!(file, "{{\"info\": {info}, \"playlists\": [")?;
    for (pid, history) in (first..).zip(histories) {
        let track = |(pos, &item): (usize, &u32)| {
            let id = &items[item as usize];
            json!({ "pos": pos, "track_uri": item_uri(id), "track_name": id })
        };
        let tracks: Vec<_> = history.items.iter().enumerate().map(track).collect();
        let playlist = json!({ "pid": pid, "name": history.user, "num_tracks": tracks.len(), "tracks": tracks });
        write!(file, "{}\n{playlist}", if pid == first { "" } else { "," })?;
    }
    writeln!(file, "\n]}}")?;
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}
