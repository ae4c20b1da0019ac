//! MurmurHash3 for x64, 128 bits, after <https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp>.

use arrow::array::{ArrayRef, BinaryArray};
use datafusion::error::Result;

use crate::functions::scalar::Call;

const FIRST: u64 = 0x87c3_7b91_1142_53d5;
const SECOND: u64 = 0x4cf5_ad43_2745_937f;

pub(super) fn murmur3(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, BinaryArray>(|bytes| Ok(Some(hash(bytes))))
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn mixed_first(word: u64) -> u64 {
    word.wrapping_mul(FIRST).rotate_left(31).wrapping_mul(SECOND)
}

fn mixed_second(word: u64) -> u64 {
    word.wrapping_mul(SECOND).rotate_left(33).wrapping_mul(FIRST)
}

fn finished(mut word: u64) -> u64 {
    word = (word ^ (word >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    word = (word ^ (word >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    word ^ (word >> 33)
}

fn hash(bytes: &[u8]) -> Vec<u8> {
    let (mut a, mut b) = (0_u64, 0_u64);
    let blocks = bytes.chunks_exact(16);
    let rest = blocks.remainder();
    for block in blocks {
        a = (a ^ mixed_first(word(&block[..8]))).rotate_left(27).wrapping_add(b);
        a = a.wrapping_mul(5).wrapping_add(0x52dc_e729);
        b = (b ^ mixed_second(word(&block[8..]))).rotate_left(31).wrapping_add(a);
        b = b.wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    b ^= mixed_second(word(rest.get(8..).unwrap_or_default()));
    a ^= mixed_first(word(&rest[..rest.len().min(8)]));
    let length = bytes.len() as u64;
    (a, b) = (a ^ length, b ^ length);
    a = a.wrapping_add(b);
    b = b.wrapping_add(a);
    (a, b) = (finished(a), finished(b));
    a = a.wrapping_add(b);
    b = b.wrapping_add(a);
    [a.to_le_bytes(), b.to_le_bytes()].concat()
}
