//! Parses one playlist into borrowed values.
//!
//! Every known field is checked whether or not the query reads it, so that a playlist is accepted or rejected alike by
//! every query; unknown fields are passed over.

use super::{
    cursor::{Cursor, Parsed, RawString},
    fault::{Fault, FaultKind},
    track::{Track, TrackReader},
};

/// Values of a playlist as they stand in the buffer.
#[derive(Debug, Default)]
pub(crate) struct Playlist<'a> {
    pub(crate) name: Option<RawString<'a>>,
    pub(crate) description: Option<RawString<'a>>,
    pub(crate) collaborative: Option<bool>,
    pub(crate) pid: Option<i64>,
    pub(crate) modified_at: Option<i64>,
    pub(crate) num_tracks: Option<i64>,
    pub(crate) num_albums: Option<i64>,
    pub(crate) num_artists: Option<i64>,
    pub(crate) num_followers: Option<i64>,
    pub(crate) num_edits: Option<i64>,
    pub(crate) duration_ms: Option<i64>,
    has_tracks: bool,
    pub(crate) tracks: Vec<Track<'a>>,
}

impl<'a> Playlist<'a> {
    /// Parses the playlist at the cursor into a fresh value.
    pub(super) fn parse(&mut self, cursor: &mut Cursor<'a>, reader: &mut TrackReader) -> Parsed<()> {
        let start = {
            cursor.peek()?;
            cursor.position()
        };
        if !cursor.accept(b'{')? {
            return Err(cursor.wrong_type("a playlist object"));
        }
        if !cursor.accept(b'}')? {
            loop {
                let key = cursor.key()?;
                self.field(key.bytes, cursor, reader)?;
                if !cursor.accept(b',')? {
                    cursor.expect(b'}', "a comma or the end of the playlist")?;
                    break;
                }
            }
        }
        let missing = |field| Fault::new(start, FaultKind::Missing { field });
        if self.pid.is_none() {
            return Err(missing("pid"));
        }
        if !self.has_tracks {
            return Err(missing("tracks"));
        }
        Ok(())
    }

    fn field(&mut self, key: &[u8], cursor: &mut Cursor<'a>, reader: &mut TrackReader) -> Parsed<()> {
        match key {
            b"name" => set(&mut self.name, "name", optional_string(cursor)),
            b"description" => set(&mut self.description, "description", optional_string(cursor)),
            b"collaborative" => set(&mut self.collaborative, "collaborative", optional_boolean(cursor)),
            b"pid" => set(&mut self.pid, "pid", pid(cursor)),
            b"modified_at" => set(&mut self.modified_at, "modified_at", optional_integer(cursor)),
            b"num_tracks" => set(&mut self.num_tracks, "num_tracks", optional_integer(cursor)),
            b"num_albums" => set(&mut self.num_albums, "num_albums", optional_integer(cursor)),
            b"num_artists" => set(&mut self.num_artists, "num_artists", optional_integer(cursor)),
            b"num_followers" => set(&mut self.num_followers, "num_followers", optional_integer(cursor)),
            b"num_edits" => set(&mut self.num_edits, "num_edits", optional_integer(cursor)),
            b"duration_ms" => set(&mut self.duration_ms, "duration_ms", optional_integer(cursor)),
            b"tracks" => self.tracks(cursor, reader).map_err(|fault| fault.under_key("tracks")),
            _ => cursor.skip_value(),
        }
    }

    fn tracks(&mut self, cursor: &mut Cursor<'a>, reader: &mut TrackReader) -> Parsed<()> {
        if !cursor.accept(b'[')? {
            return Err(cursor.wrong_type("an array of tracks"));
        }
        self.has_tracks = true;
        self.tracks = Vec::with_capacity(reader.usual_tracks());
        if cursor.accept(b']')? {
            return Ok(());
        }
        loop {
            let index = self.tracks.len();
            self.tracks.push(reader.read(cursor).map_err(|fault| fault.under_index(index))?);
            if !cursor.accept(b',')? {
                return cursor.expect(b']', "a comma or the end of the tracks");
            }
        }
    }
}

pub(super) fn set<T>(slot: &mut Option<T>, key: &'static str, value: Parsed<Option<T>>) -> Parsed<()> {
    *slot = value.map_err(|fault| fault.under_key(key))?;
    Ok(())
}

pub(super) fn optional_string<'a>(cursor: &mut Cursor<'a>) -> Parsed<Option<RawString<'a>>> {
    if cursor.literal(b"null")? { Ok(None) } else { cursor.string().map(Some) }
}

pub(super) fn optional_integer(cursor: &mut Cursor<'_>) -> Parsed<Option<i64>> {
    if cursor.literal(b"null")? { Ok(None) } else { cursor.integer().map(Some) }
}

/// The data set writes booleans as strings, its documentation calls them booleans: both are taken.
fn optional_boolean(cursor: &mut Cursor<'_>) -> Parsed<Option<bool>> {
    if cursor.literal(b"null")? {
        return Ok(None);
    }
    if cursor.peek()? != b'"' {
        let start = cursor.clone();
        if cursor.literal(b"true")? {
            return Ok(Some(true));
        }
        if cursor.literal(b"false")? {
            return Ok(Some(false));
        }
        return Err(start.wrong_type("\"true\" or \"false\""));
    }
    let start = cursor.clone();
    match cursor.string()?.bytes {
        b"true" => Ok(Some(true)),
        b"false" => Ok(Some(false)),
        _ => Err(start.wrong_type("\"true\" or \"false\"")),
    }
}

fn pid(cursor: &mut Cursor<'_>) -> Parsed<Option<i64>> {
    cursor.peek()?;
    let start = cursor.position();
    match optional_integer(cursor)? {
        Some(pid) if pid < 0 => Err(Fault::new(start, FaultKind::Invalid { rule: "a pid that is not negative" })),
        other => Ok(other),
    }
}
