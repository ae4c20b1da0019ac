//! `segue-model predict`.

use clap::Args;

use super::{
    cli::{ComputeArgs, LakeArgs},
    output::{print_json, print_text},
};
use crate::{
    Result,
    artefact::{self, ModelSelector},
    predict::{PredictOptions, predict},
};

/// Arguments of `predict`.
#[derive(Debug, Args)]
pub(super) struct PredictArgs {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    compute: ComputeArgs,
    /// Model: its id, or `latest`.
    #[arg(long, value_name = "ID", default_value_t = ModelSelector::Latest)]
    model: ModelSelector,
    /// Tracks for each playlist.
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    k: u16,
    /// Playlists that are worked on at once.
    #[arg(long, value_name = "COUNT", default_value_t = 2_048, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    batch: u32,
    /// Print one JSON document instead of text.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: PredictArgs) -> Result<()> {
    let device = args.compute.apply()?;
    let lake = args.lake.open().await?;
    let id = artefact::resolve(&lake, args.model).await?;
    let (_, model) = artefact::load(&lake, id, device).await?;
    let options = PredictOptions { k: usize::from(args.k), batch: args.batch as usize };
    let report = predict(&lake, id, &model, options).await?;
    if args.json {
        return print_json(&report);
    }
    let by_source: Vec<String> =
        report.playlists_by_source.iter().map(|(source, count)| format!("{count} by {source}")).collect();
    print_text(&format!(
        "{} rows for {} playlists ({}) with model {id} in {:.1} s",
        report.rows,
        report.playlists,
        by_source.join(", "),
        report.seconds
    ))
}
