//! `url_encode` and `url_decode`.

use std::fmt::Write;

use arrow::array::{ArrayRef, StringArray};
use datafusion::error::Result;

use crate::{ErrorName, functions::scalar::Call};

/// Letters, digits and `-_.*` stay, a space is `+`, other bytes are `%XX`.
pub(super) fn url_encode(call: &Call) -> Result<ArrayRef> {
    call.map1::<StringArray, _, StringArray>(|text| {
        let mut encoded = String::with_capacity(text.len());
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => encoded.push(char::from(byte)),
                b' ' => encoded.push('+'),
                _ => {
                    // Writing to a text does not fail.
                    let _ = write!(encoded, "%{byte:02X}");
                }
            }
        }
        Ok(Some(encoded))
    })
}

pub(super) fn url_decode(call: &Call) -> Result<ArrayRef> {
    call.map1::<StringArray, _, StringArray>(|text| {
        let bad = || ErrorName::InvalidFunctionArgument.error(format!("Illegal escape sequence in `{text}`"));
        decoded(text, true).map(Some).ok_or_else(bad)
    })
}

/// The text without its escapes; `None` if one of them is none.
pub(super) fn decoded(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if plus_is_space => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                let high = digit()?;
                high << 4 | digit()?
            }
            _ => byte,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
