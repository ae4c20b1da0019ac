//! Queries of the folder `sql`, run on tables that a test makes.

use std::{path::Path, sync::Arc};

use arrow::record_batch::RecordBatch;
use datafusion::{datasource::MemTable, prelude::SessionContext};

/// The text of a query, such as `pipeline/tracks.sql`.
pub(crate) fn query(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sql").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Makes a table of what a query yields.
pub(crate) async fn make_table(context: &SessionContext, name: &str, sql: &str) {
    let frame = context.sql(sql).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let batches = frame.collect().await.unwrap_or_else(|error| panic!("{name}: {error}"));
    // Some operators promise fewer NULLs than the plan does.
    let batches = batches
        .into_iter()
        .map(|batch| RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec()).unwrap())
        .collect();
    context.deregister_table(name).unwrap();
    context.register_table(name, Arc::new(MemTable::try_new(schema, vec![batches]).unwrap())).unwrap();
}

/// Makes `playlists` and `playlist_tracks` of (pid, title, tracks), and the tables of the pipeline that follow.
/// A track is `<artist>.<number>`; its length is a second for each playlist's place.
pub(crate) async fn make_lake(context: &SessionContext, playlists: &[(i64, &str, Vec<String>)]) {
    let titles: Vec<String> = playlists.iter().map(|(pid, title, _)| format!("({pid}, '{title}')")).collect();
    let entries: Vec<String> = playlists
        .iter()
        .flat_map(|(pid, _, tracks)| tracks.iter().enumerate().map(move |(pos, track)| entry(*pid, pos, track)))
        .collect();
    let titles = titles.join(", ");
    let sql =
        format!("SELECT pid, name, normalize_title(name) AS normalized_name FROM (VALUES {titles}) AS t(pid, name)");
    make_table(context, "playlists", &sql).await;
    let columns = "pid, pos, track_uri, track_name, artist_uri, artist_name, album_uri, album_name, duration_ms";
    let sql = format!("SELECT * FROM (VALUES {}) AS t({columns})", entries.join(", "));
    make_table(context, "playlist_tracks", &sql).await;
    for name in ["tracks", "sequences", "track_cooccurrence"] {
        make_table(context, name, &query(&format!("pipeline/{name}.sql"))).await;
    }
}

fn entry(pid: i64, pos: usize, track: &str) -> String {
    let artist = track.split('.').next().unwrap_or(track);
    format!(
        "({pid}, {pos}, 't:{track}', 'Track {track}', 'a:{artist}', 'Artist {artist}', 'l:{artist}', 'Album {artist}', \
         200000)"
    )
}
