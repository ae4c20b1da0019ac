//! Writes slices to a folder, in parallel.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::compression::Compression;
use crate::error::Error;
use crate::generator::{Generator, SliceTotals};
use crate::options::SampleOptions;
use crate::progress::{Progress, Summary};
use crate::seen::SeenTracks;

/// Writes every slice that `options` ask for to `dir`, which is made if it is missing.
///
/// Slices are made on rayon's current thread pool, one task each. A slice appears under its final
/// name (`mpd.slice.{start}-{end}.json`, and `.gz` or `.zst` if compressed) only when it is
/// complete; until then it is a hidden file that ends in `.tmp`. An existing slice of the same name
/// is replaced. Other files in the folder are left alone, so slices of an earlier and larger run
/// stay, as long as they hold other playlists. `progress` hears of each finished slice.
///
/// # Errors
///
/// * [`Error::InvalidOption`], [`Error::CreateFolder`], [`Error::ListFolder`],
///   [`Error::ConflictingSlice`]: nothing was written.
/// * [`Error::WriteSlice`]: slices that were finished before stay.
pub fn write_slices(
    dir: &Path,
    options: &SampleOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Summary, Error> {
    let started = Instant::now();
    let generator = Generator::try_new(options)?;
    fs::create_dir_all(dir).map_err(|source| Error::CreateFolder { path: dir.to_owned(), source })?;
    refuse_conflicts(dir, options, &generator)?;

    let totals = Mutex::new(Totals::new(options, generator.no_tracks()));
    (0..options.slices).into_par_iter().try_for_each(|slice| {
        let path = dir.join(generator.file_name(slice) + options.compression.suffix());
        let written = write_slice(&path, slice, options.compression, &generator);
        let (counted, bytes) = written.map_err(|source| Error::WriteSlice { path, source })?;
        // Progress is told while the lock is held, so that its counts never go back.
        let mut totals = lock(&totals);
        totals.add(&counted, bytes);
        progress(totals.progress);
        Ok(())
    })?;

    let totals = totals.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Summary {
        slices: totals.progress.slices_done,
        playlists: totals.progress.playlists,
        track_rows: totals.progress.track_rows,
        bytes: totals.progress.bytes,
        json_bytes: totals.json_bytes,
        distinct_tracks: totals.seen.count(),
        elapsed: started.elapsed(),
    })
}

struct Totals {
    progress: Progress,
    playlists_per_slice: u32,
    json_bytes: u64,
    seen: SeenTracks,
}

impl Totals {
    fn new(options: &SampleOptions, seen: SeenTracks) -> Self {
        let progress = Progress { slices_done: 0, slices: options.slices, playlists: 0, track_rows: 0, bytes: 0 };
        Self { progress, playlists_per_slice: options.playlists_per_slice, json_bytes: 0, seen }
    }

    fn add(&mut self, slice: &SliceTotals, bytes: u64) {
        self.progress.slices_done += 1;
        self.progress.playlists += u64::from(self.playlists_per_slice);
        self.progress.track_rows += slice.track_rows;
        self.progress.bytes += bytes;
        self.json_bytes += slice.json_bytes;
        self.seen.merge(&slice.seen);
    }
}

/// Refuses to write slices beside others that hold some of the same playlists, in another
/// compression or cut in another way, since a reader would take both.
fn refuse_conflicts(dir: &Path, options: &SampleOptions, generator: &Generator) -> Result<(), Error> {
    let unlisted = |source| Error::ListFolder { path: dir.to_owned(), source };
    for entry in fs::read_dir(dir).map_err(unlisted)? {
        let name = entry.map_err(unlisted)?.file_name();
        let Some(first) = name.to_str().and_then(first_pid) else { continue };
        // Playlists are numbered without gaps from 0, so a slice that begins among ours overlaps them.
        let slice = first / options.playlists_per_slice;
        let asked_for = generator.file_name(slice) + options.compression.suffix();
        if slice < options.slices && name != *asked_for {
            return Err(Error::ConflictingSlice { path: dir.join(name), slice: asked_for });
        }
    }
    Ok(())
}

/// The first playlist of a slice by its name, `mpd.slice.{start}-{end}.json` in any compression.
fn first_pid(name: &str) -> Option<u32> {
    let plain = Compression::ALL.into_iter().filter_map(|compression| name.strip_suffix(compression.suffix()));
    let range = plain.filter_map(|name| name.strip_prefix("mpd.slice.")?.strip_suffix(".json")).next()?;
    let (start, end) = range.split_once('-')?;
    end.parse::<u64>().ok().and(start.parse().ok())
}

/// Writes one slice to a temporary file and renames it; returns its totals and its size on disk.
fn write_slice(
    path: &Path,
    slice: u32,
    compression: Compression,
    generator: &Generator,
) -> io::Result<(SliceTotals, u64)> {
    let temporary = temporary_path(path);
    let written = write_temporary(&temporary, slice, compression, generator).and_then(|written| {
        fs::rename(&temporary, path)?;
        Ok(written)
    });
    if written.is_err() {
        // The first error is the one to report; a leftover is hidden and does no harm.
        drop(fs::remove_file(&temporary));
    }
    written
}

fn write_temporary(
    path: &Path,
    slice: u32,
    compression: Compression,
    generator: &Generator,
) -> io::Result<(SliceTotals, u64)> {
    let out = BufWriter::new(File::create(path)?);
    let (out, totals) = compression.encode(out, |out| generator.write_counted(slice, out))?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok((totals, file.metadata()?.len()))
}

/// Names the temporary file: hidden, and different for each process, so that two runs cannot mix
/// their bytes.
fn temporary_path(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn lock(totals: &Mutex<Totals>) -> MutexGuard<'_, Totals> {
    totals.lock().unwrap_or_else(PoisonError::into_inner)
}
