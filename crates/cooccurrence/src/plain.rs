//! Counts shared groups, and nothing else: what almost every query asks for.

use std::ops::AddAssign;

use crate::Incidence;

/// Items that are gathered before they are counted: half a megabyte, so that they are still near when they are.
const GATHERED: usize = 1 << 15;

/// Counters that are cleared in a row in the time that one is cleared somewhere.
const SCATTERED: usize = 32;

/// A counter as narrow as the row allows. It never overflows, as a pair is counted no more often than its rarer item.
trait Narrow: Copy + Default + PartialEq + AddAssign + From<u8> + Into<u32> + TryFrom<u32> {}

impl<C: Copy + Default + PartialEq + AddAssign + From<u8> + Into<u32> + TryFrom<u32>> Narrow for C {}

/// Shared groups of one item with all others.
///
/// The accumulators are as narrow as the item's frequency allows, since no pair is counted more often: a byte each for
/// most rows, so that those of a million items stay in the second-level cache.
#[derive(Debug, Default)]
pub(crate) struct PlainCounter {
    bytes: Vec<u8>,
    words: Vec<u16>,
    longs: Vec<u32>,
    buffers: Buffers,
}

/// What one row is made of, on the way.
#[derive(Debug, Default)]
struct Buffers {
    /// Items of some groups, one behind the other.
    gathered: Vec<u32>,
    /// Items that share enough groups.
    found: Vec<u32>,
}

/// Copies the items of the next groups behind each other; whether there were any.
///
/// The groups lie anywhere in memory. Copying them does nothing but wait for memory, so that many of them are on their
/// way at the same time; counting while reading would wait for each in turn.
fn gather(gathered: &mut Vec<u32>, incidence: &Incidence, postings: &mut std::slice::Iter<'_, u32>) -> bool {
    if postings.len() == 0 {
        return false;
    }
    gathered.clear();
    for group in postings {
        gathered.extend_from_slice(incidence.groups.get(*group as usize));
        if gathered.len() >= GATHERED {
            break;
        }
    }
    true
}

impl PlainCounter {
    /// Calls `emit` with each item that shares at least `min_count` groups with `id`, itself left out, and their number.
    pub(crate) fn count(&mut self, incidence: &Incidence, id: u32, min_count: u32, emit: impl FnMut(u32, u32)) {
        let frequency = incidence.standing(id).count;
        if u8::try_from(frequency).is_ok() {
            count(&mut self.bytes, &mut self.buffers, incidence, id, min_count, emit);
        } else if u16::try_from(frequency).is_ok() {
            count(&mut self.words, &mut self.buffers, incidence, id, min_count, emit);
        } else {
            count(&mut self.longs, &mut self.buffers, incidence, id, min_count, emit);
        }
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.bytes.capacity()
            + 2 * self.words.capacity()
            + 4 * (self.longs.capacity() + self.buffers.found.capacity() + self.buffers.gathered.capacity())
    }
}

fn count<C: Narrow>(
    counts: &mut Vec<C>,
    buffers: &mut Buffers,
    incidence: &Incidence,
    id: u32,
    min_count: u32,
    mut emit: impl FnMut(u32, u32),
) {
    // More groups than the item has cannot be shared.
    let Ok(enough) = C::try_from(min_count) else { return };
    let items = incidence.item_count();
    let Buffers { gathered, found } = buffers;
    counts.resize(items, C::default());
    // One place more than there are items, for the write that does not count.
    found.resize(items + 1, 0);
    // Slices, as a vector's address would be read again after every write.
    let (counts, found) = (counts.as_mut_slice(), found.as_mut_slice());
    let mut end = 0;
    let mut postings = incidence.postings.get(id as usize).iter();
    let mut batches = 0;
    while gather(gathered, incidence, &mut postings) {
        batches += 1;
        for other in &*gathered {
            let count = &mut counts[*other as usize];
            *count += C::from(1);
            // Written always and kept if it counts: a branch would be guessed wrong too often.
            found[end] = *other;
            end += usize::from(*count == enough);
        }
    }
    for other in &found[..end] {
        if *other != id {
            emit(*other, counts[*other as usize].into());
        }
    }
    // One after the other where that is less than all.
    if batches == 1 && gathered.len() < items / SCATTERED {
        gathered.iter().for_each(|other| counts[*other as usize] = C::default());
    } else {
        counts.fill(C::default());
    }
}
