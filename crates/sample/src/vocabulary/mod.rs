//! The words that titles and names are made of.
//!
//! All of it was made up for this crate: genre and mood words are plain language, artists and
//! tracks are composed from syllables and common nouns. Likeness to a real artist or work would be
//! chance.

mod moods;
mod occasions;
mod scenes;
mod scripts;
mod style;
mod words;

pub(crate) use moods::{MOODS, Mood};
pub(crate) use occasions::{EMOJI, MONTHS, OCCASIONS, SEASONS};
pub(crate) use scenes::SCENES;
pub(crate) use scripts::{CYRILLIC_SYLLABLES, KANA_SYLLABLES, LATIN_SYLLABLES};
pub(crate) use style::{Decade, Script, Style};
pub(crate) use words::{ADJECTIVES, NOUNS, PLURALS, VERBS};
