//! How a track is written: the bytes between its values.
//!
//! Slices are written by machines, so from one track to the next only the values change. What stands between them
//! (braces, commas, keys, colons, line ends, indentation: more than half of a pretty-printed slice) is compared in one
//! piece with what stood there in the track before. A track that differs is parsed token by token, and its shape is the
//! next guess. The guess decides about speed only: it is a byte-for-byte prefix of something that was parsed.

use super::track::TrackField;

/// Tracks in a row that may fail to fit before shapes are no longer learned.
const MAX_MISSES: u32 = 1_000;

/// Bytes before a value, and the field that the value is of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// From the end of the value before (or the track's opening brace) to the value.
    pub(super) bytes: Vec<u8>,
    pub(super) field: TrackField,
}

/// The shape of a track; one that is not known fits no track.
#[derive(Debug, Default)]
pub(super) struct TrackShape {
    gaps: Vec<Gap>,
    end: Vec<u8>,
    misses: u32,
}

impl TrackShape {
    pub(super) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Bytes from the end of the last value to the track's closing brace; never empty in a shape that is known.
    pub(super) fn end(&self) -> &[u8] {
        if self.end.is_empty() { b"}" } else { &self.end }
    }

    /// Notes that a track had this shape.
    pub(super) fn fits(&mut self) {
        self.misses = 0;
    }

    /// Starts to learn the shape of a track that this one did not fit.
    pub(super) fn learn(&mut self) -> Learning {
        self.misses = self.misses.saturating_add(1);
        Learning { gaps: Vec::new(), useful: self.misses < MAX_MISSES, misses: self.misses }
    }
}

/// The shape of a track whose end is not reached yet.
#[derive(Debug)]
pub(super) struct Learning {
    gaps: Vec<Gap>,
    useful: bool,
    misses: u32,
}

impl Learning {
    /// Notes what stands before a value. Unknown and repeated fields have no place in a shape.
    pub(super) fn gap(&mut self, field: Option<TrackField>, bytes: &[u8]) {
        match field {
            Some(field) if self.useful && self.gaps.iter().all(|gap| gap.field != field) => {
                self.gaps.push(Gap { bytes: bytes.to_vec(), field });
            }
            _ => self.useful = false,
        }
    }

    /// The shape, given what stands behind the last value.
    pub(super) fn end(self, bytes: &[u8]) -> TrackShape {
        if self.useful {
            TrackShape { gaps: self.gaps, end: bytes.to_vec(), misses: self.misses }
        } else {
            TrackShape { misses: self.misses, ..TrackShape::default() }
        }
    }
}
