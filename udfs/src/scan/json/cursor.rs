//! Reads JSON tokens from a buffer that may end anywhere.
//!
//! A token that runs into the end of the buffer is [`FaultKind::Incomplete`]: the caller fetches more bytes and starts
//! again at the last point that it trusts. Strings are returned as they stand in the buffer, escapes and all.

use memchr::{memchr, memchr2};

use super::{
    fault::{Fault, FaultKind},
    special::special_byte,
};

/// Nesting that a skipped value may have; deeper input is refused.
const MAX_DEPTH: usize = 128;
const EIGHT_SPACES: u64 = 0x2020_2020_2020_2020;

pub(crate) type Parsed<T> = Result<T, Fault>;

/// A string as it stands between its quotes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RawString<'a> {
    /// Valid UTF-8 without control characters; escapes have been checked but not replaced.
    pub(crate) bytes: &'a [u8],
    /// Whether there is a backslash in it.
    pub(crate) escaped: bool,
}

/// Position in a buffer of JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Next byte that is not white space, without consuming it.
    pub(crate) fn peek(&mut self) -> Parsed<u8> {
        self.skip_space();
        match self.bytes.get(self.at) {
            Some(byte) => Ok(*byte),
            None => Err(self.incomplete()),
        }
    }

    /// Whether nothing but white space is left.
    pub(crate) fn at_end(&mut self) -> bool {
        self.skip_space();
        self.at == self.bytes.len()
    }

    pub(crate) fn expect(&mut self, byte: u8, expected: &'static str) -> Parsed<()> {
        if self.peek()? != byte {
            return Err(self.syntax(expected));
        }
        self.at += 1;
        Ok(())
    }

    /// Consumes the byte if it comes next.
    pub(crate) fn accept(&mut self, byte: u8) -> Parsed<bool> {
        let found = self.peek()? == byte;
        self.at += usize::from(found);
        Ok(found)
    }

    /// The key of an object's next member, with its colon.
    pub(crate) fn key(&mut self) -> Parsed<RawString<'a>> {
        if self.peek()? != b'"' {
            return Err(self.syntax("a key in double quotes"));
        }
        let key = self.string()?;
        self.expect(b':', "a colon after the key")?;
        Ok(key)
    }

    /// A string; the next byte must be its opening quote.
    pub(crate) fn string(&mut self) -> Parsed<RawString<'a>> {
        if self.peek()? != b'"' {
            return Err(self.wrong_type("a string"));
        }
        let start = self.at + 1;
        let stop = special_byte(self.bytes, start);
        if self.bytes.get(stop) == Some(&b'"') {
            // ASCII without escapes, as nearly all strings are: there is nothing to check.
            self.at = stop + 1;
            return Ok(RawString { bytes: &self.bytes[start..stop], escaped: false });
        }
        let (end, escaped) = self.string_end(start)?;
        let bytes = self.check_text(start, end, escaped)?;
        self.at = end + 1;
        Ok(RawString { bytes, escaped })
    }

    /// Consumes these bytes if they come next, white space and all.
    pub(super) fn accept_bytes(&mut self, expected: &[u8]) -> bool {
        let found = self.bytes[self.at..].starts_with(expected);
        self.at += if found { expected.len() } else { 0 };
        found
    }

    /// The bytes from `start` to the cursor.
    pub(super) fn bytes_since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    /// Position of the closing quote of the string whose text begins at `start`, and whether it has escapes.
    fn string_end(&self, start: usize) -> Parsed<(usize, bool)> {
        let mut end = start;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(end..).unwrap_or_default();
            let Some(offset) = memchr2(b'"', b'\\', rest) else { return Err(self.incomplete()) };
            end += offset;
            if self.bytes[end] == b'"' {
                return Ok((end, escaped));
            }
            escaped = true;
            end += 2;
        }
    }

    fn check_text(&self, start: usize, end: usize, escaped: bool) -> Parsed<&'a [u8]> {
        let raw = &self.bytes[start..end];
        if let Some(offset) = raw.iter().position(|byte| *byte < 0x20) {
            let rule = "no control character inside a string";
            return Err(Fault::new(start + offset, FaultKind::Invalid { rule }));
        }
        if escaped {
            check_escapes(raw, start)?;
        }
        match simdutf8::compat::from_utf8(raw) {
            Ok(_) => Ok(raw),
            Err(error) => Err(Fault::new(start + error.valid_up_to(), FaultKind::Encoding)),
        }
    }

    /// A whole number within the range of 64 bits.
    pub(crate) fn integer(&mut self) -> Parsed<i64> {
        let first = self.peek()?;
        let negative = first == b'-';
        let mut at = self.at + usize::from(negative);
        let digits = at;
        let mut value: i64 = 0;
        while let Some(byte @ b'0'..=b'9') = self.bytes.get(at) {
            let digit = i64::from(byte - b'0');
            let next = value.checked_mul(10).and_then(|value| value.checked_sub(digit));
            value = next.ok_or_else(|| self.wrong_type("an integer of 64 bits"))?;
            at += 1;
        }
        match self.bytes.get(at) {
            None => return Err(self.incomplete()),
            Some(b'.' | b'e' | b'E') => return Err(self.wrong_type("an integer")),
            Some(_) if at == digits => return Err(self.wrong_type("an integer")),
            Some(_) => {}
        }
        let value = if negative { Some(value) } else { value.checked_neg() };
        let value = value.ok_or_else(|| self.wrong_type("an integer of 64 bits"))?;
        self.at = at;
        Ok(value)
    }

    /// Consumes a literal such as `null` if it comes next.
    pub(crate) fn literal(&mut self, literal: &'static [u8]) -> Parsed<bool> {
        if self.peek()? != literal[0] {
            return Ok(false);
        }
        let rest = &self.bytes[self.at..];
        if rest.starts_with(literal) {
            self.at += literal.len();
            return Ok(true);
        }
        if literal.starts_with(rest) {
            return Err(self.incomplete());
        }
        Err(self.syntax("true, false or null"))
    }

    /// Passes over any value, checking brackets and quotes but nothing between them.
    pub(crate) fn skip_value(&mut self) -> Parsed<()> {
        match self.peek()? {
            b'"' => self.skip_string(),
            b'{' | b'[' => self.skip_nested(),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => self.skip_scalar(),
            _ => Err(self.syntax("a value")),
        }
    }

    /// Passes over what is left of the line that begins behind the white space here. `last` says that nothing follows
    /// the buffer.
    pub(super) fn skip_line(&mut self, last: bool) -> Parsed<()> {
        self.skip_space();
        match memchr(b'\n', &self.bytes[self.at..]) {
            Some(length) => self.at += length,
            None if last => self.at = self.bytes.len(),
            None => return Err(self.incomplete()),
        }
        Ok(())
    }

    fn skip_string(&mut self) -> Parsed<()> {
        let (end, _) = self.string_end(self.at + 1)?;
        self.at = end + 1;
        Ok(())
    }

    fn skip_nested(&mut self) -> Parsed<()> {
        let mut open = Vec::new();
        loop {
            match self.peek()? {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                bracket @ (b'{' | b'[') if open.len() < MAX_DEPTH => open.push(bracket),
                b'{' | b'[' => return Err(self.syntax("at most 128 levels of nesting")),
                b'}' if open.pop() != Some(b'{') => return Err(self.syntax("brackets that match")),
                b']' if open.pop() != Some(b'[') => return Err(self.syntax("brackets that match")),
                _ => {}
            }
            self.at += 1;
            if open.is_empty() {
                return Ok(());
            }
        }
    }

    fn skip_scalar(&mut self) -> Parsed<()> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace());
        let length = length.ok_or_else(|| self.incomplete())?;
        let text = &rest[..length];
        let known = matches!(text, b"true" | b"false" | b"null")
            || text.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        if !known {
            return Err(self.syntax("a value"));
        }
        self.at += length;
        Ok(())
    }

    fn skip_space(&mut self) {
        if self.bytes.get(self.at).is_none_or(|byte| *byte <= b' ') {
            self.skip_run_of_space();
        }
    }

    /// Passes over white space, eight spaces at a time: a third of a pretty-printed slice is indentation.
    fn skip_run_of_space(&mut self) {
        loop {
            while let Some(Ok(eight)) = self.bytes.get(self.at..self.at + 8).map(<[u8; 8]>::try_from) {
                if u64::from_ne_bytes(eight) != EIGHT_SPACES {
                    break;
                }
                self.at += 8;
            }
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                _ => return,
            }
        }
    }

    pub(crate) fn incomplete(&self) -> Fault {
        Fault::new(self.bytes.len(), FaultKind::Incomplete)
    }

    pub(crate) fn syntax(&self, expected: &'static str) -> Fault {
        Fault::syntax(self.at, expected)
    }

    pub(crate) fn wrong_type(&self, expected: &'static str) -> Fault {
        Fault::new(self.at, FaultKind::WrongType { expected, found: self.describe() })
    }

    fn describe(&self) -> &'static str {
        match self.bytes.get(self.at) {
            Some(b'"') => "a string",
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b't' | b'f') => "a boolean",
            Some(b'n') => "null",
            Some(b'-' | b'0'..=b'9') => "another number",
            Some(_) => "something else",
            None => "the end of the file",
        }
    }
}

