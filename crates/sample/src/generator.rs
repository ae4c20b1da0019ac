//! Makes slices in memory, or into any writer.

use std::io::{self, Write};
use std::ops::RangeInclusive;

use crate::catalog::Catalog;
use crate::error::Error;
use crate::format::SliceWriter;
use crate::options::SampleOptions;
use crate::playlist::{Playlist, ThemeTable};
use crate::seen::SeenTracks;

/// Bytes that are gathered before they are passed on.
const FLUSH_BYTES: usize = 256 * 1024;

/// Holds the catalogue of one dataset and makes its slices, in any order and from any number of
/// threads.
#[derive(Debug)]
pub struct Generator {
    catalog: Catalog,
    themes: ThemeTable,
    playlists_per_slice: u32,
}

/// What one slice holds.
#[derive(Debug)]
pub(crate) struct SliceTotals {
    pub(crate) track_rows: u64,
    pub(crate) json_bytes: u64,
    pub(crate) seen: SeenTracks,
}

impl Generator {
    /// Lays out the catalogue; takes a fraction of a second and up to 3 bytes a track.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidOption`] if [`SampleOptions::validate`] refuses the options.
    pub fn try_new(options: &SampleOptions) -> Result<Self, Error> {
        options.validate()?;
        let catalog = Catalog::new(options.seed, options.tracks);
        let themes = ThemeTable::new(&catalog);
        Ok(Self { catalog, themes, playlists_per_slice: options.playlists_per_slice })
    }

    /// Returns the file name of a slice, without the suffix of a compression.
    #[must_use]
    pub fn file_name(&self, slice: u32) -> String {
        let pids = self.pids(slice);
        format!("mpd.slice.{}-{}.json", pids.start(), pids.end())
    }

    /// Writes the JSON of a slice to `out`; slices beyond the number that the options name exist as
    /// well.
    ///
    /// # Errors
    ///
    /// Whatever `out` answers.
    pub fn write_slice(&self, slice: u32, out: &mut dyn Write) -> io::Result<()> {
        self.write_counted(slice, out).map(|_| ())
    }

    /// Writes the JSON of a slice and counts what it holds.
    pub(crate) fn write_counted(&self, slice: u32, out: &mut dyn Write) -> io::Result<SliceTotals> {
        let pids = self.pids(slice);
        let mut writer = SliceWriter::new(&self.catalog, *pids.start(), *pids.end());
        let mut totals = SliceTotals { track_rows: 0, json_bytes: 0, seen: self.no_tracks() };
        let mut flush = |buffer: &mut Vec<u8>| {
            totals.json_bytes += buffer.len() as u64;
            out.write_all(buffer)?;
            buffer.clear();
            io::Result::Ok(())
        };
        for pid in pids {
            let playlist = Playlist::new(&self.catalog, &self.themes, pid);
            writer.push(&playlist);
            totals.track_rows += playlist.tracks.len() as u64;
            playlist.tracks.iter().for_each(|track| totals.seen.insert(track.id));
            if writer.buffer().len() >= FLUSH_BYTES {
                flush(writer.buffer())?;
            }
        }
        flush(&mut writer.finish())?;
        Ok(totals)
    }

    /// Returns an empty set of this catalogue's tracks.
    pub(crate) fn no_tracks(&self) -> SeenTracks {
        SeenTracks::new(self.catalog.track_count())
    }

    fn pids(&self, slice: u32) -> RangeInclusive<u32> {
        let start = slice.saturating_mul(self.playlists_per_slice);
        start..=start.saturating_add(self.playlists_per_slice - 1)
    }
}
