//! The page.

use std::fmt::Write;

use super::{Example, chart::curve, escape::escape};
use crate::{evaluation::MetricsReport, metrics::Interval};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}\
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #ddd}\
td:first-child,th:first-child{text-align:left}small{color:#666}.best td{font-weight:600}\
svg{font-size:11px;margin-right:1rem}.axis{fill:none;stroke:#999}.curve{fill:none;stroke:#2563eb;stroke-width:1.5}\
circle{fill:#2563eb}.right{text-anchor:end}.title{font-weight:600;font-size:12px}.hit{color:#15803d;font-weight:600}";

/// Makes the page, headed by a title: learning curves, the table of all recommenders with intervals, paired differences, what is shown of
/// the catalogue, and examples.
pub fn page(title: &str, metrics: &MetricsReport, examples: &[Example]) -> String {
    let title = escape(title);
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title}</h1><p>{} tracks known, {} training playlists, {} epochs and {} steps in {:.0} s, stopped by \
         {}, trained by {}.</p>",
        metrics.vocabulary,
        metrics.playlists.train,
        metrics.training.epochs,
        metrics.training.steps,
        metrics.training.seconds,
        escape(&format!("{:?}", metrics.training.stopped_by)),
        escape(&metrics.training.objective),
    );
    for part in [curves(metrics), table(metrics), comparisons(metrics), shown(metrics), lists(examples)] {
        html.push_str(&part);
    }
    html.push_str("</html>\n");
    html
}

fn curves(metrics: &MetricsReport) -> String {
    let history = &metrics.training.history;
    let loss: Vec<(f64, f64)> = history.iter().map(|point| (point.step as f64, point.loss)).collect();
    let validation: Vec<(f64, f64)> = history.iter().map(|point| (point.step as f64, point.validation)).collect();
    let blend: Vec<(f64, f64)> = metrics.blend.tried.iter().map(|tried| (tried.weight, tried.validation)).collect();
    let share = metrics.blend.factorisation.as_ref().map_or_else(String::new, |choice| {
        let shares: Vec<(f64, f64)> = choice.tried.iter().map(|tried| (tried.weight, tried.validation)).collect();
        curve("Validation NDCG of the blend", "share of the factorisation", &shares)
    });
    format!(
        "<h2>Learning</h2><div>{}{}{}</div>",
        curve("Training loss", "step", &loss),
        curve("Validation NDCG of the network", "step", &validation),
        curve("Validation NDCG of the blend", "weight of the neighbours", &blend) + &share,
    )
}

fn table(metrics: &MetricsReport) -> String {
    let columns: Vec<&str> = metrics.protocol.metrics().iter().map(|metric| metric.name()).collect();
    let mut html = format!(
        "<h2>Test</h2><p>{} playlists, full ranking, means with 95 % bootstrap intervals; {:.1} % of what is hidden is \
         unknown to the model and counts as missed.</p><table><tr><th>recommender</th>",
        metrics.playlists.test,
        100.0 * metrics.hidden_unknown_share
    );
    columns.iter().for_each(|column| html.push_str(&format!("<th>{column}</th>")));
    html.push_str("</tr>");
    for (name, measured) in &metrics.recommenders {
        let class = if name == "blend" { " class=\"best\"" } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(html, "<tr{class}><td>{}</td>", escape(name));
        columns.iter().for_each(|column| html.push_str(&cell(measured.metrics.get(*column))));
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    html
}

fn comparisons(metrics: &MetricsReport) -> String {
    let columns: Vec<&str> = metrics.protocol.metrics().iter().map(|metric| metric.name()).collect();
    let mut html = "<h2>Differences</h2><p>Pair by pair on the same playlists; an interval without zero is a \
                    difference. The network that reads a list in random order tells what order is worth.</p><table>\
                    <tr><th></th>"
        .to_owned();
    columns.iter().for_each(|column| html.push_str(&format!("<th>{column}</th>")));
    html.push_str("</tr>");
    for comparison in &metrics.comparisons {
        let (left, right) = (escape(&comparison.recommender), escape(&comparison.baseline));
        let _ = write!(html, "<tr><td>{left} − {right}</td>");
        columns.iter().for_each(|column| html.push_str(&cell(comparison.differences.get(*column))));
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    html
}

fn cell(interval: Option<&Interval>) -> String {
    interval.map_or_else(
        || "<td></td>".to_owned(),
        |Interval { mean, low, high }| format!("<td>{mean:.4}<br><small>{low:.4} … {high:.4}</small></td>"),
    )
}

fn shown(metrics: &MetricsReport) -> String {
    let mut html =
        "<h2>Popularity and coverage</h2><table><tr><th>recommender</th><th>share of the vocabulary in first \
                    tens</th><th>training playlists of what is shown, mean</th></tr>"
            .to_owned();
    for (name, measured) in &metrics.recommenders {
        let (name, coverage) = (escape(name), measured.coverage);
        let (share, popularity) = (100.0 * coverage.coverage_10, coverage.popularity_10);
        let _ = write!(html, "<tr><td>{name}</td><td>{share:.2} %</td><td>{popularity:.0}</td></tr>");
    }
    html.push_str("</table>");
    html
}

fn lists(examples: &[Example]) -> String {
    let mut html = String::new();
    if !examples.is_empty() {
        html.push_str("<h2>Examples</h2><p>Test playlists; what was hidden and found is green.</p>");
    }
    for example in examples {
        let title = escape(example.title.as_deref().unwrap_or("without a title"));
        let seeds = escape(&example.seeds.join(" · "));
        let _ = write!(html, "<h3>{title}</h3><p><small>ends with {seeds}</small></p><ol>");
        for (line, &hit) in example.answer.recommendations.iter().zip(&example.hits) {
            let class = if hit { " class=\"hit\"" } else { "" };
            let (track, artist) = (escape(&line.track_name), escape(&line.artist_name));
            let _ = write!(html, "<li><span{class}>{track}</span> <small>{artist}");
            if !line.because_of.is_empty() {
                let _ = write!(html, " — because of {}", escape(&line.because_of.join(", ")));
            }
            html.push_str("</small></li>");
        }
        html.push_str("</ol>");
    }
    html
}
