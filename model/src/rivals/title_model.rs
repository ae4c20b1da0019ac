//! What playlists of the same title hold.

use std::collections::{BTreeMap, HashMap};

use super::{normalise_title, title_words};
use crate::{
    config::TitleConfig,
    data::{Item, Sequences},
};

/// What a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TermKind {
    /// A whole normalised title.
    Title,
    /// A word of a title.
    Word,
}

impl TermKind {
    /// Word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Word => "word",
        }
    }

    /// Reads the word in files.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Title, Self::Word].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What the playlists that bear a term hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TermTracks {
    /// Training playlists that bear the term.
    pub playlists: u32,
    /// Items and how many of those playlists hold each, the most frequent first.
    pub tracks: Vec<(Item, u32)>,
}

/// What the training playlists of a title, or with a word in their title, hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TitleModel {
    terms: BTreeMap<(TermKind, String), TermTracks>,
}

impl TitleModel {
    /// Takes terms as they stand in a file.
    pub fn new(terms: BTreeMap<(TermKind, String), TermTracks>) -> Self {
        Self { terms }
    }

    /// Counts over training playlists and their titles, which have the same order.
    pub fn count(sequences: &Sequences<Item>, titles: &[Option<String>], config: &TitleConfig) -> Self {
        let mut members: BTreeMap<(TermKind, String), Vec<usize>> = BTreeMap::new();
        for (playlist, title) in titles.iter().enumerate() {
            let title = normalise_title(title.as_deref().unwrap_or_default());
            for word in title_words(&title) {
                members.entry((TermKind::Word, word.to_owned())).or_default().push(playlist);
            }
            if !title.is_empty() {
                members.entry((TermKind::Title, title)).or_default().push(playlist);
            }
        }
        let known = members.into_iter().filter(|(_, playlists)| playlists.len() >= config.min_playlists as usize);
        let terms = known.map(|(term, playlists)| (term, tracks_of(sequences, &playlists, config.tracks_per_term)));
        Self { terms: terms.collect() }
    }

    /// All terms in order.
    pub fn terms(&self) -> &BTreeMap<(TermKind, String), TermTracks> {
        &self.terms
    }

    /// Whether the title, or at least a word of it, is known.
    pub fn knows(&self, title: &str) -> bool {
        let title = normalise_title(title);
        let word_known = title_words(&title).into_iter().any(|word| self.find(TermKind::Word, word).is_some());
        word_known || self.find(TermKind::Title, &title).is_some()
    }

    /// What is known of a term.
    pub fn find(&self, kind: TermKind, term: &str) -> Option<&TermTracks> {
        self.terms.get(&(kind, term.to_owned()))
    }
}

fn tracks_of(sequences: &Sequences<Item>, playlists: &[usize], limit: usize) -> TermTracks {
    let mut counts: HashMap<Item, u32> = HashMap::new();
    let mut distinct = Vec::new();
    for &playlist in playlists {
        distinct.clear();
        distinct.extend_from_slice(sequences.row(playlist));
        distinct.sort_unstable();
        distinct.dedup();
        for &item in &distinct {
            *counts.entry(item).or_default() += 1;
        }
    }
    let mut tracks: Vec<_> = counts.into_iter().collect();
    tracks.sort_unstable_by_key(|&(item, count)| (std::cmp::Reverse(count), item));
    tracks.truncate(limit);
    TermTracks { playlists: u32::try_from(playlists.len()).unwrap_or(u32::MAX), tracks }
}
