//! Builds record batches of playlists or their tracks; only the projected columns and track fields cost anything.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanBuilder, Int64Array, Int64Builder, ListArray, RecordBatch, RecordBatchOptions, StructArray,
    },
    buffer::OffsetBuffer,
    datatypes::{DataType, Field, Fields, SchemaRef},
};
use datafusion::error::{DataFusionError, Result};

use super::{
    json::{Playlist, RawString, Track},
    spec::Content,
    text_column::TextColumn,
};

/// Collects playlists column by column, a row for each or a row for each of their tracks.
pub(crate) struct PlaylistBatchBuilder {
    schema: SchemaRef,
    columns: Vec<PlaylistColumn>,
    /// Whether every track is a row.
    unnested: bool,
    rows: usize,
    tracks: usize,
}

enum PlaylistColumn {
    Integer(fn(&Playlist<'_>) -> Option<i64>, Int64Builder),
    Text(for<'a> fn(&Playlist<'a>) -> Option<RawString<'a>>, TextColumn),
    Boolean(fn(&Playlist<'_>) -> Option<bool>, BooleanBuilder),
    File(TextColumn),
    Offset(Int64Builder),
    Tracks(TracksColumn),
}

struct TracksColumn {
    /// The list's item, if the tracks of a playlist are one row.
    item: Option<Arc<Field>>,
    fields: Fields,
    columns: Vec<TrackColumn>,
    lengths: Vec<usize>,
    tracks: usize,
}

enum TrackColumn {
    Required(fn(&Track<'_>) -> i64, Vec<i64>),
    Integer(fn(&Track<'_>) -> Option<i64>, Int64Builder),
    Text(for<'a> fn(&Track<'a>) -> Option<RawString<'a>>, TextColumn),
}

impl PlaylistBatchBuilder {
    /// A builder for the projected columns of a scan.
    pub(crate) fn try_new(schema: SchemaRef, content: Content) -> Result<Self> {
        let columns: Result<Vec<_>> = schema.fields().iter().map(|field| PlaylistColumn::try_new(field)).collect();
        Ok(Self { columns: columns?, schema, unnested: content == Content::Tracks, rows: 0, tracks: 0 })
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Tracks of the playlists so far, whether or not they are projected.
    pub(crate) fn tracks(&self) -> usize {
        self.tracks
    }

    pub(crate) fn push(&mut self, playlist: &Playlist<'_>, file: &str, offset: i64) {
        let rows = if self.unnested { playlist.tracks.len() } else { 1 };
        for column in &mut self.columns {
            column.push(playlist, rows, file, offset);
        }
        self.rows += rows;
        self.tracks += playlist.tracks.len();
    }

    /// The collected rows as a batch; the builder is empty afterwards.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch> {
        let arrays: Result<Vec<ArrayRef>> = self.columns.iter_mut().map(PlaylistColumn::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays?, &options)?;
        self.rows = 0;
        self.tracks = 0;
        Ok(batch)
    }
}

impl PlaylistColumn {
    fn try_new(field: &Field) -> Result<Self> {
        let integer = |value| Self::Integer(value, Int64Builder::new());
        Ok(match field.name().as_str() {
            "pid" => integer(|playlist| playlist.pid),
            "modified_at" => integer(|playlist| playlist.modified_at),
            "num_tracks" => integer(|playlist| playlist.num_tracks),
            "num_albums" => integer(|playlist| playlist.num_albums),
            "num_artists" => integer(|playlist| playlist.num_artists),
            "num_followers" => integer(|playlist| playlist.num_followers),
            "num_edits" => integer(|playlist| playlist.num_edits),
            "duration_ms" => integer(|playlist| playlist.duration_ms),
            "name" => Self::Text(|playlist| playlist.name, TextColumn::new()),
            "description" => Self::Text(|playlist| playlist.description, TextColumn::new()),
            "collaborative" => Self::Boolean(|playlist| playlist.collaborative, BooleanBuilder::new()),
            "_file" => Self::File(TextColumn::new()),
            "_offset" => Self::Offset(Int64Builder::new()),
            _ => Self::Tracks(TracksColumn::try_new(field)?),
        })
    }

    fn push(&mut self, playlist: &Playlist<'_>, rows: usize, file: &str, offset: i64) {
        match self {
            Self::Integer(value, builder) => match value(playlist) {
                Some(value) => builder.append_value_n(value, rows),
                None => builder.append_nulls(rows),
            },
            Self::Text(value, column) => column.push_repeated(value(playlist), rows),
            Self::Boolean(value, builder) => match value(playlist) {
                Some(value) => builder.append_n(rows, value),
                None => builder.append_nulls(rows),
            },
            Self::File(column) => {
                column.push_repeated(Some(RawString { bytes: file.as_bytes(), escaped: false }), rows);
            }
            Self::Offset(builder) => builder.append_value_n(offset, rows),
            Self::Tracks(tracks) => tracks.push(&playlist.tracks),
        }
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        Ok(match self {
            Self::Integer(_, builder) | Self::Offset(builder) => Arc::new(builder.finish()),
            Self::Text(_, column) | Self::File(column) => column.finish()?,
            Self::Boolean(_, builder) => Arc::new(builder.finish()),
            Self::Tracks(tracks) => tracks.finish()?,
        })
    }
}

impl TracksColumn {
    fn try_new(field: &Field) -> Result<Self> {
        let (item, track) = match field.data_type() {
            DataType::List(item) => (Some(Arc::clone(item)), item.data_type()),
            other => (None, other),
        };
        if let DataType::Struct(fields) = track {
            let columns: Result<Vec<_>> = fields.iter().map(|field| TrackColumn::try_new(field.name())).collect();
            return Ok(Self { item, fields: fields.clone(), columns: columns?, lengths: Vec::new(), tracks: 0 });
        }
        Err(DataFusionError::Plan(format!("raw playlists have no column `{}` of this type", field.name())))
    }

    fn push(&mut self, tracks: &[Track<'_>]) {
        self.tracks += tracks.len();
        if self.item.is_some() {
            self.lengths.push(tracks.len());
        }
        for column in &mut self.columns {
            match column {
                TrackColumn::Required(value, values) => values.extend(tracks.iter().map(*value)),
                TrackColumn::Integer(value, builder) => {
                    tracks.iter().for_each(|track| builder.append_option(value(track)));
                }
                TrackColumn::Text(value, column) => tracks.iter().for_each(|track| column.push(value(track))),
            }
        }
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let arrays: Result<Vec<ArrayRef>> = self.columns.iter_mut().map(TrackColumn::finish).collect();
        let rows = std::mem::take(&mut self.tracks);
        let tracks: ArrayRef = Arc::new(StructArray::try_new_with_length(self.fields.clone(), arrays?, None, rows)?);
        let Some(item) = &self.item else { return Ok(tracks) };
        let offsets = OffsetBuffer::<i32>::from_lengths(self.lengths.drain(..));
        Ok(Arc::new(ListArray::try_new(Arc::clone(item), offsets, tracks, None)?))
    }
}

impl TrackColumn {
    fn try_new(name: &str) -> Result<Self> {
        let text = |value| Self::Text(value, TextColumn::new());
        Ok(match name {
            "pos" => Self::Required(|track| track.pos, Vec::new()),
            "duration_ms" => Self::Integer(|track| track.duration_ms, Int64Builder::new()),
            "track_uri" => text(|track| Some(track.track_uri)),
            "track_name" => text(|track| track.track_name),
            "artist_uri" => text(|track| track.artist_uri),
            "artist_name" => text(|track| track.artist_name),
            "album_uri" => text(|track| track.album_uri),
            "album_name" => text(|track| track.album_name),
            _ => return Err(DataFusionError::Plan(format!("tracks have no field `{name}`"))),
        })
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        Ok(match self {
            Self::Required(_, values) => {
                let room = Vec::with_capacity(values.len());
                Arc::new(Int64Array::from(std::mem::replace(values, room)))
            }
            Self::Integer(_, builder) => Arc::new(builder.finish()),
            Self::Text(_, column) => column.finish()?,
        })
    }
}
