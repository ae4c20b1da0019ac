//! Columns of the raw tables.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

/// Name of the column that holds a playlist's tracks.
pub const TRACKS: &str = "tracks";

/// Fields of a track, in the order of the data set.
pub(crate) fn track_fields() -> Fields {
    Fields::from(vec![
        Field::new("pos", DataType::Int64, false),
        Field::new("artist_name", DataType::Utf8, true),
        Field::new("track_uri", DataType::Utf8, false),
        Field::new("artist_uri", DataType::Utf8, true),
        Field::new("track_name", DataType::Utf8, true),
        Field::new("album_uri", DataType::Utf8, true),
        Field::new("duration_ms", DataType::Int64, true),
        Field::new("album_name", DataType::Utf8, true),
    ])
}

/// Schema of the raw playlists, one row per playlist; `tracks` has the given fields of each track.
///
/// `_file` is the object's path in its store and `_offset` the byte at which the playlist ends in the uncompressed text.
pub(crate) fn playlists_schema(track_fields: Fields) -> SchemaRef {
    let item = Field::new("item", DataType::Struct(track_fields), false);
    with_tracks(Field::new(TRACKS, DataType::List(Arc::new(item)), false))
}

/// Schema of the tracks, one row per track; `tracks` is the track. It may be NULL as far as the type says, as it may
/// behind an `unnest`.
pub(crate) fn tracks_schema(track_fields: Fields) -> SchemaRef {
    with_tracks(Field::new(TRACKS, DataType::Struct(track_fields), true))
}

fn with_tracks(tracks: Field) -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("pid", DataType::Int64, false),
        Field::new("name", DataType::Utf8, true),
        Field::new("description", DataType::Utf8, true),
        Field::new("collaborative", DataType::Boolean, true),
        Field::new("modified_at", DataType::Int64, true),
        Field::new("num_tracks", DataType::Int64, true),
        Field::new("num_albums", DataType::Int64, true),
        Field::new("num_artists", DataType::Int64, true),
        Field::new("num_followers", DataType::Int64, true),
        Field::new("num_edits", DataType::Int64, true),
        Field::new("duration_ms", DataType::Int64, true),
        tracks,
        Field::new("_file", DataType::Utf8, false),
        Field::new("_offset", DataType::Int64, false),
    ]))
}

/// Schema of the rejects, one row per playlist (or rest of a file) that cannot be used.
pub(crate) fn rejects_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        Arc::new(Schema::new(vec![
            Field::new("file", DataType::Utf8, false),
            Field::new("byte_offset", DataType::Int64, false),
            Field::new("json_path", DataType::Utf8, false),
            Field::new("reason", DataType::Utf8, false),
            Field::new("scope", DataType::Utf8, false),
        ]))
    });
    Arc::clone(&SCHEMA)
}
