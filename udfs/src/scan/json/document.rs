//! Walks through a file: finds its playlists one after the other in a buffer that is refilled as it goes.

use super::{
    cursor::{Cursor, Parsed},
    fault::{Fault, FaultKind},
    playlist::Playlist,
    track::TrackReader,
};

/// Form of a file of playlists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One object with `info` and an array `playlists`, as the Million Playlist Dataset has it.
    Slice,
    /// One playlist object per line.
    Lines,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    /// Inside the outer object, before a key.
    Keys {
        first: bool,
    },
    /// Inside the array, before a playlist.
    Playlists {
        first: bool,
    },
    /// Behind the array.
    Tail,
    End,
}

/// A file that is being walked through.
#[derive(Debug)]
pub(crate) struct Document {
    place: Place,
    tracks: TrackReader,
}

/// Position in a file between two playlists.
#[derive(Debug, Clone, Copy)]
struct Place {
    layout: Layout,
    state: State,
    seen_playlists: bool,
    /// Playlists passed so far, rejected ones included.
    index: usize,
}

/// What [`Document::next`] found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A playlist was parsed.
    Playlist,
    /// The file is over.
    End,
}

impl Document {
    pub(crate) fn new(layout: Layout) -> Self {
        let place = Place { layout, state: State::Start, seen_playlists: false, index: 0 };
        Self { place, tracks: TrackReader::default() }
    }

    /// JSONPath of the next playlist.
    pub(crate) fn playlist_path(&self) -> String {
        let Place { layout, state, index, .. } = self.place;
        match layout {
            Layout::Slice if matches!(state, State::Playlists { .. }) => format!("$.playlists[{index}]"),
            Layout::Slice => "$".to_owned(),
            Layout::Lines => format!("$[{index}]"),
        }
    }

    /// Whether a playlist comes next, so that a defect in it can be passed over.
    pub(crate) fn is_at_playlist(&self) -> bool {
        self.place.layout == Layout::Lines || matches!(self.place.state, State::Playlists { .. })
    }

