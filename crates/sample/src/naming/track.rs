//! Names of tracks.

use super::artist::{push_artist_name, push_words};
use super::syllables::push_invented_word;
use crate::catalog::{Catalog, Track};
use crate::random::{Domain, Random};
use crate::vocabulary::{ADJECTIVES, NOUNS, Script, VERBS};

/// Appends the name of a track, with its guests or version if it has any.
pub(crate) fn push_track_name(catalog: &Catalog, track: Track, out: &mut String) {
    let mut random = push_core(catalog, track, out);
    let scene = catalog.scene(track.scene);
    match random.below(1000) {
        0..70 => {
            out.push_str(" (feat. ");
            push_artist_name(catalog, scene.draw_artist(&mut random), track.scene, out);
            out.push(')');
        }
        70..95 => {
            let recorded = scene.decade(scene.circle_of(track.artist)).first_year();
            let remastered = (recorded + 20 + random.below(10)).min(2017);
            push_words(&[" - ", &remastered.to_string(), " Remaster"], out);
        }
        95..110 => out.push_str(" - Live"),
        110..122 => out.push_str(" - Radio Edit"),
        122..132 => out.push_str(" (Acoustic)"),
        132..140 => push_words(&[" - ", random.word(ADJECTIVES), " ", random.word(NOUNS), " Remix"], out),
        140..144 => out.push_str(" - 12\" Version"),
        144..150 => out.push_str(", Pt. 2"),
        _ => {}
    }
}

/// Appends the name of a track without guests or version, as albums that are named after a track
/// use it.
pub(super) fn push_plain_track_name(catalog: &Catalog, track: Track, out: &mut String) {
    push_core(catalog, track, out);
}

fn push_core(catalog: &Catalog, track: Track, out: &mut String) -> Random {
    let style = catalog.scene(track.scene).style;
    let mut random = Random::new(catalog.key, Domain::TrackName, u64::from(track.id.0));
    if style.script != Script::Latin && random.chance(0.5) {
        push_invented_word(style.script, &mut random, out);
        if random.chance(0.4) {
            push_words(&[" (", random.word(style.words), ")"], out);
        }
        return random;
    }
    match random.below(100) {
        0..14 => out.push_str(random.word(style.words)),
        14..34 => push_words(&[random.word(ADJECTIVES), " ", random.word(style.words)], out),
        34..46 => push_words(&[random.word(ADJECTIVES), " ", random.word(NOUNS)], out),
        46..54 => push_words(&[random.word(style.words), " of the ", random.word(NOUNS)], out),
        54..62 => push_words(&[random.word(VERBS), " Me, ", random.word(NOUNS)], out),
        62..69 => push_words(&["Don't ", random.word(VERBS), " the ", random.word(NOUNS)], out),
        69..76 => push_words(&[random.word(NOUNS), " & ", random.word(style.words)], out),
        76..82 => push_words(&[random.word(VERBS), " Your ", random.word(ADJECTIVES), " ", random.word(NOUNS)], out),
        82..89 => out.push_str(random.word(NOUNS)),
        89..94 => push_words(&["The ", random.word(NOUNS), " I Used to ", random.word(VERBS)], out),
        94..98 => push_invented_word(style.script, &mut random, out),
        98..99 => push_words(&["Where Is My ", random.word(style.words), "?"], out),
        _ => push_words(&[random.word(NOUNS), "\\", random.word(NOUNS)], out),
    }
    random
}