/// Checks every escape of a string's text, which begins at `start` of the buffer.
fn check_escapes(raw: &[u8], start: usize) -> Parsed<()> {
    let mut at = 0;
    while let Some(offset) = memchr(b'\\', &raw[at..]) {
        at += offset;
        let known = match raw.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => true,
            Some(b'u') => raw.get(at + 2..at + 6).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            _ => false,
        };
        if !known {
            return Err(Fault::new(start + at, FaultKind::Invalid { rule: "a known escape after the backslash" }));
        }
        at += 2;
    }
    Ok(())
}

/// Appends a string's text with its escapes replaced. Lone surrogates become U+FFFD.
pub(crate) fn unescape(raw: RawString<'_>, into: &mut Vec<u8>) {
    let mut rest = raw.bytes;
    while let Some(at) = memchr(b'\\', rest) {
        into.extend_from_slice(&rest[..at]);
        rest = push_escape(&rest[at + 1..], into);
    }
    into.extend_from_slice(rest);
}

/// Pushes the character of one escape whose backslash is gone, and returns the text behind it.
fn push_escape<'a>(text: &'a [u8], into: &mut Vec<u8>) -> &'a [u8] {
    let simple = match text.first() {
        Some(b'b') => b'\x08',
        Some(b'f') => b'\x0c',
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => return push_unicode(&text[1..], into),
        Some(other) => *other,
        None => return text,
    };
    into.push(simple);
    &text[1..]
}

fn push_unicode<'a>(text: &'a [u8], into: &mut Vec<u8>) -> &'a [u8] {
    let Some(first) = code_unit(text) else { return text };
    let rest = &text[4..];
    let second = rest.strip_prefix(b"\\u").and_then(code_unit);
    let pair = [first, second.unwrap_or(0)];
    let (character, rest) = match char::decode_utf16(pair).next() {
        Some(Ok(character)) if second.is_some() && character.len_utf16() == 2 => (character, &rest[6..]),
        _ => (char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER), rest),
    };
    into.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    rest
}

/// The UTF-16 code unit of four hexadecimal digits.
fn code_unit(text: &[u8]) -> Option<u16> {
    let digits = std::str::from_utf8(text.get(..4)?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}
