//! Words of no language.

use crate::random::Random;
use crate::vocabulary::{CYRILLIC_SYLLABLES, KANA_SYLLABLES, LATIN_SYLLABLES, Script};

/// Appends a capitalised word that is made up in this script.
pub(crate) fn push_invented_word(script: Script, random: &mut Random, out: &mut String) {
    match script {
        Script::Latin => push_capitalised(LATIN_SYLLABLES, 2 + random.below(2), random, out),
        Script::Cyrillic => push_capitalised(CYRILLIC_SYLLABLES, 2 + random.below(3), random, out),
        Script::Kana => (0..2 + random.below(3)).for_each(|_| out.push_str(random.word(KANA_SYLLABLES))),
        Script::Hangul => (0..2 + random.below(2)).for_each(|_| out.push(hangul_syllable(random))),
    }
}

fn push_capitalised(syllables: &[&'static str], count: u32, random: &mut Random, out: &mut String) {
    let mut first = random.word(syllables).chars();
    out.extend(first.next().into_iter().flat_map(char::to_uppercase));
    out.push_str(first.as_str());
    (1..count).for_each(|_| out.push_str(random.word(syllables)));
}

/// Composes a syllable by the formula of the Unicode Standard, section 3.12: 19 leads, 21 vowels,
/// 28 tails.
fn hangul_syllable(random: &mut Random) -> char {
    const FIRST: u32 = 0xac00;
    /// No final consonant, or one of ㄱ ㄴ ㅁ ㅇ: other tails are rare in names.
    const TAILS: &[u32] = &[0, 0, 0, 1, 4, 16, 21];
    let (lead, vowel) = (random.below(19), random.below(21));
    char::from_u32(FIRST + (lead * 21 + vowel) * 28 + random.pick(TAILS)).unwrap_or('가')
}
