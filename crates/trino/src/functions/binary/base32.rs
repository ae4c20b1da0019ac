//! Base32 of RFC 4648.

use arrow::array::{ArrayRef, BinaryArray, StringArray};
use datafusion::error::Result;

use super::encoding::{bad, decoded};
use crate::functions::scalar::Call;

const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub(super) fn to_base32(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, StringArray>(|bytes| {
        let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
        for block in bytes.chunks(5) {
            let bits = (0..5).fold(0_u64, |bits, at| bits << 8 | u64::from(block.get(at).copied().unwrap_or(0)));
            let used = (block.len() * 8).div_ceil(5);
            for at in 0..8 {
                let letter = LETTERS[usize::try_from(bits >> (35 - 5 * at) & 31).unwrap_or(0)];
                text.push(if at < used { char::from(letter) } else { '=' });
            }
        }
        Ok(Some(text))
    })
}

pub(super) fn from_base32(call: &Call) -> Result<ArrayRef> {
    decoded(call, |letters| {
        let end = letters.iter().position(|letter| *letter == b'=').unwrap_or(letters.len());
        let (letters, padding) = letters.split_at(end);
        if padding.iter().any(|letter| *letter != b'=') || matches!(letters.len() % 8, 1 | 3 | 6) {
            return Err(bad("Invalid input for base32"));
        }
        let mut bytes = Vec::with_capacity(letters.len() * 5 / 8);
        let (mut bits, mut count) = (0_u32, 0);
        for letter in letters {
            let value = LETTERS.iter().position(|known| known == letter);
            let value = value.and_then(|value| u32::try_from(value).ok());
            let value = value.ok_or_else(|| bad(format!("Unrecognized character: {}", char::from(*letter))))?;
            (bits, count) = (bits << 5 | value, count + 5);
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count & 0xFF).to_be_bytes()[3]);
                bits &= (1 << count) - 1;
            }
        }
        Ok(bytes)
    })
}
