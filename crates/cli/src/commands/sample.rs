//! `segue sample`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use sample::{Compression, SampleOptions, Summary, write_slices};

use crate::{console::Console, progress::SampleProgress, units};

const EXAMPLES: &str = "\
Examples:
  segue sample --output data/raw --slices 10 --tracks 50000    330 MB in which a model can learn
  segue sample --output /data/mpd --slices 1000                the size of the real data set, 33 GB
  segue sample --output tiny --slices 2 --playlists-per-slice 60 --tracks 2000 --compression zstd";

/// Arguments of `sample`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SampleArgs {
    /// Folder to write to; it is made if it is missing
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Number of files; each is about 33 MB with 1000 playlists
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    slices: u32,
    /// Playlists in a file
    #[arg(long, value_name = "COUNT", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    playlists_per_slice: u32,
    /// Tracks of the catalogue that playlists draw from; 5,000 a slice let a model learn, the default is that of the
    /// real data set
    #[arg(long, value_name = "COUNT", default_value_t = SampleOptions::MPD_TRACKS)]
    tracks: u32,
    /// Seed; the same seed and catalogue give the same playlists
    #[arg(long, value_name = "NUMBER", default_value_t = 42)]
    seed: u64,
    /// Compression of the files: none, gzip or zstd
    #[arg(long, value_name = "NAME", default_value_t = Compression::None)]
    compression: Compression,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: SampleArgs, console: &mut Console) -> Result<()> {
    let options = SampleOptions {
        seed: args.seed,
        slices: args.slices,
        playlists_per_slice: args.playlists_per_slice,
        tracks: args.tracks,
        compression: args.compression,
    };
    let summary = write(&args.output, options, console.is_quiet()).await?;
    if args.json {
        return console.json(&summary);
    }
    console.line(format_args!(
        "{} slices in {}: {} playlists, {} track rows of {} tracks, {}, {}",
        summary.slices,
        args.output.display(),
        units::count(summary.playlists),
        units::count(summary.track_rows),
        units::count(summary.distinct_tracks),
        units::bytes(summary.bytes),
        units::duration(summary.elapsed),
    ))?;
    Ok(())
}

/// Writes slices on all cores while others get their turn.
pub(crate) async fn write(folder: &Path, options: SampleOptions, is_quiet: bool) -> Result<Summary> {
    let folder = folder.to_owned();
    let writing = tokio::task::spawn_blocking(move || {
        let progress = SampleProgress::start(options.slices, is_quiet);
        write_slices(&folder, &options, &|done| progress.show(done))
    });
    Ok(writing.await.context("the making of slices panicked")??)
}
