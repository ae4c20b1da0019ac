//! `lower`, `upper`, `reverse` and `normalize`.

use arrow::array::{ArrayRef, BinaryArray, StringArray};
use datafusion::error::Result;
use unicode_normalization::UnicodeNormalization;

use crate::{ErrorName, TrinoType, functions::scalar::Call};

pub(super) fn lower(call: &Call) -> Result<ArrayRef> {
    call.written1::<StringArray>(|text, into| {
        if text.is_ascii() {
            into.push_str(text);
            into.make_ascii_lowercase();
        } else {
            into.extend(text.chars().map(simple_lower));
        }
    })
}

pub(super) fn upper(call: &Call) -> Result<ArrayRef> {
    call.written1::<StringArray>(|text, into| {
        if text.is_ascii() {
            into.push_str(text);
            into.make_ascii_uppercase();
        } else {
            into.extend(text.chars().map(simple_upper));
        }
    })
}

/// One character for one, as `Character.toLowerCase` of Java maps it.
fn simple_lower(letter: char) -> char {
    match letter {
        'İ' => 'i',
        _ => only(letter.to_lowercase()).unwrap_or(letter),
    }
}

/// One character for one: `ß` stays. Greek letters with an iota below have a capital of their own.
fn simple_upper(letter: char) -> char {
    match letter {
        '\u{1F80}'..='\u{1F87}' | '\u{1F90}'..='\u{1F97}' | '\u{1FA0}'..='\u{1FA7}' => {
            char::from_u32(u32::from(letter) + 8).unwrap_or(letter)
        }
        '\u{1FB3}' | '\u{1FC3}' | '\u{1FF3}' => char::from_u32(u32::from(letter) + 9).unwrap_or(letter),
        _ => only(letter.to_uppercase()).unwrap_or(letter),
    }
}

fn only(mut letters: impl Iterator<Item = char>) -> Option<char> {
    letters.next().filter(|_| letters.next().is_none())
}

pub(super) fn reverse(call: &Call) -> Result<ArrayRef> {
    if call.types.parameters[0] == TrinoType::Varbinary {
        return call
            .map1::<BinaryArray, _, BinaryArray>(|bytes| Ok(Some(bytes.iter().rev().copied().collect::<Vec<_>>())));
    }
    call.written1::<StringArray>(|text, into| {
        if text.is_ascii() {
            let mut bytes = std::mem::take(into).into_bytes();
            bytes.extend(text.as_bytes().iter().rev());
            *into = String::from_utf8(bytes).unwrap_or_default();
        } else {
            into.extend(text.chars().rev());
        }
    })
}

pub(super) fn normalize(call: &Call) -> Result<ArrayRef> {
    if call.len() == 1 {
        return call.map1::<StringArray, _, StringArray>(|text| Ok(Some(text.nfc().collect::<String>())));
    }
    call.map2::<StringArray, StringArray, _, StringArray>(|text, form| {
        Ok(Some(match form {
            "NFC" => text.nfc().collect::<String>(),
            "NFD" => text.nfd().collect(),
            "NFKC" => text.nfkc().collect(),
            "NFKD" => text.nfkd().collect(),
            _ => {
                let message = "Normalization form must be one of [NFD, NFC, NFKD, NFKC]";
                return Err(ErrorName::InvalidFunctionArgument.error(message));
            }
        }))
    })
}
