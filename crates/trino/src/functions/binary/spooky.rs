//! SpookyHash V2 of seed 0, after <https://burtleburtle.net/bob/hash/spooky.html>.

use arrow::array::{ArrayRef, BinaryArray};
use datafusion::error::Result;

use crate::functions::scalar::Call;

const FILLER: u64 = 0xdead_beef_dead_beef;
/// Shorter messages are hashed with four words of state instead of twelve.
const LONG: usize = 192;
const BLOCK: usize = 96;

/// The first half of the hash, big end first.
pub(super) fn spooky_hash_v2_64(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, BinaryArray>(|bytes| Ok(Some(hash(bytes).to_be_bytes())))
}

/// The last four bytes of that.
pub(super) fn spooky_hash_v2_32(call: &Call) -> Result<ArrayRef> {
    call.map1::<BinaryArray, _, BinaryArray>(|bytes| Ok(Some(hash(bytes).to_be_bytes()[4..].to_vec())))
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn hash(bytes: &[u8]) -> u64 {
    if bytes.len() < LONG { short(bytes) } else { long(bytes) }
}

fn short(bytes: &[u8]) -> u64 {
    let mut state = [0, 0, FILLER, FILLER];
    let mut rest = bytes;
    if bytes.len() > 15 {
        let blocks = bytes.chunks_exact(32);
        rest = blocks.remainder();
        for block in blocks {
            add(&mut state, 2, word(&block[..8]));
            add(&mut state, 3, word(&block[8..16]));
            mix_short(&mut state);
            add(&mut state, 0, word(&block[16..24]));
            add(&mut state, 1, word(&block[24..]));
        }
        if rest.len() >= 16 {
            add(&mut state, 2, word(&rest[..8]));
            add(&mut state, 3, word(&rest[8..16]));
            mix_short(&mut state);
            rest = &rest[16..];
        }
    }
    add(&mut state, 3, (bytes.len() as u64) << 56);
    if rest.is_empty() {
        add(&mut state, 2, FILLER);
        add(&mut state, 3, FILLER);
    } else {
        add(&mut state, 2, word(&rest[..rest.len().min(8)]));
        add(&mut state, 3, word(rest.get(8..).unwrap_or_default()));
    }
    end_short(&mut state);
    state[0]
}

fn add(state: &mut [u64], at: usize, word: u64) {
    state[at] = state[at].wrapping_add(word);
}

fn mix_short(state: &mut [u64; 4]) {
    for (step, turn) in [50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36].into_iter().enumerate() {
        let (at, next, other) = ((step + 2) % 4, (step + 3) % 4, step % 4);
        state[at] = state[at].rotate_left(turn).wrapping_add(state[next]);
        state[other] ^= state[at];
    }
}

fn end_short(state: &mut [u64; 4]) {
    for (step, turn) in [15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63].into_iter().enumerate() {
        let (at, before) = ((step + 3) % 4, (step + 2) % 4);
        state[at] ^= state[before];
        state[before] = state[before].rotate_left(turn);
        state[at] = state[at].wrapping_add(state[before]);
    }
}

fn long(bytes: &[u8]) -> u64 {
    let mut state: [u64; 12] = std::array::from_fn(|at| if at % 3 == 2 { FILLER } else { 0 });
    let blocks = bytes.chunks_exact(BLOCK);
    let rest = blocks.remainder();
    for block in blocks {
        for (at, turn) in [11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46].into_iter().enumerate() {
            let before = (at + 11) % 12;
            add(&mut state, at, word(&block[8 * at..8 * at + 8]));
            state[(at + 2) % 12] ^= state[(at + 10) % 12];
            state[before] ^= state[at];
            state[at] = state[at].rotate_left(turn);
            state[before] = state[before].wrapping_add(state[(at + 1) % 12]);
        }
    }
    // The rest is filled up, and its length is the last byte.
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    last[BLOCK - 1] = rest.len().to_le_bytes()[0];
    for (at, bytes) in last.chunks_exact(8).enumerate() {
        add(&mut state, at, word(bytes));
    }
    for _ in 0..3 {
        for (at, turn) in [44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54].into_iter().enumerate() {
            let (before, next, other) = ((at + 11) % 12, (at + 1) % 12, (at + 2) % 12);
            state[before] = state[before].wrapping_add(state[next]);
            state[other] ^= state[before];
            state[next] = state[next].rotate_left(turn);
        }
    }
    state[0]
}
