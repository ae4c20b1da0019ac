//! A JSON document with its numbers as they are written.
//!
//! JSON libraries turn numbers into floating-point ones on the way, which decimals and large integers do not survive, or
//! need a feature that changes the form of numbers for the whole program.

use std::borrow::Cow;

/// Levels of nesting that a document may have.
const MOST_LEVELS: usize = 128;

/// A value, as far as possible as a part of the line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'l> {
    Null,
    Boolean(bool),
    /// Its text.
    Number(&'l str),
    Text(Cow<'l, str>),
    /// The items, and the text of all.
    Array(Vec<Json<'l>>, &'l str),
    /// The members in their order, and the text of all.
    Object(Vec<(Cow<'l, str>, Json<'l>)>, &'l str),
}

/// Reads a document.
///
/// # Errors
/// What is wrong, and at which byte.
pub(super) fn parse(line: &str) -> Result<Json<'_>, String> {
    let mut parser = Parser { text: line, at: 0, level: 0 };
    let value = parser.value()?;
    parser.space();
    if parser.at < line.len() { Err(parser.unexpected()) } else { Ok(value) }
}

struct Parser<'l> {
    text: &'l str,
    at: usize,
    level: usize,
}

impl<'l> Parser<'l> {
    fn value(&mut self) -> Result<Json<'l>, String> {
        self.space();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.text().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Json::Boolean(true)),
            Some(b'f') => self.word("false", Json::Boolean(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.unexpected()),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Json<'l>, String>) -> Result<Json<'l>, String> {
        self.level += 1;
        if self.level > MOST_LEVELS {
            return Err(format!("nested deeper than {MOST_LEVELS} levels"));
        }
        let value = read(self);
        self.level -= 1;
        value
    }

    fn object(&mut self) -> Result<Json<'l>, String> {
        let start = self.at;
        let mut members = Vec::new();
        self.at += 1;
        self.space();
        if self.accept(b'}') {
            return Ok(Json::Object(members, &self.text[start..self.at]));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            let key = self.text()?;
            self.space();
            self.expect(b':')?;
            members.push((key, self.value()?));
            self.space();
            if !self.accept(b',') {
                self.expect(b'}')?;
                return Ok(Json::Object(members, &self.text[start..self.at]));
            }
        }
    }

    fn array(&mut self) -> Result<Json<'l>, String> {
        let start = self.at;
        let mut items = Vec::new();
        self.at += 1;
        self.space();
        if self.accept(b']') {
            return Ok(Json::Array(items, &self.text[start..self.at]));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if !self.accept(b',') {
                self.expect(b']')?;
                return Ok(Json::Array(items, &self.text[start..self.at]));
            }
        }
    }

    fn number(&mut self) -> Result<Json<'l>, String> {
        let start = self.at;
        self.accept(b'-');
        let whole = self.digits();
        let leads_with_zero = self.text.as_bytes()[self.at - whole..].first() == Some(&b'0');
        let mut fits = whole > 0 && (whole == 1 || !leads_with_zero);
        if self.accept(b'.') {
            fits &= self.digits() > 0;
        }
        if self.accept(b'e') || self.accept(b'E') {
            let _sign = self.accept(b'+') || self.accept(b'-');
            fits &= self.digits() > 0;
        }
        if fits { Ok(Json::Number(&self.text[start..self.at])) } else { Err(self.unexpected()) }
    }

    fn digits(&mut self) -> usize {
        let digits = self.text.as_bytes()[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        digits
    }

    fn text(&mut self) -> Result<Cow<'l, str>, String> {
        self.at += 1;
        let start = self.at;
        let mut unescaped: Option<String> = None;
        let mut from = start;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\') || *byte < b' ');
            self.at += plain.ok_or("a text that does not end")?;
            match self.peek() {
                Some(b'"') => {
                    let last = &self.text[from..self.at];
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(last),
                        Some(text) => Cow::Owned(text + last),
                    });
                }
                Some(b'\\') => {
                    let before = &self.text[from..self.at];
                    let text = unescaped.get_or_insert_default();
                    text.push_str(before);
                    self.at += 1;
                    let character = self.escape()?;
                    unescaped.get_or_insert_default().push(character);
                    from = self.at;
                }
                // Control characters are let through, as Hive's readers do.
                _ => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        let byte = self.peek().ok_or("a text that does not end")?;
        let character = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode(&mut self) -> Result<char, String> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.unexpected());
        }
        // The first half of a pair.
        if self.peek() != Some(b'\\') {
            return Err(self.unexpected());
        }
        self.at += 1;
        if self.peek() != Some(b'u') {
            return Err(self.unexpected());
        }
        let second = self.code_unit()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(self.unexpected());
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or_else(|| self.unexpected())
    }

    /// The four digits behind a `u`, which is next.
    fn code_unit(&mut self) -> Result<u32, String> {
        let digits =
            self.text.get(self.at + 1..self.at + 5).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(|| self.unexpected())?;
        self.at += 5;
        Ok(unit)
    }

    fn word(&mut self, word: &str, value: Json<'l>) -> Result<Json<'l>, String> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.unexpected())
    }

    fn space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        if self.accept(byte) { Ok(()) } else { Err(format!("expected `{}` {}", char::from(byte), self.place())) }
    }

    fn unexpected(&self) -> String {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(character) => format!("unexpected {character:?} {}", self.place()),
            None => "the document does not end".to_owned(),
        }
    }

    fn place(&self) -> String {
        format!("at byte {}", self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_with_their_numbers() {
        let line = r#"{"a": [1, -2.50e3, true, null], "b\u00e9\ud83c\udfb5": "x\"\n/\/", "c": {}}"#;
        let Json::Object(members, text) = parse(line).unwrap() else { panic!("no object") };
        assert_eq!((text, members.len()), (line, 3));
        let expected = vec![Json::Number("1"), Json::Number("-2.50e3"), Json::Boolean(true), Json::Null];
        assert_eq!(members[0].1, Json::Array(expected, "[1, -2.50e3, true, null]"));
        assert_eq!((members[1].0.as_ref(), &members[1].1), ("bé🎵", &Json::Text("x\"\n//".into())));
    }

    #[test]
    fn what_is_no_document_is_refused_where_it_fails() {
        for (line, expected) in [
            ("", "the document does not end"),
            ("{\"a\": 1", "expected `}` at byte 7"),
            ("{\"a\": 1}}", "unexpected '}' at byte 8"),
            ("{a: 1}", "unexpected 'a' at byte 1"),
            ("[1,]", "unexpected ']' at byte 3"),
            ("\"x", "a text that does not end"),
            ("[01]", "unexpected ']' at byte 3"),
            ("[1.]", "unexpected ']' at byte 3"),
            ("none", "unexpected 'n' at byte 0"),
            ("\"\\ud83c\"", "unexpected '\"' at byte 7"),
        ] {
            assert_eq!(parse(line), Err(expected.to_owned()), "{line}");
        }
        assert!(parse(&"[".repeat(100_000)).unwrap_err().contains("nested deeper"));
    }

    #[test]
    fn texts_agree_with_another_reader() {
        for text in ["", "é", "a\\b\"c\n\t\u{8}\u{c}\r", "\u{1}", "🎵\u{7f}"] {
            let line = serde_json::to_string(text).unwrap();
            assert_eq!(parse(&line).unwrap(), Json::Text(text.into()), "{line}");
        }
    }
}
