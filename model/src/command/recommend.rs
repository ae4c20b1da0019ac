//! `segue-model recommend`.

use clap::Args;

use super::{
    cli::{ComputeArgs, LakeArgs},
    output::{plain, print_json, print_text},
};
use crate::{
    Result,
    artefact::{self, ModelSelector},
    recommend::{Answer, Request, TrackReference, recommend},
};

/// Arguments of `recommend`.
#[derive(Debug, Args)]
pub(super) struct RecommendArgs {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    compute: ComputeArgs,
    /// Model: its id, or `latest`.
    #[arg(long, value_name = "ID", default_value_t = ModelSelector::Latest)]
    model: ModelSelector,
    /// Tracks of the list in order, separated by commas: URIs such as `spotify:track:…` or `item:42`, or links to
    /// `open.spotify.com/track/…`.
    #[arg(long, value_name = "TRACKS", value_delimiter = ',', required_unless_present = "title")]
    tracks: Vec<TrackReference>,
    /// Title of the list; it counts where none of the tracks is known.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Tracks wanted.
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    k: u16,
    /// Print one JSON document instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: RecommendArgs) -> Result<()> {
    let device = args.compute.apply()?;
    let lake = args.lake.open().await?;
    let id = artefact::resolve(&lake, args.model).await?;
    let (_, model) = artefact::load(&lake, id, device).await?;
    let request = Request { tracks: args.tracks, title: args.title, k: usize::from(args.k) };
    let answer = recommend(id, &model, &request)?;
    for uri in &answer.unknown_tracks {
        tracing::warn!(track_uri = %uri, "track not known to the model, skipped");
    }
    if args.json { print_json(&answer) } else { print_text(&table(&answer)) }
}

fn table(answer: &Answer) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["rank", "track", "artist", "score", "because of", "address"]);
    for line in &answer.recommendations {
        table.add_row([
            line.rank.to_string(),
            plain(&line.track_name),
            plain(&line.artist_name),
            format!("{:.3}", line.score),
            plain(&line.because_of.join(", ")),
            plain(&line.track_uri),
        ]);
    }
    format!("by {}, model {}\n{table}", answer.source, answer.model_id)
}
