//! Functions on texts. Positions count characters from 1; from the end where they are negative.

mod case;
mod compare;
mod distance;
mod find;
mod join;
mod like;
mod map;
mod pad;
mod replace;
mod slice;
mod split;
mod stem;
mod trim;
mod utf8;

use super::scalar::Scalar;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::of(
        "length",
        &["varchar(x) -> bigint", "varbinary -> bigint"],
        "How many characters or bytes.",
        slice::length,
    ),
    Scalar::of("lower", &["varchar(x) -> varchar(x)"], "In lower case, character by character.", case::lower),
    Scalar::of("upper", &["varchar(x) -> varchar(x)"], "In upper case, character by character.", case::upper),
    Scalar::of(
        "reverse",
        &["varchar(x) -> varchar(x)", "varbinary -> varbinary"],
        "The characters or bytes in the opposite order.",
        case::reverse,
    ),
    Scalar::of(
        "normalize",
        &["varchar(x) -> varchar", "varchar(x), varchar -> varchar"],
        "In a normal form of Unicode: NFC unless NFD, NFKC or NFKD is named.",
        case::normalize,
    ),
    Scalar::of("substr", slice::FORMS, "A part from a position on; empty where there is none.", slice::substr),
    Scalar::of("substring", slice::FORMS, "A part from a position on; empty where there is none.", slice::substr),
    Scalar::of(
        "split_part",
        &["varchar(x), varchar, bigint -> varchar(x)"],
        "One part of a text cut at a delimiter; NULL behind the last.",
        split::split_part,
    ),
    Scalar::of(
        "split",
        &["varchar(x), varchar -> array(varchar(x))", "varchar(x), varchar, bigint -> array(varchar(x))"],
        "The parts of a text cut at a delimiter, at most as many as the limit says.",
        split::split,
    ),
    Scalar::of(
        "split_to_map",
        &["varchar, varchar, varchar -> map(varchar, varchar)"],
        "Keys and values of a text such as `a=1,b=2`; a key that comes twice is an error.",
        map::split_to_map,
    ),
    Scalar::of(
        "split_to_multimap",
        &["varchar, varchar, varchar -> map(varchar, array(varchar))"],
        "The same with all values of each key.",
        map::split_to_multimap,
    ),
    Scalar::by_rule("concat", join::typing, "The arguments in a row; NULL if one is NULL.", join::concat),
    Scalar::by_rule(
        "concat_ws",
        join::typing_ws,
        "The arguments that are not NULL, with a separator.",
        join::concat_ws,
    ),
    Scalar::of(
        "strpos",
        find::FORMS,
        "Where a text first, or for the n-th time, stands in another; 0 if it does not.",
        find::strpos,
    ),
    Scalar::of(
        "position",
        &["varchar, varchar -> bigint"],
        "Where the first text stands in the second.",
        find::position,
    ),
    Scalar::of(
        "starts_with",
        &["varchar, varchar -> boolean"],
        "Whether a text begins with another.",
        compare::starts_with,
    ),
    Scalar::of("ends_with", &["varchar, varchar -> boolean"], "Whether a text ends with another.", compare::ends_with),
    Scalar::of(
        "like",
        &["varchar, varchar -> boolean", "varchar, varchar, varchar -> boolean"],
        "Whether a text fits a pattern of `%` and `_`.",
        like::like,
    ),
    Scalar::of(
        "replace",
        &["varchar, varchar -> varchar", "varchar, varchar, varchar -> varchar"],
        "With all occurrences of a text replaced or removed.",
        replace::replace,
    ),
    Scalar::of(
        "translate",
        &["varchar, varchar, varchar -> varchar"],
        "With single characters replaced.",
        replace::translate,
    ),
    Scalar::of("lpad", pad::FORMS, "Made as long as wanted at the left, or cut.", pad::lpad),
    Scalar::of("rpad", pad::FORMS, "Made as long as wanted at the right, or cut.", pad::rpad),
    Scalar::of("trim", trim::FORMS, "Without white space, or the given characters, at both ends.", trim::trim),
    Scalar::of("ltrim", trim::FORMS, "Without white space, or the given characters, at the left.", trim::ltrim),
    Scalar::of("rtrim", trim::FORMS, "Without white space, or the given characters, at the right.", trim::rtrim),
    Scalar::of("chr", &["bigint -> varchar(1)"], "The character of a code point.", utf8::chr),
    Scalar::of("codepoint", &["varchar -> integer"], "The code point of the only character.", utf8::codepoint),
    Scalar::of("to_utf8", &["varchar -> varbinary"], "The bytes of a text.", utf8::to_utf8),
    Scalar::of(
        "from_utf8",
        &["varbinary -> varchar", "varbinary, bigint -> varchar", "varbinary, varchar -> varchar"],
        "The text of bytes; what is no UTF-8 becomes U+FFFD, or what is given instead.",
        utf8::from_utf8,
    ),
    Scalar::of("hamming_distance", &["varchar, varchar -> bigint"], "How many characters differ.", distance::hamming),
    Scalar::of("levenshtein_distance", &["varchar, varchar -> bigint"], "How many edits apart.", distance::levenshtein),
    Scalar::of(
        "soundex",
        &["varchar -> varchar(4)"],
        "How a word sounds, as a letter and three digits.",
        distance::soundex,
    ),
    Scalar::of(
        "word_stem",
        &["varchar(x) -> varchar(x)", "varchar(x), varchar(2) -> varchar(x)"],
        "The stem of a word of English, or of the language that two letters name, by Snowball.",
        stem::word_stem,
    ),
    Scalar::of("luhn_check", &["varchar -> boolean"], "Whether the digits pass Luhn's check.", distance::luhn_check),
];
