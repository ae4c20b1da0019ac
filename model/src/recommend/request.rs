//! What is asked.

use super::TrackReference;

/// What is asked: tracks in order, a title, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Tracks of the list, in order.
    pub tracks: Vec<TrackReference>,
    /// Its title; it counts only where no track is known.
    pub title: Option<String>,
    /// Tracks wanted.
    pub k: usize,
}
