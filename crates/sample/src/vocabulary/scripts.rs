//! Syllables from which words of no language are made.

/// Syllables of the Latin script, with diacritics in some.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const LATIN_SYLLABLES: &[&str] = &[
    "al", "an", "ar", "ba", "bel", "bo", "bren", "ca", "cor", "da", "del", "dor", "dra", "el",
    "en", "fa", "fen", "fi", "gal", "gri", "ha", "hol", "il", "in", "ja", "jo", "ka", "kel",
    "kin", "la", "len", "li", "lo", "lu", "ma", "mar", "mi", "mo", "na", "nel", "ni", "no", "or",
    "pa", "per", "pol", "qua", "ra", "ren", "ri", "ro", "sa", "sel", "shi", "sol", "ta", "tel",
    "ti", "tor", "tu", "ul", "va", "vel", "vi", "wen", "wi", "ya", "yor", "za", "zel", "zu", "é",
    "ñe", "ö", "ša", "ål", "çi", "ría",
];

/// Katakana syllables.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const KANA_SYLLABLES: &[&str] = &[
    "ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク", "ケ", "コ", "サ", "シ", "ス", "セ", "ソ", "タ", "チ", "ツ", "テ",
    "ト", "ナ", "ニ", "ヌ", "ノ", "ハ", "ヒ", "フ", "ヘ", "ホ", "マ", "ミ", "ム", "メ", "モ", "ヤ", "ユ", "ヨ", "ラ",
    "リ", "ル", "レ", "ロ", "ワ", "ン",
];

/// Cyrillic syllables.
#[rustfmt::skip] // a list of words reads as prose
pub(crate) const CYRILLIC_SYLLABLES: &[&str] = &[
    "ба", "ве", "гор", "до", "жи", "за", "ка", "ла", "лю", "ма", "мо", "на", "ни", "ой", "пе",
    "ра", "рё", "са", "ско", "та", "ти", "у", "фа", "хо", "ца", "че", "ша", "щи", "эл", "юн",
    "яр",
];
