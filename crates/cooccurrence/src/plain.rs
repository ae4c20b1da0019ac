//! Counts shared groups, and nothing else: what almost every query asks for.

use std::mem::take;

use crate::Incidence;

/// Items that are gathered before they are counted: an eighth of a megabyte, so that they are still near when they are.
const TOGETHER: usize = 1 << 15;

/// Counters that are looked at in a row in the time that one is looked at somewhere.
const IN_A_ROW: usize = 8;

/// Increments of a row up to which its counters are looked at one by one, however few there are.
const FEW: usize = 64;

/// Counters that are passed over at once if none of them is of interest.
const CHUNK: usize = 64;

/// Shared groups of one item with all others.
///
/// A counter is a byte whatever the item's frequency, so that those of a million items stay in the second-level cache.
/// The few counts beyond it go round, and each round is noted.
///
/// Items are counted in one pass, and a second one takes the counts and leaves zeros, over the same items or over all
/// counters, whichever are fewer. A single pass would have to note on the way who has enough, and each such note waits
/// for its counter.
#[derive(Debug, Default)]
pub(crate) struct PlainCounter {
    /// Shared groups with each id, modulo 256.
    counts: Vec<u8>,
    /// Ids, each as often as its counter went round.
    rounds: Vec<u32>,
    /// Items of some groups, one behind the other.
    gathered: Vec<u32>,
    /// Items that share enough groups, with their counters.
    found: Vec<(u32, u8)>,
}

impl PlainCounter {
    /// Bytes for each item at most, where no count goes round.
    pub(crate) const BYTES_PER_ITEM: usize = size_of::<u8>() + 2 * size_of::<(u32, u8)>() + size_of::<u32>();

    /// Calls `emit` with each item that shares at least `min_count` groups with `id`, itself left out, and their number.
    pub(crate) fn count(&mut self, incidence: &Incidence, id: u32, min_count: u32, mut emit: impl FnMut(u32, u32)) {
        let items = incidence.item_count();
        self.counts.resize(items, 0);
        let cost = incidence.numbering().costs()[id as usize];
        let one_by_one = cost <= FEW.max(items / IN_A_ROW) as u64;
        self.gathered.clear();
        let mut postings = incidence.postings.get(id as usize).iter();
        while postings.len() > 0 {
            if !one_by_one {
                self.gathered.clear();
            }
            let start = self.gathered.len();
            gather(&mut self.gathered, incidence, &mut postings);
            self.add(start);
        }
        self.emit_rounds(id, min_count, &mut emit);
        let found = if one_by_one { self.take_gathered(min_count) } else { self.take_all(min_count) };
        for (other, pair) in &self.found[..found] {
            if *other != id {
                emit(*other, (*pair).into());
            }
        }
    }

    /// Counts what was gathered since `start`.
    fn add(&mut self, start: usize) {
        let Self { counts, rounds, gathered, .. } = self;
        // A slice, as a vector's address would be read again after every write.
        let counts = counts.as_mut_slice();
        for other in &gathered[start..] {
            let count = &mut counts[*other as usize];
            *count = count.wrapping_add(1);
            if *count == 0 {
                rounds.push(*other);
            }
        }
    }

    /// Emits the items whose counters went round, and clears these.
    fn emit_rounds(&mut self, id: u32, min_count: u32, mut emit: impl FnMut(u32, u32)) {
        self.rounds.sort_unstable();
        for rounds in self.rounds.chunk_by(|one, other| one == other) {
            let other = rounds[0];
            let rest = take(&mut self.counts[other as usize]);
            let pair = u32::try_from(rounds.len() << u8::BITS).unwrap_or(u32::MAX) + u32::from(rest);
            if pair >= min_count && other != id {
                emit(other, pair);
            }
        }
        self.rounds.clear();
    }

    /// Clears the counters of what is gathered, and finds those that are enough. Yields how many.
    fn take_gathered(&mut self, min_count: u32) -> usize {
        let Self { counts, gathered, found, .. } = self;
        let enough = Enough::of(min_count);
        // One place more, for the write that does not count.
        let most = gathered.len() + 1;
        if found.len() < most {
            found.resize(most, (0, 0));
        }
        let (counts, found) = (counts.as_mut_slice(), &mut found[..most]);
        let mut end = 0;
        for other in &*gathered {
            let count = take(&mut counts[*other as usize]);
            // Written always and kept if it counts: a branch would be guessed wrong too often.
            found[end] = (*other, count);
            end += usize::from(enough.is_reached(count));
        }
        end
    }

    /// Clears all counters, and finds those that are enough. Yields how many.
    fn take_all(&mut self, min_count: u32) -> usize {
        let Self { counts, found, .. } = self;
        let enough = Enough::of(min_count);
        let mut end = 0;
        for (start, counts) in (0..).step_by(CHUNK).zip(counts.chunks(CHUNK)) {
            // Of all counters, as that takes a few instructions for many of them at a time.
            if !enough.is_reached(counts.iter().fold(0, |most, count| most.max(*count))) {
                continue;
            }
            let most = end + counts.len() + 1;
            if found.len() < most {
                found.resize(most, (0, 0));
            }
            for (other, count) in (start..).zip(counts) {
                found[end] = (other, *count);
                end += usize::from(enough.is_reached(*count));
            }
        }
        counts.fill(0);
        end
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let longs = self.rounds.capacity() + self.gathered.capacity();
        self.counts.capacity() + longs * size_of::<u32>() + self.found.capacity() * size_of::<(u32, u8)>()
    }
}

/// Shared groups that are asked for, as a counter that has not gone round says it.
#[derive(Debug, Clone, Copy)]
struct Enough(u8);

impl Enough {
    fn of(min_count: u32) -> Self {
        // None is reached by zero, and what a byte cannot say by no counter that has not gone round.
        Self(u8::try_from(min_count.saturating_sub(1)).unwrap_or(u8::MAX))
    }

    fn is_reached(self, count: u8) -> bool {
        count > self.0
    }
}

/// Copies the items of the next groups behind those that are there.
///
/// The groups lie anywhere in memory. Copying them does nothing but wait for memory, so that many of them are on their
/// way at the same time; counting while reading would wait for each in turn.
fn gather(gathered: &mut Vec<u32>, incidence: &Incidence, postings: &mut std::slice::Iter<'_, u32>) {
    let most = gathered.len() + TOGETHER;
    for group in postings {
        gathered.extend_from_slice(incidence.groups.get(*group as usize));
        if gathered.len() >= most {
            break;
        }
    }
}
