//! Parses one track into borrowed values.

use memchr::memchr;

use super::{
    cursor::{Cursor, Parsed, RawString, unescape},
    fault::{Fault, FaultKind},
    playlist::{optional_integer, optional_string, set},
    track_shape::TrackShape,
};

/// Values of a track as they stand in the buffer.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Track<'a> {
    pub(crate) pos: i64,
    pub(crate) track_uri: RawString<'a>,
    pub(crate) track_name: Option<RawString<'a>>,
    pub(crate) artist_uri: Option<RawString<'a>>,
    pub(crate) artist_name: Option<RawString<'a>>,
    pub(crate) album_uri: Option<RawString<'a>>,
    pub(crate) album_name: Option<RawString<'a>>,
    pub(crate) duration_ms: Option<i64>,
}

/// A field that a track may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TrackField {
    Pos,
    ArtistName,
    TrackUri,
    ArtistUri,
    TrackName,
    AlbumUri,
    DurationMs,
    AlbumName,
}

impl TrackField {
    fn of_key(key: &[u8]) -> Option<Self> {
        Some(match key {
            b"pos" => Self::Pos,
            b"artist_name" => Self::ArtistName,
            b"track_uri" => Self::TrackUri,
            b"artist_uri" => Self::ArtistUri,
            b"track_name" => Self::TrackName,
            b"album_uri" => Self::AlbumUri,
            b"duration_ms" => Self::DurationMs,
            b"album_name" => Self::AlbumName,
            _ => return None,
        })
    }
}

/// Reads tracks one after the other and remembers how the last one was written.
#[derive(Debug, Default)]
pub(super) struct TrackReader {
    shape: TrackShape,
    /// Tracks of the largest playlist so far, up to a limit.
    usual_tracks: usize,
}

impl TrackReader {
    /// Most tracks for which room is made in advance: twice what Spotify's data set allows.
    const MAX_USUAL_TRACKS: usize = 512;

    /// How many tracks to make room for.
    pub(super) fn usual_tracks(&self) -> usize {
        self.usual_tracks
    }

    /// Notes how many tracks a playlist had.
    pub(super) fn note_tracks(&mut self, tracks: usize) {
        self.usual_tracks = self.usual_tracks.max(tracks.min(Self::MAX_USUAL_TRACKS));
    }

    /// The track at the cursor.
    pub(super) fn read<'a>(&mut self, cursor: &mut Cursor<'a>) -> Parsed<Track<'a>> {
        let mut guessed = cursor.clone();
        if let Some(track) = self.read_in_shape(&mut guessed) {
            *cursor = guessed;
            self.shape.fits();
            return Ok(track);
        }
        self.read_any(cursor)
    }

    /// The track if it is written like the one before it and nothing is wrong with it.
    fn read_in_shape<'a>(&self, cursor: &mut Cursor<'a>) -> Option<Track<'a>> {
        let mut values = Values::default();
        cursor.peek().ok()?;
        for gap in self.shape.gaps() {
            if !cursor.accept_bytes(&gap.bytes) {
                return None;
            }
            values.read(gap.field, cursor).ok()?;
        }
        if !cursor.accept_bytes(self.shape.end()) {
            return None;
        }
        values.into_track(cursor.position()).ok()
    }

    /// The track, however it is written; what is wrong with it is found here.
    fn read_any<'a>(&mut self, cursor: &mut Cursor<'a>) -> Parsed<Track<'a>> {
        cursor.peek()?;
        let mut learning = self.shape.learn();
        let mut gap_start = cursor.position();
        if !cursor.accept(b'{')? {
            return Err(cursor.wrong_type("a track object"));
        }
        let start = cursor.position() - 1;
        let mut values = Values::default();
        if !cursor.accept(b'}')? {
            loop {
                let key = cursor.key()?;
                let field = TrackField::of_key(key.bytes);
                cursor.peek()?;
                learning.gap(field, cursor.bytes_since(gap_start));
                match field {
                    Some(field) => values.read(field, cursor)?,
                    None => cursor.skip_value()?,
                }
                gap_start = cursor.position();
                if !cursor.accept(b',')? {
                    cursor.expect(b'}', "a comma or the end of the track")?;
                    break;
                }
            }
        }
        let track = values.into_track(start)?;
        self.shape = learning.end(cursor.bytes_since(gap_start));
        Ok(track)
    }
}

