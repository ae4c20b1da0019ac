//! Parses one playlist into borrowed values.
//!
//! Every known field is checked whether or not the query reads it, so that a playlist is accepted or rejected alike by
//! every query; unknown fields are passed over.

use super::{
    cursor::{Cursor, Parsed, RawString, unescape},
    fault::{Fault, FaultKind},
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

impl<'a> Playlist<'a> {
    /// Parses the playlist at the cursor into a fresh value.
    pub(crate) fn parse(&mut self, cursor: &mut Cursor<'a>) -> Parsed<()> {
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
                self.field(key.text.as_bytes(), cursor)?;
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

    fn field(&mut self, key: &[u8], cursor: &mut Cursor<'a>) -> Parsed<()> {
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
            b"tracks" => self.tracks(cursor).map_err(|fault| fault.under_key("tracks")),
            _ => cursor.skip_value(),
        }
    }

    fn tracks(&mut self, cursor: &mut Cursor<'a>) -> Parsed<()> {
        if !cursor.accept(b'[')? {
            return Err(cursor.wrong_type("an array of tracks"));
        }
        self.has_tracks = true;
        self.tracks.clear();
        if cursor.accept(b']')? {
            return Ok(());
        }
        loop {
            let index = self.tracks.len();
            self.tracks.push(track(cursor).map_err(|fault| fault.under_index(index))?);
            if !cursor.accept(b',')? {
                return cursor.expect(b']', "a comma or the end of the tracks");
            }
        }
    }
}

fn track<'a>(cursor: &mut Cursor<'a>) -> Parsed<Track<'a>> {
    if !cursor.accept(b'{')? {
        return Err(cursor.wrong_type("a track object"));
    }
    let start = cursor.position() - 1;
    let mut track = Track::default();
    let (mut pos, mut track_uri) = (None, None);
    if !cursor.accept(b'}')? {
        loop {
            let key = cursor.key()?;
            match key.text.as_bytes() {
                b"pos" => set(&mut pos, "pos", optional_integer(cursor))?,
                b"artist_name" => set(&mut track.artist_name, "artist_name", optional_string(cursor))?,
                b"track_uri" => set(&mut track_uri, "track_uri", uri(cursor))?,
                b"artist_uri" => set(&mut track.artist_uri, "artist_uri", optional_string(cursor))?,
                b"track_name" => set(&mut track.track_name, "track_name", optional_string(cursor))?,
                b"album_uri" => set(&mut track.album_uri, "album_uri", optional_string(cursor))?,
                b"duration_ms" => set(&mut track.duration_ms, "duration_ms", optional_integer(cursor))?,
                b"album_name" => set(&mut track.album_name, "album_name", optional_string(cursor))?,
                _ => cursor.skip_value()?,
            }
            if !cursor.accept(b',')? {
                cursor.expect(b'}', "a comma or the end of the track")?;
                break;
            }
        }
    }
    let missing = |field| Fault::new(start, FaultKind::Missing { field });
    track.pos = pos.ok_or_else(|| missing("pos"))?;
    track.track_uri = track_uri.ok_or_else(|| missing("track_uri"))?;
    Ok(track)
}

fn set<T>(slot: &mut Option<T>, key: &'static str, value: Parsed<Option<T>>) -> Parsed<()> {
    *slot = value.map_err(|fault| fault.under_key(key))?;
    Ok(())
}

fn optional_string<'a>(cursor: &mut Cursor<'a>) -> Parsed<Option<RawString<'a>>> {
    if cursor.literal(b"null")? { Ok(None) } else { cursor.string().map(Some) }
}

fn optional_integer(cursor: &mut Cursor<'_>) -> Parsed<Option<i64>> {
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
    match cursor.string()?.text {
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
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

fn uri<'a>(cursor: &mut Cursor<'a>) -> Parsed<Option<RawString<'a>>> {
    cursor.peek()?;
    let start = cursor.position();
    let found = optional_string(cursor)?;
    let checked = match found {
        // Some encoders escape slashes: `https:\/\/` is a web address like any other.
        Some(raw) if raw.escaped => {
            let mut text = String::new();
            unescape(raw, &mut text);
            check_uri(&text)
        }
        Some(raw) => check_uri(raw.text),
        None => Ok(()),
    };
    checked.map(|()| found).map_err(|rule| Fault::new(start, FaultKind::Invalid { rule }))
}

/// Accepts `spotify:track:` with 22 base-62 characters, and URIs of other schemes (`item:42`) as they are.
fn check_uri(text: &str) -> Result<(), &'static str> {
    if let Some(id) = text.strip_prefix("spotify:track:") {
        let well_formed = id.len() == 22 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return if well_formed { Ok(()) } else { Err("22 letters or digits after spotify:track:") };
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return Err("a track URI such as spotify:track:<id>, not a web address");
    }
    let scheme = text.split(':').next().filter(|scheme| scheme.len() < text.len()).unwrap_or_default();
    let named = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let rest = text.get(scheme.len() + 1..).unwrap_or_default();
    if named && !rest.is_empty() && !rest.contains(char::is_whitespace) {
        return Ok(());
    }
    Err("a track URI such as spotify:track:<id>")
}
