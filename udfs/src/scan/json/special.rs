//! Finds where the plain part of a string ends.

/// One byte in every lane.
const fn lanes(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH_BITS: u64 = lanes(0x80);

/// Position, from `start` on, of the first byte that a string cannot simply hold: a quote, a backslash, a control
/// character or a byte beyond ASCII; the length of `bytes` if there is none.
///
/// Looks at eight bytes at a time in one word (the "has zero" test of Bit Twiddling Hacks, applied to the difference
/// from each byte that is looked for). A lane behind the first hit may be reported wrongly, the first never is.
pub(super) fn special_byte(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(Ok(block)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let hits = special_lanes(u64::from_le_bytes(block));
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| is_special(*byte)).unwrap_or(rest.len())
}

/// The high bit of each lane with a byte that is looked for.
fn special_lanes(block: u64) -> u64 {
    let quotes = has_zero(block ^ lanes(b'"'));
    let backslashes = has_zero(block ^ lanes(b'\\'));
    let controls = block.wrapping_sub(lanes(0x20)) & !block;
    (quotes | backslashes | controls | block) & HIGH_BITS
}

fn has_zero(block: u64) -> u64 {
    block.wrapping_sub(lanes(1)) & !block
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | ..0x20 | 0x80..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_in_every_lane_and_neighbourhood() {
        for byte in 0..=u8::MAX {
            for neighbour in [b'a', 0x20, 0x21, 0x7f, b'#', b'[', b']'] {
                for place in 0..20 {
                    let mut bytes = [neighbour; 20];
                    bytes[place] = byte;
                    let expected = if is_special(byte) { place } else { bytes.len() };
                    assert_eq!(special_byte(&bytes, 0), expected, "{byte} among {neighbour} at {place}");
                    let behind = special_byte(&bytes, place + 1);
                    assert_eq!(behind, bytes.len(), "{byte} among {neighbour} before {place}");
                }
            }
        }
    }

    #[test]
    fn the_first_of_many_is_found() {
        assert_eq!(special_byte(b"ab\"\\\n\xff!\"", 0), 2);
        assert_eq!(special_byte(b"!!!!!!!\x00\x01\x02", 0), 7);
        assert_eq!(special_byte(b"", 0), 0);
        assert_eq!(special_byte(b"abc", 3), 3);
    }
}
