//! How good the model is, beside its rivals.

use anyhow::{Context, Result};
use comfy_table::Table;
use object_store::ObjectStoreExt;
use pipeline::Workspace;
use serde_json::Value;

use crate::{console::Console, table::table, units};

/// Recommenders by their key in the report, the simplest first.
const RECOMMENDERS: [(&str, &str); 5] = [
    ("popularity", "popularity"),
    ("item_knn", "co-occurrence kNN"),
    ("playlist_knn", "playlist kNN"),
    ("network", "network"),
    ("blend", "blend (shipped)"),
];
/// Metrics by their key in the report, with the digits that are worth showing.
const METRICS: [(&str, &str, usize); 4] = [
    ("r_precision", "R-precision", 3),
    ("ndcg_500", "NDCG@500", 3),
    ("hit_rate_10", "hit rate@10", 3),
    ("clicks", "clicks", 2),
];

/// Shows what was measured when the model was trained.
pub(super) async fn tell(workspace: &Workspace, model_id: &str, console: &mut Console) -> Result<()> {
    let report = read(workspace, model_id).await?;
    console.heading("How good the model is")?;
    let full = metrics_table(&report, true);
    let is_too_wide =
        full.width().is_some_and(|width| full.lines().any(|line| line.trim_end().chars().count() > usize::from(width)));
    console.table(&if is_too_wide { metrics_table(&report, false) } else { full })?;
    let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64);
    console.line(format_args!(
        "\nMeasured on {} playlists that were kept out of training: half of their tracks are shown, the rest is to be\n\
         found among {} tracks. Means with 95 % confidence intervals. Clicks are pages of ten until the first hit: fewer\n\
         is better, for all others more.",
        units::count(number("/playlists/test")),
        units::count(number("/vocabulary")),
    ))?;
    Ok(())
}

async fn read(workspace: &Workspace, model_id: &str) -> Result<Value> {
    let path = workspace.lake.path(&format!("models/{model_id}/metrics.json"));
    let read = async { workspace.lake.object_store().get(&path).await?.bytes().await };
    let bytes = read.await.with_context(|| format!("cannot read the metrics of the model at `{path}`"))?;
    serde_json::from_slice(&bytes).with_context(|| format!("`{path}` is not JSON"))
}

fn metrics_table(report: &Value, has_intervals: bool) -> Table {
    let header: Vec<&str> = std::iter::once("recommender").chain(METRICS.iter().map(|(_, name, _)| *name)).collect();
    let mut shown = table(&header, &[]);
    for (key, name) in RECOMMENDERS {
        let cells = METRICS.iter().map(|(metric, _, digits)| {
            let interval = report.pointer(&format!("/recommenders/{key}/metrics/{metric}"));
            interval.map(|interval| cell(interval, *digits, has_intervals)).unwrap_or_default()
        });
        shown.add_row(std::iter::once(name.to_owned()).chain(cells));
    }
    shown
}

fn cell(interval: &Value, digits: usize, has_interval: bool) -> String {
    let number = |key: &str| {
        let value = interval.get(key).and_then(Value::as_f64);
        value.map_or_else(String::new, |value| format!("{value:.digits$}"))
    };
    if has_interval { format!("{} [{}, {}]", number("mean"), number("low"), number("high")) } else { number("mean") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shows_every_recommender_with_what_is_known_of_it() {
        let interval = json!({ "mean": 0.1234, "low": 0.12, "high": 0.13 });
        let report = json!({ "recommenders": { "blend": { "metrics": { "r_precision": interval } } } });
        let with: Vec<String> = metrics_table(&report, true).lines().map(|line| line.trim_end().to_owned()).collect();
        assert_eq!(with.len(), 2 + RECOMMENDERS.len());
        assert!(with[6].ends_with("0.123 [0.120, 0.130]"), "{with:?}");
        assert!(with[2].ends_with("popularity"), "{with:?}");
        let without: Vec<String> = metrics_table(&report, false).lines().collect();
        assert!(without[6].trim_end().ends_with(" 0.123"), "{without:?}");
    }
}
