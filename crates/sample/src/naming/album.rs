//! Names of albums.

use super::artist::{push_artist_name, push_words};
use super::syllables::push_invented_word;
use super::track::push_plain_track_name;
use crate::catalog::{Catalog, Track, TrackId};
use crate::random::{Domain, Random};
use crate::vocabulary::{ADJECTIVES, NOUNS, VERBS};

/// Appends the name of the album that holds `track`; all its tracks give the same name.
pub(crate) fn push_album_name(catalog: &Catalog, track: Track, out: &mut String) {
    let style = catalog.scene(track.scene).style;
    let mut random = Random::new(catalog.key, Domain::AlbumName, u64::from(track.album.0));
    let tracks = catalog.tracks(track.album);
    if tracks.len() == 1 {
        push_plain_track_name(catalog, track, out);
        out.push_str(if random.chance(0.3) { " - Single" } else { "" });
        return;
    }
    match random.below(100) {
        0..12 => push_artist_name(catalog, track.artist, track.scene, out),
        12..34 => push_plain_track_name(catalog, Track { id: TrackId(tracks.start), ..track }, out),
        34..52 => push_words(&[random.word(ADJECTIVES), " ", random.word(NOUNS)], out),
        52..64 => out.push_str(random.word(NOUNS)),
        64..76 => push_words(&["The ", random.word(style.words), " ", random.word(NOUNS)], out),
        76..84 => push_words(&[random.word(VERBS), " the ", random.word(NOUNS)], out),
        84..92 => push_invented_word(style.script, &mut random, out),
        92..95 => push_words(&["Greatest Hits, Vol. ", ["1", "2", "3"][random.below(3) as usize]], out),
        _ => push_words(&[random.word(NOUNS), "s & ", random.word(style.words), "s"], out),
    }
    out.push_str(match random.below(100) {
        0..7 => " (Deluxe Edition)",
        7..11 => " (Remastered)",
        11..13 => " (Expanded Edition)",
        13..16 => " EP",
        16..18 => " (Original Motion Picture Soundtrack)",
        18..20 => " [Live]",
        _ => "",
    });
}