    /// Parses the next playlist of `buffer[*at..]` into `playlist` and moves `at` behind it.
    ///
    /// `last` says that nothing follows the buffer. On a fault neither `at` nor the document moves past the last point
    /// between two values, so that the call can be repeated with more bytes.
    pub(crate) fn next<'a>(
        &mut self,
        buffer: &'a [u8],
        at: &mut usize,
        last: bool,
        playlist: &mut Playlist<'a>,
    ) -> Parsed<Step> {
        loop {
            let mut cursor = Cursor::new(buffer, *at);
            let mut next = self.place;
            let step = next.advance(&mut cursor, last, playlist, &mut self.tracks)?;
            *at = cursor.position();
            self.place = next;
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Whether the playlist that [`Self::next`] found this fault in can be passed over.
    ///
    /// In a slice that is a matter of what is wrong: behind text that is not JSON nothing can be trusted. Where playlists
    /// stand in lines, the next one begins behind the next line end, whatever is wrong with this one.
    pub(crate) fn can_skip(&self, fault: &Fault) -> bool {
        let whole_line = self.place.layout == Layout::Lines && matches!(fault.kind, FaultKind::Syntax { .. });
        self.is_at_playlist() && (fault.is_local() || whole_line)
    }

    /// Passes over the playlist that [`Self::next`] found a fault in, and returns its path. `last` says that nothing
    /// follows the buffer.
    pub(crate) fn skip_playlist(&mut self, buffer: &[u8], at: &mut usize, last: bool) -> Parsed<String> {
        let mut cursor = Cursor::new(buffer, *at);
        let mut next = self.place;
        match self.place.layout {
            Layout::Slice => {
                next.enter_playlist(&mut cursor)?;
                cursor.skip_value()?;
            }
            Layout::Lines => cursor.skip_line(last)?,
        }
        let path = self.playlist_path();
        next.leave_playlist();
        *at = cursor.position();
        self.place = next;
        Ok(path)
    }
}

impl Place {
    fn advance<'a>(
        &mut self,
        cursor: &mut Cursor<'a>,
        last: bool,
        playlist: &mut Playlist<'a>,
        tracks: &mut TrackReader,
    ) -> Parsed<Option<Step>> {
        match (self.layout, self.state) {
            (_, State::End) => Ok(Some(Step::End)),
            (Layout::Lines, _) => self.advance_lines(cursor, last, playlist, tracks),
            (Layout::Slice, State::Start) => {
                if !cursor.accept(b'{')? {
                    return Err(cursor.syntax("an object with an array `playlists`"));
                }
                self.state = State::Keys { first: true };
                Ok(None)
            }
            (Layout::Slice, State::Keys { first }) => self.advance_keys(cursor, first),
            (Layout::Slice, State::Playlists { .. }) => self.advance_playlists(cursor, playlist, tracks),
            (Layout::Slice, State::Tail) => self.advance_tail(cursor, last),
        }
    }

    fn advance_lines<'a>(
        &mut self,
        cursor: &mut Cursor<'a>,
        last: bool,
        playlist: &mut Playlist<'a>,
        tracks: &mut TrackReader,
    ) -> Parsed<Option<Step>> {
        if cursor.at_end() {
            return if last { Ok(Some(Step::End)) } else { Err(cursor.incomplete()) };
        }
        playlist.parse(cursor, tracks)?;
        tracks.note_tracks(playlist.tracks.len());
        self.leave_playlist();
        Ok(Some(Step::Playlist))
    }

    fn advance_keys(&mut self, cursor: &mut Cursor<'_>, first: bool) -> Parsed<Option<Step>> {
        if first && cursor.accept(b'}')? {
            self.state = State::Tail;
            return Ok(None);
        }
        let key = cursor.key()?;
        if key.bytes == b"playlists" {
            if !cursor.accept(b'[')? {
                return Err(cursor.syntax("an array of playlists"));
            }
            self.seen_playlists = true;
            self.state = State::Playlists { first: true };
            return Ok(None);
        }
        cursor.skip_value()?;
        self.member_end(cursor)
    }

    fn advance_playlists<'a>(
        &mut self,
        cursor: &mut Cursor<'a>,
        playlist: &mut Playlist<'a>,
        tracks: &mut TrackReader,
    ) -> Parsed<Option<Step>> {
        if cursor.accept(b']')? {
            return self.member_end(cursor);
        }
        self.enter_playlist(cursor)?;
        playlist.parse(cursor, tracks)?;
        tracks.note_tracks(playlist.tracks.len());
        self.leave_playlist();
        Ok(Some(Step::Playlist))
    }

    fn advance_tail(&mut self, cursor: &mut Cursor<'_>, last: bool) -> Parsed<Option<Step>> {
        if !cursor.at_end() {
            return Err(cursor.syntax("the end of the file behind the slice"));
        }
        if !last {
            return Err(cursor.incomplete());
        }
        if !self.seen_playlists {
            return Err(Fault::new(cursor.position(), FaultKind::Syntax { expected: "an array `playlists`" }));
        }
        self.state = State::End;
        Ok(Some(Step::End))
    }

    /// Consumes the comma or brace behind a member of the outer object.
    fn member_end(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Option<Step>> {
        if cursor.accept(b',')? {
            self.state = State::Keys { first: false };
        } else {
            cursor.expect(b'}', "a comma or the end of the slice")?;
            self.state = State::Tail;
        }
        Ok(None)
    }

    fn enter_playlist(&mut self, cursor: &mut Cursor<'_>) -> Parsed<()> {
        if self.state == (State::Playlists { first: false }) {
            cursor.expect(b',', "a comma or the end of the playlists")?;
        }
        Ok(())
    }

    fn leave_playlist(&mut self) {
        self.index += 1;
        if self.layout == Layout::Slice {
            self.state = State::Playlists { first: false };
        }
    }
}
