//! JSON strings as Python's `json.dump` writes them with `ensure_ascii`.

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `text` in quotation marks; everything outside printable ASCII becomes an escape.
pub(crate) fn push_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    if text.bytes().all(is_plain) {
        out.extend_from_slice(text.as_bytes());
    } else {
        text.chars().for_each(|character| push_character(character, out));
    }
    out.push(b'"');
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

fn push_character(character: char, out: &mut Vec<u8>) {
    match character {
        '"' => out.extend_from_slice(b"\\\""),
        '\\' => out.extend_from_slice(b"\\\\"),
        '\n' => out.extend_from_slice(b"\\n"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\u{c}' => out.extend_from_slice(b"\\f"),
        '\u{8}' => out.extend_from_slice(b"\\b"),
        ' '..='~' => out.push((u32::from(character) & 0x7f) as u8),
        _ => character.encode_utf16(&mut [0; 2]).iter().for_each(|&unit| push_unit(unit, out)),
    }
}

/// Appends one UTF-16 unit as `\uXXXX`; characters beyond the basic plane take two, a surrogate
/// pair.
fn push_unit(unit: u16, out: &mut Vec<u8>) {
    let digit = |shift: u16| HEX[usize::from(unit >> shift & 0xf)];
    out.extend_from_slice(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = Vec::new();
        push_string(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn writes_what_python_writes() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(escaped(text), expected);
        }
        check("", r#""""#);
        check("a/b ~", r#""a/b ~""#);
        check(r#"12" \o/"#, r#""12\" \\o/""#);
        check("\n\r\t\u{8}\u{c}", r#""\n\r\t\b\f""#);
        check("\0\u{1f}\u{7f}", r#""\u0000\u001f\u007f""#);
        check("café 한", r#""caf\u00e9 \ud55c""#);
        check("🔥", r#""\ud83d\udd25""#);
    }

    proptest! {
        #[test]
        fn reads_back_as_written(text in any::<String>()) {
            let json = escaped(&text);
            prop_assert!(json.is_ascii());
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
