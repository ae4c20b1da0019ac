//! The lake's `tracks` table.

use std::collections::HashMap;

use arrow::array::{Array, RecordBatch, StringArray};
use futures::TryStreamExt;
use lake::Snapshot;

use super::{ArtistIndex, ItemLookup, TRACKS, Track, TrackId, Vocabulary, integers, texts};
use crate::{Error, Result};

const TABLE: &str = TRACKS;

/// The lake's `tracks` table, read afresh for each question: at two million tracks its text does not belong in memory.
#[derive(Debug, Clone)]
pub struct Catalogue {
    snapshot: Snapshot,
}

impl Catalogue {
    /// The catalogue of one version of the table.
    pub fn new(snapshot: Snapshot) -> Self {
        Self { snapshot }
    }

    /// Version of the table.
    pub fn version(&self) -> u64 {
        self.snapshot.version()
    }

    /// Artist of every track.
    ///
    /// # Errors
    /// [`Error::Lake`] if the table cannot be read, [`Error::Column`] if it does not hold what it should.
    pub async fn artists(&self) -> Result<ArtistIndex> {
        let mut index = ArtistIndex::default();
        self.each_batch(&["track_id", "artist_uri"], |batch| {
            let artists = texts(batch, TABLE, "artist_uri")?;
            for (track, artist) in track_ids(batch)?.into_iter().zip(&artists) {
                if let Some(artist) = artist {
                    index.insert(track, artist);
                }
            }
            Ok(())
        })
        .await?;
        Ok(index)
    }

    /// What is known of some tracks, given with their counts, in their order; a missing name is left empty.
    ///
    /// # Errors
    /// As [`Self::artists`]; [`Error::Data`] if a track is not in the table.
    pub async fn describe(&self, counts: &[(TrackId, u32)]) -> Result<Vec<Track>> {
        let places: HashMap<TrackId, usize> = counts.iter().enumerate().map(|(place, &(id, _))| (id, place)).collect();
        let mut tracks: Vec<Option<Track>> = vec![None; counts.len()];
        let columns = ["track_id", "track_uri", "track_name", "artist_uri", "artist_name", "album_uri"];
        self.each_batch(&columns, |batch| {
            let uris = required_texts(batch, "track_uri")?;
            let others: Vec<StringArray> =
                columns[2..].iter().map(|column| texts(batch, TABLE, column)).collect::<Result<_>>()?;
            for (row, id) in track_ids(batch)?.into_iter().enumerate() {
                let Some(&place) = places.get(&id) else { continue };
                tracks[place] = Some(Track {
                    track_uri: uris.value(row).to_owned(),
                    track_name: text_at(&others[0], row),
                    artist_uri: text_at(&others[1], row),
                    artist_name: text_at(&others[2], row),
                    album_uri: text_at(&others[3], row),
                    train_count: counts[place].1,
                });
            }
            Ok(())
        })
        .await?;
        let missing = |place: usize| Error::Data {
            table: TABLE,
            problem: format!("has no track_id {}, which `sequences` holds; run both steps again", counts[place].0),
        };
        tracks.into_iter().enumerate().map(|(place, track)| track.ok_or_else(|| missing(place))).collect()
    }

    /// Which of the lake's tracks a model knows, by address.
    ///
    /// # Errors
    /// As [`Self::artists`].
    pub async fn lookup(&self, vocabulary: &Vocabulary) -> Result<ItemLookup> {
        let mut lookup = ItemLookup::default();
        self.each_batch(&["track_id", "track_uri"], |batch| {
            let uris = required_texts(batch, "track_uri")?;
            for (row, track) in track_ids(batch)?.into_iter().enumerate() {
                if let Some(item) = vocabulary.item(uris.value(row)) {
                    lookup.insert(track, item);
                }
            }
            Ok(())
        })
        .await?;
        Ok(lookup)
    }

    async fn each_batch(&self, columns: &[&str], mut visit: impl FnMut(&RecordBatch) -> Result<()>) -> Result<()> {
        let mut batches = self.snapshot.read(columns).map_err(Error::lake("read table", TABLE))?;
        while let Some(batch) = batches.try_next().await.map_err(Error::lake("read table", TABLE))? {
            visit(&batch)?;
        }
        Ok(())
    }
}

fn track_ids(batch: &RecordBatch) -> Result<Vec<TrackId>> {
    let ids = integers(batch, TABLE, "track_id")?;
    let id = |&value: &i64| {
        u32::try_from(value).map(TrackId).map_err(|_| Error::Column {
            table: TABLE.to_owned(),
            column: "track_id".to_owned(),
            expected: "track ids from 0 to 4294967295",
            found: value.to_string(),
        })
    };
    ids.values().iter().map(id).collect()
}

fn text_at(column: &StringArray, row: usize) -> String {
    if column.is_null(row) { String::new() } else { column.value(row).to_owned() }
}

fn required_texts(batch: &RecordBatch, column: &str) -> Result<StringArray> {
    let array = texts(batch, TABLE, column)?;
    if array.null_count() > 0 {
        let found = format!("{} NULL value(s)", array.null_count());
        let expected = "text without NULL";
        return Err(Error::Column { table: TABLE.to_owned(), column: column.to_owned(), expected, found });
    }
    Ok(array)
}
