//! A few playlists with the tracks that were predicted for them.

use anyhow::{Context, Result};
use arrow::{
    array::{AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Int64Type},
};
use pipeline::Workspace;
use store::Recommendation;

use crate::{console::Console, table::plain};

/// Last tracks and predicted tracks that are shown of each playlist.
const TRACKS: u32 = 4;

/// Three playlists with their last tracks, drawn in the same way each time: long enough to have a character, and with
/// titles that others use, too.
const EXAMPLES: &str = "
    WITH titled AS (
        SELECT
            pid,
            name,
            num_tracks,
            hash_bucket(pid, 1000003) AS lot,
            count(*) OVER (PARTITION BY normalized_name) AS namesakes,
            row_number() OVER (PARTITION BY normalized_name ORDER BY hash_bucket(pid, 1000003), pid) AS place
        FROM playlists
        WHERE normalized_name <> '' AND num_tracks >= 12
    ),

    drawn AS (
        SELECT pid, name, num_tracks
        FROM titled
        WHERE place = 1
        ORDER BY least(namesakes, 5) DESC, lot, pid
        LIMIT 3
    )

    SELECT drawn.pid, drawn.name, drawn.num_tracks, entries.track_uri, entries.track_name, entries.artist_name
    FROM drawn
    INNER JOIN playlist_tracks AS entries ON drawn.pid = entries.pid
    WHERE entries.pos >= drawn.num_tracks - 4
    ORDER BY drawn.pid, entries.pos";

/// A playlist and what goes on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Example {
    pub(super) pid: i64,
    pub(super) title: String,
    pub(super) num_tracks: i64,
    pub(super) last_tracks: Vec<ExampleTrack>,
    pub(super) predictions: Vec<Recommendation>,
}

/// A track of a playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExampleTrack {
    pub(super) uri: String,
    name: String,
    artist: String,
}

/// Finds the playlists in the lake and what was published for them in the database.
pub(super) async fn find(workspace: &Workspace) -> Result<Vec<Example>> {
    let session = workspace.session().await?;
    let batches = session.sql(EXAMPLES).await?.collect().await?;
    let mut examples: Vec<Example> = Vec::new();
    for batch in &batches {
        gather(batch, &mut examples)?;
    }
    for example in &mut examples {
        example.predictions = workspace.store.recommendations(example.pid, TRACKS).await?;
    }
    Ok(examples)
}

/// Shows each playlist's end and what would come next.
pub(super) fn tell(examples: &[Example], console: &mut Console) -> Result<()> {
    console.heading("What comes next")?;
    for (place, example) in examples.iter().enumerate() {
        if place > 0 {
            console.line("")?;
        }
        console.line(format_args!(
            "“{}”, playlist {}, {} tracks",
            plain(&example.title),
            example.pid,
            example.num_tracks
        ))?;
        for track in &example.last_tracks {
            console.line(format_args!("    {} – {}", plain(&track.name), plain(&track.artist)))?;
        }
        for Recommendation { track, .. } in &example.predictions {
            let name = track.track_name.as_deref().unwrap_or(&track.track_uri);
            let artist = track.artist_name.as_deref().unwrap_or_default();
            console.line(format_args!("  → {} – {}", plain(name), plain(artist)))?;
        }
    }
    Ok(())
}

/// Adds the rows of a batch, which come playlist by playlist.
fn gather(batch: &RecordBatch, examples: &mut Vec<Example>) -> Result<()> {
    let column = |name: &str, data_type: &DataType| {
        let column = batch.column_by_name(name).with_context(|| format!("the examples have no column `{name}`"))?;
        cast(column, data_type).with_context(|| format!("column `{name}` of the examples"))
    };
    let (pids, lengths) = (column("pid", &DataType::Int64)?, column("num_tracks", &DataType::Int64)?);
    let (pids, lengths) = (pids.as_primitive::<Int64Type>(), lengths.as_primitive::<Int64Type>());
    let (titles, uris) = (column("name", &DataType::Utf8)?, column("track_uri", &DataType::Utf8)?);
    let (names, artists) = (column("track_name", &DataType::Utf8)?, column("artist_name", &DataType::Utf8)?);
    for row in 0..batch.num_rows() {
        let text = |column: &arrow::array::ArrayRef| column.as_string::<i32>().value(row).to_owned();
        if examples.last().is_none_or(|last| last.pid != pids.value(row)) {
            examples.push(Example {
                pid: pids.value(row),
                title: text(&titles),
                num_tracks: lengths.value(row),
                last_tracks: Vec::new(),
                predictions: Vec::new(),
            });
        }
        if let Some(example) = examples.last_mut() {
            example.last_tracks.push(ExampleTrack { uri: text(&uris), name: text(&names), artist: text(&artists) });
        }
    }
    Ok(())
}
