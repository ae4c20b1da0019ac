//! The invented listeners: what a playlist is about, what it is called, and which tracks it holds
//! in which order.
//!
//! A playlist is a function of the catalogue and its pid. It is made in four steps, one file each:
//! a *theme* (title words and tastes, that is, circles of artists), the *title* as somebody would
//! type it, the *profile* (length, followers, edits, dates), and the *sequence* of tracks.

mod description;
mod profile;
mod sequence;
mod theme;
mod theme_table;
mod title;

use crate::catalog::{Catalog, Track};
use crate::random::{Domain, Random};

pub(crate) use theme_table::ThemeTable;

/// A playlist, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Playlist {
    pub(crate) pid: u32,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) collaborative: bool,
    /// Seconds since 1970, at midnight GMT.
    pub(crate) modified_at: u32,
    pub(crate) followers: u32,
    pub(crate) edits: u32,
    pub(crate) tracks: Vec<Track>,
}

impl Playlist {
    /// Makes the playlist with this pid.
    pub(crate) fn new(catalog: &Catalog, themes: &ThemeTable, pid: u32) -> Self {
        let mut random = Random::new(catalog.key, Domain::Playlist, u64::from(pid));
        let theme = themes.draw(catalog, &mut random);
        let title = title::typed(&theme.words, &mut random);
        let description = description::draw(&theme.words, &mut random);
        let length = profile::length(&mut random);
        let collaborative = profile::collaborative(&mut random);
        let modified_at = profile::modified_at(&mut random);
        let followers = profile::followers(&mut random);
        let edits = profile::edits(length, &mut random);
        let tracks = sequence::compose(catalog, &theme, length, random);
        Self { pid, title, description, collaborative, modified_at, followers, edits, tracks }
    }
}
