//! `segue recommend`.

use anyhow::{Result, bail};
use clap::{ArgGroup, Args};
use store::Recommendation;
use tokio::process::Command;

use crate::{
    console::Console,
    model_binary::ModelBinary,
    settings::Settings,
    table::{plain, table},
};

const EXAMPLES: &str = "\
Examples:
  segue recommend --playlist 42                 what was published for a playlist, from the database
  segue recommend --title 'summer road trip'    for a title alone, by the newest model of the lake
  segue recommend --tracks spotify:track:0UaMYEvWZi0ZqiDOoHU3YI,spotify:track:6I9VzXrHxO9rA9A5euc8Ak";

/// Arguments of `recommend`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, group = ArgGroup::new("what").required(true).multiple(true))]
pub(crate) struct RecommendArgs {
    /// Playlist whose published predictions to show, by its pid
    #[arg(
        long,
        value_name = "PID",
        group = "what",
        conflicts_with_all = ["tracks", "title"],
        value_parser = clap::value_parser!(i64).range(0..)
    )]
    playlist: Option<i64>,
    /// Tracks of a list, in order, separated by commas: URIs such as spotify:track:… or links to open.spotify.com
    #[arg(long, value_name = "TRACKS", group = "what")]
    tracks: Option<String>,
    /// Title of a list
    #[arg(long, value_name = "TEXT", group = "what")]
    title: Option<String>,
    /// Tracks to recommend
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    k: u16,
    #[command(flatten)]
    model: ModelBinary,
    /// Print one JSON document instead of a table
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: RecommendArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    match args.playlist {
        Some(playlist_id) => published(playlist_id, &args, settings, console).await,
        None => ask_model(&args, settings).await,
    }
}

async fn published(playlist_id: i64, args: &RecommendArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    let store = settings.open_store().await?;
    let list = store.recommendations(playlist_id, u32::from(args.k)).await?;
    if list.is_empty() {
        match store.current_set().await? {
            Some(set) => bail!("the current prediction set `{}` has no playlist {playlist_id}", set.set_id),
            None => bail!("{} has no predictions yet; `segue run` publishes them", store.url()),
        }
    }
    if args.json {
        return console.json(&list);
    }
    let mut shown = table(&["rank", "track", "artist", "score", "address"], &[0, 3]);
    for Recommendation { rank_no, score, track } in &list {
        shown.add_row([
            rank_no.to_string(),
            plain(track.track_name.as_deref().unwrap_or_default()),
            plain(track.artist_name.as_deref().unwrap_or_default()),
            format!("{score:.3}"),
            track.track_uri.clone(),
        ]);
    }
    Ok(console.table(&shown)?)
}

/// Hands the question to the trainer's program, which writes the answer, or what is wrong, itself.
async fn ask_model(args: &RecommendArgs, settings: &Settings) -> Result<()> {
    let mut command = Command::new(args.model.path());
    command.arg("recommend").arg("--lake").arg(&settings.lake).arg("--k").arg(args.k.to_string());
    command.args(settings.trainer_log()).env_remove("RUST_LOG");
    if let Some(tracks) = &args.tracks {
        command.arg(format!("--tracks={tracks}"));
    }
    if let Some(title) = &args.title {
        command.arg(format!("--title={title}"));
    }
    if args.json {
        command.arg("--json");
    }
    args.model.hand_over(command).await
}
