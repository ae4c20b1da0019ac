//! Tokens: what is taken, what is refused, and with what words.

use super::{
    super::cursor::{Cursor, Parsed, unescape},
    INCOMPLETE,
};

const NOT_INTEGER: &str = "expected an integer, found another number";
const TOO_LARGE: &str = "expected an integer of 64 bits, found another number";
const BAD_ESCAPE: &str = "expected a known escape after the backslash";
const CONTROL: &str = "expected no control character inside a string";
const NOT_UTF8: &str = "a string is not valid UTF-8";

#[test]
fn integers_reach_to_the_limits_of_64_bits() {
    check_integer("0,", Ok(0));
    check_integer("-0}", Ok(0));
    check_integer(" \r\n\t          42 ", Ok(42));
    check_integer("9223372036854775807,", Ok(i64::MAX));
    check_integer("-9223372036854775808,", Ok(i64::MIN));
    check_integer("9223372036854775808,", Err(TOO_LARGE));
    check_integer("-9223372036854775809,", Err(TOO_LARGE));
    check_integer("1000000000000000000000000000000000000000,", Err(TOO_LARGE));
}

#[test]
fn other_values_are_no_integers() {
    check_integer("1.0,", Err(NOT_INTEGER));
    check_integer("1e3,", Err(NOT_INTEGER));
    check_integer("-5E3,", Err(NOT_INTEGER));
    check_integer("-,", Err(NOT_INTEGER));
    check_integer("\"1\",", Err("expected an integer, found a string"));
    check_integer("true,", Err("expected an integer, found a boolean"));
    check_integer("null,", Err("expected an integer, found null"));
    check_integer("[1],", Err("expected an integer, found an array"));
    check_integer("{},", Err("expected an integer, found an object"));
    check_integer("@,", Err("expected an integer, found something else"));
}

#[test]
fn a_number_ends_only_at_another_byte() {
    check_integer("", Err(INCOMPLETE));
    check_integer("   ", Err(INCOMPLETE));
    check_integer("-", Err(INCOMPLETE));
    check_integer("12", Err(INCOMPLETE));
}

