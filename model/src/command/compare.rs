//! `segue-model compare`.

use clap::Args;

use super::{
    cli::LakeArgs,
    output::{print_json, print_text},
};
use crate::{
    Error, Result,
    artefact::{self, ModelSelector},
    evaluation::MetricsReport,
};

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    #[command(flatten)]
    lake: LakeArgs,
    /// Models: their ids, or `latest`.
    #[arg(value_name = "ID", num_args = 2.., required = true)]
    models: Vec<ModelSelector>,
    /// Print one JSON document instead of a table.
    #[arg(long)]
    json: bool,
}

/// Puts what was measured about models side by side. Each was measured on the test playlists of its own data, so figures
/// compare where the versions of the tables are the same, which the table tells.
pub(super) async fn run(args: CompareArgs) -> Result<()> {
    let lake = args.lake.open().await?;
    let manifests = artefact::list(&lake).await?;
    let mut compared = Vec::new();
    for selector in args.models {
        let id = artefact::resolve(&lake, selector).await?;
        let missing = || Error::NoSuchModel { lake: lake.url().to_string(), id: id.to_string() };
        let manifest = manifests.iter().find(|manifest| manifest.model_id == id).ok_or_else(missing)?;
        compared.push((manifest, artefact::metrics(&lake, manifest).await?));
    }
    if args.json {
        let documents: Vec<_> = compared
            .iter()
            .map(|(manifest, metrics)| serde_json::json!({ "manifest": manifest, "metrics": metrics }))
            .collect();
        return print_json(&documents);
    }
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    let ids = compared.iter().map(|(manifest, _)| manifest.model_id.to_string());
    table.set_header(std::iter::once(String::new()).chain(ids));
    let versions = compared.iter().map(|(manifest, _)| format!("{:?}", manifest.data_versions));
    table.add_row(std::iter::once("data versions".to_owned()).chain(versions));
    for (name, value) in rows(&compared[0].1) {
        let values = compared.iter().map(|(_, metrics)| value(metrics).unwrap_or_default());
        table.add_row(std::iter::once(name).chain(values));
    }
    print_text(&table.to_string())
}

type Cell = Box<dyn Fn(&MetricsReport) -> Option<String>>;

/// One row for each recommender and metric of the first model.
fn rows(first: &MetricsReport) -> Vec<(String, Cell)> {
    let mut rows: Vec<(String, Cell)> = vec![
        ("tracks".to_owned(), Box::new(|metrics| Some(metrics.vocabulary.to_string()))),
        ("training playlists".to_owned(), Box::new(|metrics| Some(metrics.playlists.train.to_string()))),
        ("training seconds".to_owned(), Box::new(|metrics| Some(format!("{:.1}", metrics.training.seconds)))),
        ("weight of the neighbours".to_owned(), Box::new(|metrics| Some(format!("{:.2}", metrics.blend.weight)))),
        ("share of the factorisation".to_owned(), Box::new(|metrics| Some(format!("{:.2}", metrics.blend.share())))),
    ];
    for name in first.recommenders.keys() {
        for metric in first.protocol.metrics() {
            let (name, metric) = (name.clone(), metric.name());
            rows.push((
                format!("{name} {metric}"),
                Box::new(move |metrics| {
                    let interval = metrics.recommenders.get(&name)?.metrics.get(metric)?;
                    Some(format!("{:.4} [{:.4}, {:.4}]", interval.mean, interval.low, interval.high))
                }),
            ));
        }
    }
    rows
}
