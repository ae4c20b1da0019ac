//! Names of artists.

use super::syllables::push_invented_word;
use crate::catalog::{ArtistId, Catalog, SceneId};
use crate::random::{Domain, Random};
use crate::vocabulary::{ADJECTIVES, NOUNS, PLURALS, Script};

/// Appends the name of an artist of this scene.
pub(crate) fn push_artist_name(catalog: &Catalog, artist: ArtistId, scene: SceneId, out: &mut String) {
    let style = catalog.scene(scene).style;
    let mut random = Random::new(catalog.key, Domain::ArtistName, u64::from(artist.0));
    let invented = |random: &mut Random, out: &mut String| push_invented_word(style.script, random, out);
    match random.below(100) {
        0..36 => {
            invented(&mut random, out);
            out.push(' ');
            invented(&mut random, out);
        }
        36..50 => invented(&mut random, out),
        50..58 => push_words(&["The ", random.word(ADJECTIVES), " ", random.word(PLURALS)], out),
        58..60 => push_words(&["The ", random.word(PLURALS)], out),
        60..67 => push_words(&[random.word(ADJECTIVES), " ", random.word(style.words)], out),
        67..78 => {
            invented(&mut random, out);
            push_words(&[" & The ", random.word(PLURALS)], out);
        }
        78..88 => {
            invented(&mut random, out);
            push_words(&[" ", random.word(NOUNS)], out);
        }
        88..92 => {
            out.push_str(if style.script == Script::Latin { "DJ " } else { "" });
            invented(&mut random, out);
        }
        92..94 => {
            // A nickname in quotation marks, which JSON has to escape.
            invented(&mut random, out);
            push_words(&[" \"", random.word(NOUNS), "\" "], out);
            invented(&mut random, out);
        }
        _ => push_words(&[random.word(NOUNS), "/", random.word(NOUNS)], out),
    }
}

/// Appends all parts.
pub(super) fn push_words(parts: &[&str], out: &mut String) {
    parts.iter().for_each(|part| out.push_str(part));
}