#[test]
fn strings_are_unescaped() {
    check_string(br#""""#, Ok(""));
    check_string("\"plain é 🎵\"".as_bytes(), Ok("plain é 🎵"));
    check_string(br#""\"\\\/\b\f\n\r\t""#, Ok("\"\\/\u{8}\u{c}\n\r\t"));
    check_string(br#""ends in a backslash\\""#, Ok("ends in a backslash\\"));
    check_string(br#""\u0041\u00e9\u20AC\u0000""#, Ok("Aé€\0"));
    check_string(br#""\ud83c\udfb5 \uD83C\uDFB5""#, Ok("🎵 🎵"));
}

#[test]
fn lone_surrogates_become_replacement_characters() {
    check_string(br#""a\ud83cb""#, Ok("a\u{fffd}b"));
    check_string(br#""\udfb5""#, Ok("\u{fffd}"));
    check_string(br#""\udfb5\ud83c""#, Ok("\u{fffd}\u{fffd}"));
    check_string(br#""\ud83c\u0041""#, Ok("\u{fffd}A"));
    check_string(br#""\ud83c\n""#, Ok("\u{fffd}\n"));
    check_string(br#""\ud83c\ud83c\udfb5""#, Ok("\u{fffd}🎵"));
}

#[test]
fn broken_strings_are_refused() {
    check_string(br#""\x41""#, Err(BAD_ESCAPE));
    check_string(br#""\u12""#, Err(BAD_ESCAPE));
    check_string(br#""\u12g4""#, Err(BAD_ESCAPE));
    check_string(br#""\u+123""#, Err(BAD_ESCAPE));
    check_string(b"\"two\nlines\"", Err(CONTROL));
    check_string(b"\"\x00\"", Err(CONTROL));
    check_string(b"\"caf\xe9\"", Err(NOT_UTF8));
    check_string(b"\"\xc0\xaf\"", Err(NOT_UTF8));
    check_string(b"\"\xed\xa0\x80\"", Err(NOT_UTF8));
    check_string(b"\"\xf0\x9f\x8e\"", Err(NOT_UTF8));
    check_string(b"5,", Err("expected a string, found another number"));
}

#[test]
fn an_open_string_is_incomplete() {
    for text in [br#"""#.as_slice(), br#""abc"#, br#""abc\"#, br#""abc\""#, br#""\u00"#, b"\"\xf0\x9f"] {
        check_string(text, Err(INCOMPLETE));
    }
}

#[test]
fn a_fault_names_its_byte() {
    check_fault(b"  \"ab\xffcd\"", |cursor| cursor.string().map(drop), 5);
    check_fault(br#"  "ab\qcd""#, |cursor| cursor.string().map(drop), 5);
    check_fault(b"  \"ab\ncd\"", |cursor| cursor.string().map(drop), 5);
    check_fault(b"   1.5,", |cursor| cursor.integer().map(drop), 3);
    check_fault(b" {\"a\":[1}", |cursor| cursor.skip_value(), 8);
    check_fault(b" \"key\"; ", |cursor| cursor.key().map(drop), 6);
}

#[test]
fn unknown_values_are_passed_over() {
    check_skip(r#"{"a":[1,{"b":"]}\"["}],"c":null}"#, ",", Ok(()));
    check_skip(r#"[[[],[]],{"":{}}]"#, "", Ok(()));
    check_skip(r#""a string with } and \" and \\""#, "}", Ok(()));
    for scalar in ["0", "-1.5e+30", "true", "false", "null"] {
        check_skip(scalar, ",", Ok(()));
        check_skip(scalar, "]", Ok(()));
        check_skip(scalar, "\n", Ok(()));
        check_skip(scalar, "", Err(INCOMPLETE));
    }
    check_skip(r#"{"a":[1,{"b":"#, "", Err(INCOMPLETE));
}

#[test]
fn unknown_values_must_be_balanced() {
    check_skip("[}", "", Err("not valid JSON: expected brackets that match"));
    check_skip(r#"{"a":[1}"#, "", Err("not valid JSON: expected brackets that match"));
    check_skip("@", "", Err("not valid JSON: expected a value"));
    check_skip("]", "", Err("not valid JSON: expected a value"));
    check_skip("nil", ",", Err("not valid JSON: expected a value"));
    check_skip("0x1f", ",", Err("not valid JSON: expected a value"));
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    check_skip(&nested(128), "", Ok(()));
    check_skip(&nested(129), "", Err("not valid JSON: expected at most 128 levels of nesting"));
    check_skip(&"{\"a\":".repeat(100_000), "", Err("not valid JSON: expected at most 128 levels of nesting"));
}

#[test]
fn literals_are_whole_words() {
    check_literal("null,", Ok(true));
    check_literal("5,", Ok(false));
    check_literal("nul", Err(INCOMPLETE));
    check_literal("nul,", Err("not valid JSON: expected true, false or null"));
}

#[track_caller]
fn check_integer(text: &str, expected: Result<i64, &str>) {
    check(Cursor::new(text.as_bytes(), 0).integer(), expected, text);
}

#[track_caller]
fn check_string(text: &[u8], expected: Result<&str, &str>) {
    let found = Cursor::new(text, 0).string().map(|raw| {
        let mut unescaped = Vec::new();
        unescape(raw, &mut unescaped);
        String::from_utf8(unescaped).unwrap()
    });
    check(found, expected.map(str::to_owned), &String::from_utf8_lossy(text));
}

/// Skips `value`, which stands before `rest`, and must stop between them.
#[track_caller]
fn check_skip(value: &str, rest: &str, expected: Result<(), &str>) {
    let text = format!("  {value}{rest}");
    let mut cursor = Cursor::new(text.as_bytes(), 0);
    let found = cursor.skip_value().map(|()| cursor.position());
    check(found, expected.map(|()| 2 + value.len()), &text);
}

#[track_caller]
fn check_literal(text: &str, expected: Result<bool, &str>) {
    check(Cursor::new(text.as_bytes(), 0).literal(b"null"), expected, text);
}

#[track_caller]
fn check<T: std::fmt::Debug + PartialEq>(found: Parsed<T>, expected: Result<T, &str>, text: &str) {
    assert_eq!(found.map_err(|fault| fault.kind.to_string()), expected.map_err(str::to_owned), "{text}");
}

#[track_caller]
fn check_fault(text: &[u8], parse: impl Fn(&mut Cursor<'_>) -> Parsed<()>, at: usize) {
    let fault = parse(&mut Cursor::new(text, 0)).unwrap_err();
    assert_eq!(fault.at, at, "{fault:?} in {}", String::from_utf8_lossy(text));
}
