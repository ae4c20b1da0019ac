//! Builds record batches of playlists; only the projected columns and track fields cost anything.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BooleanBuilder, Int64Builder, ListArray, RecordBatch, RecordBatchOptions, StringBuilder, StructArray,
    },
    buffer::OffsetBuffer,
    datatypes::{DataType, Field, Fields, SchemaRef},
};
use datafusion::error::{DataFusionError, Result};

use super::json::{Playlist, RawString, Track, unescape};

/// Collects playlists column by column.
pub(crate) struct PlaylistBatchBuilder {
    schema: SchemaRef,
    columns: Vec<PlaylistColumn>,
    playlists: usize,
    tracks: usize,
    scratch: String,
}

enum PlaylistColumn {
    Integer(fn(&Playlist<'_>) -> Option<i64>, Int64Builder),
    Text(for<'a> fn(&Playlist<'a>) -> Option<RawString<'a>>, StringBuilder),
    Boolean(fn(&Playlist<'_>) -> Option<bool>, BooleanBuilder),
    File(StringBuilder),
    Offset(Int64Builder),
    Tracks(TracksColumn),
}

struct TracksColumn {
    item: Arc<Field>,
    fields: Fields,
    columns: Vec<TrackColumn>,
    lengths: Vec<usize>,
}

enum TrackColumn {
    Integer(fn(&Track<'_>) -> Option<i64>, Int64Builder),
    Text(for<'a> fn(&Track<'a>) -> Option<RawString<'a>>, StringBuilder),
}

impl PlaylistBatchBuilder {
    /// A builder for the projected columns of the playlists.
    pub(crate) fn try_new(schema: SchemaRef) -> Result<Self> {
        let columns: Result<Vec<_>> = schema.fields().iter().map(|field| PlaylistColumn::try_new(field)).collect();
        Ok(Self { columns: columns?, schema, playlists: 0, tracks: 0, scratch: String::new() })
    }

    pub(crate) fn playlists(&self) -> usize {
        self.playlists
    }

    /// Tracks of the playlists so far, whether or not they are projected.
    pub(crate) fn tracks(&self) -> usize {
        self.tracks
    }

    pub(crate) fn push(&mut self, playlist: &Playlist<'_>, file: &str, offset: i64) {
        for column in &mut self.columns {
            match column {
                PlaylistColumn::Integer(value, builder) => builder.append_option(value(playlist)),
                PlaylistColumn::Text(value, builder) => append_text(builder, value(playlist), &mut self.scratch),
                PlaylistColumn::Boolean(value, builder) => builder.append_option(value(playlist)),
                PlaylistColumn::File(builder) => builder.append_value(file),
                PlaylistColumn::Offset(builder) => builder.append_value(offset),
                PlaylistColumn::Tracks(tracks) => tracks.push(&playlist.tracks, &mut self.scratch),
            }
        }
        self.playlists += 1;
        self.tracks += playlist.tracks.len();
    }

    /// The collected rows as a batch; the builder is empty afterwards.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch> {
        let arrays: Result<Vec<ArrayRef>> = self.columns.iter_mut().map(PlaylistColumn::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.playlists));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays?, &options)?;
        self.playlists = 0;
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
            "name" => Self::Text(|playlist| playlist.name, StringBuilder::new()),
            "description" => Self::Text(|playlist| playlist.description, StringBuilder::new()),
            "collaborative" => Self::Boolean(|playlist| playlist.collaborative, BooleanBuilder::new()),
            "_file" => Self::File(StringBuilder::new()),
            "_offset" => Self::Offset(Int64Builder::new()),
            _ => Self::Tracks(TracksColumn::try_new(field)?),
        })
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        Ok(match self {
            Self::Integer(_, builder) | Self::Offset(builder) => Arc::new(builder.finish()),
            Self::Text(_, builder) | Self::File(builder) => Arc::new(builder.finish()),
            Self::Boolean(_, builder) => Arc::new(builder.finish()),
            Self::Tracks(tracks) => Arc::new(tracks.finish()?),
        })
    }
}

impl TracksColumn {
    fn try_new(field: &Field) -> Result<Self> {
        if let DataType::List(item) = field.data_type()
            && let DataType::Struct(fields) = item.data_type()
        {
            let columns: Result<Vec<_>> = fields.iter().map(|field| TrackColumn::try_new(field.name())).collect();
            return Ok(Self { item: Arc::clone(item), fields: fields.clone(), columns: columns?, lengths: Vec::new() });
        }
        Err(DataFusionError::Plan(format!("raw playlists have no column `{}` of this type", field.name())))
    }

    fn push(&mut self, tracks: &[Track<'_>], scratch: &mut String) {
        self.lengths.push(tracks.len());
        for column in &mut self.columns {
            match column {
                TrackColumn::Integer(value, builder) => {
                    tracks.iter().for_each(|track| builder.append_option(value(track)));
                }
                TrackColumn::Text(value, builder) => {
                    tracks.iter().for_each(|track| append_text(builder, value(track), scratch));
                }
            }
        }
    }

    fn finish(&mut self) -> Result<ListArray> {
        let offsets = OffsetBuffer::<i32>::from_lengths(self.lengths.drain(..));
        let rows = offsets.last().copied().unwrap_or_default();
        let arrays: Vec<ArrayRef> = self.columns.iter_mut().map(TrackColumn::finish).collect();
        let rows = usize::try_from(rows).map_err(|error| DataFusionError::External(error.into()))?;
        let tracks = StructArray::try_new_with_length(self.fields.clone(), arrays, None, rows)?;
        Ok(ListArray::try_new(Arc::clone(&self.item), offsets, Arc::new(tracks), None)?)
    }
}

impl TrackColumn {
    fn try_new(name: &str) -> Result<Self> {
        let text = |value| Self::Text(value, StringBuilder::new());
        Ok(match name {
            "pos" => Self::Integer(|track| Some(track.pos), Int64Builder::new()),
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

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Integer(_, builder) => Arc::new(builder.finish()),
            Self::Text(_, builder) => Arc::new(builder.finish()),
        }
    }
}

fn append_text(builder: &mut StringBuilder, value: Option<RawString<'_>>, scratch: &mut String) {
    match value {
        None => builder.append_null(),
        Some(raw) if raw.escaped => {
            scratch.clear();
            unescape(raw, scratch);
            builder.append_value(scratch);
        }
        Some(raw) => builder.append_value(raw.text),
    }
}
