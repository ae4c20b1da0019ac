//! The command itself.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{
    histories::Histories,
    lines::{self, Columns},
    slices,
};
use crate::{console::Console, units};

const EXAMPLES: &str = "\
Examples:
  segue import Beauty.txt --format sequences --output data/raw/beauty       user item1 item2 …
  segue import clicks.txt --format pairs --output data/raw/clicks           user item [time]
  segue import ratings.csv --user-column userId --item-column movieId --time-column timestamp --output data/raw/movies
then
  segue run --input data/raw/beauty --steps quarantine,playlists,playlist_tracks,tracks,sequences
  segue-model evaluate --lake data/lake --protocol leave-one-out";

/// Arguments of `import`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArgs {
    /// File of interactions
    file: PathBuf,
    /// Folder to write slices to; it is made if it is missing and must hold no slices yet
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Form of the file; by default told from the ends .csv and .tsv
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Column of the user, for csv and tsv
    #[arg(long, value_name = "NAME", default_value = "user")]
    user_column: String,
    /// Column of the item, for csv and tsv
    #[arg(long, value_name = "NAME", default_value = "item")]
    item_column: String,
    /// Column of the time, for csv and tsv: numbers of any unit; without it the order of the lines counts
    #[arg(long, value_name = "NAME")]
    time_column: Option<String>,
    /// Users with fewer interactions are left out
    #[arg(long, value_name = "COUNT", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    min_items: u32,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// Form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A line for each user: `user item1 item2 …`, in order
    Sequences,
    /// A line for each interaction: `user item [time]`
    Pairs,
    /// Columns with names, separated by commas
    Csv,
    /// Columns with names, separated by tabs
    Tsv,
}

/// What was made.
#[derive(Debug, Serialize)]
struct Imported {
    slices: usize,
    users: usize,
    items: usize,
    interactions: usize,
    users_left_out: usize,
}

pub(crate) async fn run(args: ImportArgs, console: &mut Console) -> Result<()> {
    let (json, output) = (args.json, args.output.clone());
    let imported = tokio::task::spawn_blocking(move || import(&args)).await.context("the import panicked")??;
    if json {
        return console.json(&imported);
    }
    console.line(format_args!(
        "{} slices in {}: {} users, {} items, {} interactions, {} users left out",
        imported.slices,
        output.display(),
        units::count(imported.users as u64),
        units::count(imported.items as u64),
        units::count(imported.interactions as u64),
        units::count(imported.users_left_out as u64),
    ))?;
    Ok(())
}

fn import(args: &ImportArgs) -> Result<Imported> {
    let name = args.file.display();
    let file = File::open(&args.file).with_context(|| format!("cannot open `{name}`"))?;
    let histories = read(args, BufReader::new(file)).with_context(|| format!("cannot import `{name}`"))?;
    let users = histories.users();
    let (items, histories) = histories.in_order(args.min_items as usize);
    ensure!(!histories.is_empty(), "`{name}` has no user with {} or more interactions", args.min_items);
    let interactions = histories.iter().map(|history| history.items.len()).sum();
    let slices = slices::write(&args.output, &histories, &items)?;
    let users_left_out = users - histories.len();
    Ok(Imported { slices, users: histories.len(), items: items.len(), interactions, users_left_out })
}

fn read(args: &ImportArgs, file: BufReader<File>) -> Result<Histories> {
    let columns = Columns { user: &args.user_column, item: &args.item_column, time: args.time_column.as_deref() };
    match args.format.or_else(|| by_name(&args.file)) {
        Some(Format::Sequences) => lines::sequences(file),
        Some(Format::Pairs) => lines::pairs(file),
        Some(Format::Csv) => lines::table(file, b',', columns),
        Some(Format::Tsv) => lines::table(file, b'\t', columns),
        None => anyhow::bail!("its form cannot be told from its name; say --format sequences, pairs, csv or tsv"),
    }
}

fn by_name(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()? {
        "csv" => Some(Format::Csv),
        "tsv" => Some(Format::Tsv),
        _ => None,
    }
}
