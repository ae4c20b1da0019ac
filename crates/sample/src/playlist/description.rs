//! Descriptions, which few playlists have.

use crate::random::Random;

/// Share of playlists with a description: 18,760 of the MPD's million.
const DESCRIBED: f64 = 0.018_76;

/// Writes a description, or more often none. Real ones carry HTML entities and line breaks, so
/// these do too.
pub(super) fn draw(words: &str, random: &mut Random) -> Option<String> {
    if !random.chance(DESCRIBED) {
        return None;
    }
    Some(match random.below(10) {
        0 => format!("The best of {words}"),
        1 => format!("it&#x27;s all about {words}"),
        2 => format!("Songs for {words}, updated every week"),
        3 => format!("{words} & more"),
        4 => format!("my \"{words}\" songs\nfeel free to add"),
        5 => "songs I can&#x27;t stop listening to".to_owned(),
        6 => format!("{words} — in no particular order"),
        7 => format!("all things {words} ✨"),
        8 => "listen on shuffle".to_owned(),
        _ => format!("{words}/whatever fits"),
    })
}
