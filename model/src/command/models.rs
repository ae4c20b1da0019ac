//! `segue-model models`.

use clap::Args;
use serde::Serialize;

use super::{
    cli::LakeArgs,
    output::{print_json, print_text},
};
use crate::{
    Result,
    artefact::{self, Manifest},
    evaluation::MetricsReport,
};

/// Arguments of `models`.
#[derive(Debug, Args)]
pub(super) struct ModelsArgs {
    #[command(flatten)]
    lake: LakeArgs,
    /// Print one JSON document instead of a table.
    #[arg(long)]
    json: bool,
}

/// One model of the list.
#[derive(Debug, Serialize)]
struct ListedModel {
    #[serde(flatten)]
    manifest: Manifest,
    /// [`None`] where they cannot be read.
    metrics: Option<MetricsReport>,
}

pub(super) async fn run(args: ModelsArgs) -> Result<()> {
    let lake = args.lake.open().await?;
    let mut models = Vec::new();
    for manifest in artefact::list(&lake).await? {
        let metrics = artefact::metrics(&lake, &manifest).await;
        if let Err(error) = &metrics {
            tracing::warn!(model_id = %manifest.model_id, %error, "metrics of a model left out");
        }
        let metrics = metrics.ok();
        models.push(ListedModel { manifest, metrics });
    }
    if args.json { print_json(&models) } else { print_text(&table(&models)) }
}

fn table(models: &[ListedModel]) -> String {
    if models.is_empty() {
        return "no models yet; train one with `segue-model train`".to_owned();
    }
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    let recommenders = ["popularity", "item_knn", "network", "blend"];
    let header = ["model", "tracks", "playlists"].into_iter().map(str::to_owned);
    table.set_header(header.chain(recommenders.iter().map(|name| format!("{name} ndcg@500"))));
    for ListedModel { manifest, metrics } in models {
        let ndcg = |name: &&str| {
            let measured = metrics.as_ref().and_then(|metrics| metrics.recommenders.get(*name));
            let interval = measured.and_then(|measured| measured.metrics.get("ndcg_500"));
            interval.map_or_else(String::new, |interval| format!("{:.4}", interval.mean))
        };
        let playlists = metrics.as_ref().map_or_else(String::new, |metrics| metrics.playlists.train.to_string());
        let first = [manifest.model_id.to_string(), manifest.vocabulary_items.to_string(), playlists];
        table.add_row(first.into_iter().chain(recommenders.iter().map(ndcg)));
    }
    table.to_string()
}