/// Values of a track whose end is not reached yet.
#[derive(Default)]
struct Values<'a> {
    pos: Option<i64>,
    track_uri: Option<RawString<'a>>,
    rest: Track<'a>,
}

impl<'a> Values<'a> {
    #[inline]
    fn read(&mut self, field: TrackField, cursor: &mut Cursor<'a>) -> Parsed<()> {
        let track = &mut self.rest;
        match field {
            TrackField::Pos => set(&mut self.pos, "pos", optional_integer(cursor)),
            TrackField::ArtistName => set(&mut track.artist_name, "artist_name", optional_string(cursor)),
            TrackField::TrackUri => set(&mut self.track_uri, "track_uri", uri(cursor)),
            TrackField::ArtistUri => set(&mut track.artist_uri, "artist_uri", optional_string(cursor)),
            TrackField::TrackName => set(&mut track.track_name, "track_name", optional_string(cursor)),
            TrackField::AlbumUri => set(&mut track.album_uri, "album_uri", optional_string(cursor)),
            TrackField::DurationMs => set(&mut track.duration_ms, "duration_ms", optional_integer(cursor)),
            TrackField::AlbumName => set(&mut track.album_name, "album_name", optional_string(cursor)),
        }
    }

    /// The track that begins at `start`.
    fn into_track(self, start: usize) -> Parsed<Track<'a>> {
        let missing = |field| Fault::new(start, FaultKind::Missing { field });
        let pos = self.pos.ok_or_else(|| missing("pos"))?;
        let track_uri = self.track_uri.ok_or_else(|| missing("track_uri"))?;
        Ok(Track { pos, track_uri, ..self.rest })
    }
}

fn uri<'a>(cursor: &mut Cursor<'a>) -> Parsed<Option<RawString<'a>>> {
    cursor.peek()?;
    let start = cursor.position();
    let found = optional_string(cursor)?;
    let checked = match found {
        // Some encoders escape slashes: `https:\/\/` is a web address like any other.
        Some(raw) if raw.escaped => {
            let mut text = Vec::new();
            unescape(raw, &mut text);
            check_uri(&text)
        }
        Some(raw) => check_uri(raw.bytes),
        None => Ok(()),
    };
    checked.map(|()| found).map_err(|rule| Fault::new(start, FaultKind::Invalid { rule }))
}

/// Accepts `spotify:track:` with 22 base-62 characters, and URIs of other schemes (`item:42`) as they are.
fn check_uri(text: &[u8]) -> Result<(), &'static str> {
    if let Some(id) = text.strip_prefix(b"spotify:track:") {
        // No early end: the compiler then checks all bytes at once.
        let well_formed = id.len() == 22 && id.iter().fold(true, |so_far, byte| so_far & byte.is_ascii_alphanumeric());
        return if well_formed { Ok(()) } else { Err("22 letters or digits after spotify:track:") };
    }
    if text.starts_with(b"http://") || text.starts_with(b"https://") {
        return Err("a track URI such as spotify:track:<id>, not a web address");
    }
    let (scheme, rest) = text.split_at(memchr(b':', text).unwrap_or(0));
    let named = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    let rest = std::str::from_utf8(rest).unwrap_or_default().get(1..).unwrap_or_default();
    if named && !rest.is_empty() && !rest.contains(char::is_whitespace) {
        return Ok(());
    }
    Err("a track URI such as spotify:track:<id>")
}
