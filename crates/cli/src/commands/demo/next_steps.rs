//! What a person may do after the demonstration: commands that work as they stand.

use std::env;

use anyhow::Result;
use pipeline::Workspace;

use super::examples::Example;
use crate::{console::Console, settings::Settings, table::plain};

/// Shows commands on what the demonstration has made, and where that is.
pub(super) fn tell(
    examples: &[Example],
    workspace: &Workspace,
    settings: &Settings,
    console: &mut Console,
) -> Result<()> {
    console.heading("What to do next")?;
    let segue = env::args().next().unwrap_or_else(|| "segue".to_owned());
    let places = settings.as_arguments();
    let mut command = |purpose: &str, arguments: &str| {
        console.line(format_args!("  # {purpose}"))?;
        console.line(format_args!("  {segue} {arguments}{places}\n"))
    };
    command(
        "the artists that stand in playlists most",
        "sql 'SELECT artist_name, count(*) AS n FROM playlist_tracks GROUP BY 1 ORDER BY 2 DESC LIMIT 10'",
    )?;
    if let Some(example) = examples.first() {
        command(
            "all that was published for one of the playlists above",
            &format!("recommend --playlist {}", example.pid),
        )?;
        let tracks = example.last_tracks.iter().map(|track| track.uri.as_str());
        let tracks: Vec<&str> = tracks.filter(|uri| plain(uri) == **uri && !uri.contains(',')).take(2).collect();
        let arguments = format!("recommend --tracks {}", quoted(&tracks.join(",")));
        command("next tracks for a list that was never seen", &arguments)?;
    }
    if let Some(title) = showable_title(examples) {
        command("next tracks for a title alone", &format!("recommend --title {}", quoted(title)))?;
    }
    command("the tables, and where their Parquet files are for DuckDB, Polars or Spark", "tables")?;
    command("this run, step by step", "runs show latest")?;
    console.line(format_args!("  lake      {}", workspace.lake.url()))?;
    console.line(format_args!("  database  {}", workspace.store.url()))?;
    Ok(())
}

/// The first title that would not steer the terminal; changed it would be another title.
fn showable_title(examples: &[Example]) -> Option<&str> {
    examples.iter().map(|example| example.title.as_str()).find(|title| plain(title) == *title)
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(title: &str) -> Example {
        let title = title.to_owned();
        Example { pid: 1, title, num_tracks: 12, last_tracks: Vec::new(), predictions: Vec::new() }
    }

    #[test]
    fn titles_that_steer_the_terminal_are_passed_over() {
        assert_eq!(showable_title(&[example("a\u{1b}[2J"), example("road trip")]), Some("road trip"));
        assert_eq!(showable_title(&[example("\u{7}")]), None);
    }

    #[test]
    fn shells_take_titles_as_one_word() {
        assert_eq!(quoted("road trip"), "'road trip'");
        assert_eq!(quoted("mom's $5"), r"'mom'\''s $5'");
    }
}
