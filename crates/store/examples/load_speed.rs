//! Measures how fast predictions are loaded, published, read and pruned, and how fast tracks are described.
//!
//! ```sh
//! cargo run --example load_speed -- sqlite:///tmp/load_speed.db 50000 10
//! ```
//!
//! The arguments are a database URL, a number of playlists and a number of tracks for each. The database should be a
//! fresh one: what the example writes stays there.

#![expect(clippy::print_stdout, reason = "the figures are this program's result")]

use std::error::Error;
use std::time::Instant;

use store::{DatabaseUrl, PredictionRow, PredictionSet, SetId, Store, StoreOptions, Track};

/// How many distinct tracks are predicted. Popular ones come up more often.
const TRACKS: i64 = 100_000;

/// How many rows one call loads.
const ROWS_PER_CALL: usize = 100_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url: DatabaseUrl = arguments.next().ok_or("the database url is missing")?.parse()?;
    let playlists: i64 = arguments.next().map_or(Ok(50_000), |text| text.parse())?;
    let ranks: u16 = arguments.next().map_or(Ok(10), |text| text.parse())?;
    let store = Store::connect(&url, &StoreOptions::default()).await?;

    let tracks: Vec<Track> = (0..TRACKS).map(described).collect();
    let started = Instant::now();
    store.upsert_tracks(&tracks).await?;
    report("tracks written", started, tracks.len());
    let started = Instant::now();
    store.upsert_tracks(&tracks).await?;
    report("tracks written again", started, tracks.len());

    for set in ["first", "second"] {
        load_and_publish(&store, &set.parse()?, playlists, ranks).await?;
    }
    let started = Instant::now();
    for playlist_id in 0..1000 {
        store.recommendations(playlist_id % playlists, 10).await?;
    }
    report("playlists read", started, 1000);
    let started = Instant::now();
    store.prune(1).await?;
    report("rows pruned", started, usize::try_from(playlists)? * usize::from(ranks));
    Ok(())
}

async fn load_and_publish(store: &Store, set_id: &SetId, playlists: i64, ranks: u16) -> Result<(), Box<dyn Error>> {
    let row = |playlist_id: i64, rank_no: u16| PredictionRow {
        playlist_id,
        rank_no,
        track_uri: track_uri((playlist_id * 31 + i64::from(rank_no).pow(3)) % TRACKS),
        score: 1.0 / f32::from(rank_no),
    };
    let rows: Vec<PredictionRow> =
        (0..playlists).flat_map(|playlist_id| (1..=ranks).map(move |rank_no| row(playlist_id, rank_no))).collect();
    store.begin_set(&PredictionSet { set_id: set_id.clone(), run_id: None, model_id: "m".parse()? }).await?;
    let started = Instant::now();
    for part in rows.chunks(ROWS_PER_CALL) {
        store.load(set_id, part).await?;
    }
    report("rows loaded", started, rows.len());
    let started = Instant::now();
    store.publish(set_id, rows.len() as u64, playlists.unsigned_abs()).await?;
    report("rows verified and published", started, rows.len());
    Ok(())
}

fn described(number: i64) -> Track {
    Track {
        track_name: Some(format!("Track number {number}")),
        artist_name: Some(format!("Artist {}", number % 5000)),
        album_name: Some(format!("Album {}", number % 20_000)),
        artist_uri: Some(format!("spotify:artist:{:022}", number % 5000)),
        album_uri: Some(format!("spotify:album:{:022}", number % 20_000)),
        duration_ms: Some(200_000),
        ..Track::unnamed(track_uri(number))
    }
}

fn track_uri(number: i64) -> String {
    format!("spotify:track:{number:022}")
}

fn report(what: &str, started: Instant, count: usize) {
    let seconds = started.elapsed().as_secs_f64();
    println!("{what:<28} {count:>9} in {seconds:>7.2} s = {:>9.0}/s", count as f64 / seconds);
}
