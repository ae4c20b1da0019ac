//! Short names of long things.

use sha2::{Digest, Sha256};

/// Hexadecimal digits of a digest: 128 bits, so that no two things are likely to have the same.
const DIGITS: usize = 32;

/// Digest of some parts, each with its length, so that they cannot be shifted into each other.
pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..DIGITS].to_owned()
}
