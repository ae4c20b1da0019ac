//! Titles as people type them.

use crate::random::Random;
use crate::vocabulary::EMOJI;

/// Turns the words of a theme into a title: in some case, with or without decoration.
pub(super) fn typed(words: &str, random: &mut Random) -> String {
    let mut title = cased(words, random);
    match random.below(1000) {
        0..70 => append(&mut title, &[" ", fitting_emoji(words, random)]),
        70..85 => append(&mut title, &[fitting_emoji(words, random)]),
        85..110 => title.push('!'),
        110..120 => append(&mut title, &["!", "!!"]),
        120..135 => append(&mut title, &[" 2"]),
        135..140 => append(&mut title, &[" 2.0"]),
        140..150 => append(&mut title, &[" :)"]),
        150..154 => append(&mut title, &[" <3"]),
        154..160 => append(&mut title, &["..."]),
        160..164 => title.insert(0, '~'),
        164..168 => title.insert(0, '#'),
        _ => {}
    }
    title
}

/// Returns a few emoji, for titles without a word.
pub(super) fn emoji(random: &mut Random) -> String {
    let count = 1 + random.skewed_below(3);
    (0..count).map(|_| random.word_skewed(EMOJI)).collect()
}

/// Picks one of the three emoji that go with these words, so that a title is decorated alike by
/// many.
fn fitting_emoji(words: &str, random: &mut Random) -> &'static str {
    let sum = words.bytes().map(usize::from).sum::<usize>();
    EMOJI[(sum + random.skewed_below(3) as usize) % EMOJI.len()]
}

fn cased(words: &str, random: &mut Random) -> String {
    match random.below(100) {
        0..44 => words.to_owned(),
        44..72 => capitalised(words),
        72..93 => words.split(' ').map(capitalised).collect::<Vec<_>>().join(" "),
        _ => words.to_uppercase(),
    }
}

fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}

fn append(title: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| title.push_str(part));
}
