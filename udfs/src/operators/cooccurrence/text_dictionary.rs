//! Numbers for distinct texts.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, GenericStringArray, OffsetSizeTrait},
    buffer::{Buffer, OffsetBuffer, ScalarBuffer},
};
use datafusion::{
    common::hash_utils::{QualityRandomState, create_hashes},
    error::{DataFusionError, Result},
};

/// Values that are looked up together.
const TOGETHER: usize = 1024;
/// Slots at the beginning, a power of two.
const FEWEST_SLOTS: usize = 1024;
/// An empty slot.
const EMPTY: u64 = 0;

/// Distinct texts, numbered from 0 in the order of their coming.
///
/// Most texts that come are known, and with millions of them each look at the slots, at the bounds of a text and at its
/// bytes is a miss of the cache. Looking one text up after the other waits for three misses each; so the slots of many
/// texts are looked at first, then their bounds, then their bytes, and the misses of each round overlap.
#[derive(Debug)]
pub(super) struct TextDictionary {
    /// Hash in the upper half, number plus one in the lower; where to look first follows from the hash.
    slots: Vec<u64>,
    ends: Vec<usize>,
    bytes: Vec<u8>,
    random: QualityRandomState,
    hashes: Vec<u64>,
}

/// A text that may be the one that is looked for.
#[derive(Clone, Copy, Default)]
struct Candidate {
    /// Number plus one.
    number: u32,
    start: usize,
    end: usize,
}

impl Default for TextDictionary {
    fn default() -> Self {
        Self {
            slots: vec![EMPTY; FEWEST_SLOTS],
            ends: Vec::new(),
            bytes: Vec::new(),
            random: QualityRandomState::default(),
            hashes: Vec::new(),
        }
    }
}

impl TextDictionary {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes that are held.
    pub(super) fn memory_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u64>()
            + self.ends.capacity() * size_of::<usize>()
            + self.bytes.capacity()
            + self.hashes.capacity() * size_of::<u64>()
    }

    /// The numbers of an array's texts, none of which is NULL.
    ///
    /// # Errors
    /// If there are more distinct texts than numbers.
    pub(super) fn numbers<O: OffsetSizeTrait>(&mut self, texts: &GenericStringArray<O>) -> Result<Vec<u32>> {
        let mut hashes = std::mem::take(&mut self.hashes);
        hashes.clear();
        hashes.resize(texts.len(), 0);
        create_hashes([texts as &dyn Array], &self.random, &mut hashes)?;
        let mut numbers = Vec::with_capacity(texts.len());
        let mut candidates = [Candidate::default(); TOGETHER];
        for start in (0..texts.len()).step_by(TOGETHER) {
            let hashes = &hashes[start..texts.len().min(start + TOGETHER)];
            let candidates = &mut candidates[..hashes.len()];
            for (candidate, hash) in candidates.iter_mut().zip(hashes) {
                let slot = self.slots[self.first_slot(*hash)];
                candidate.number = if (slot ^ hash) >> 32 == 0 { lower(slot) } else { 0 };
            }
            for candidate in candidates.iter_mut().filter(|candidate| candidate.number > 0) {
                (candidate.start, candidate.end) = self.bounds(candidate.number - 1);
            }
            for (row, (candidate, hash)) in (start..).zip(candidates.iter().zip(hashes)) {
                let text = texts.value(row).as_bytes();
                let is_known = candidate.number > 0 && &self.bytes[candidate.start..candidate.end] == text;
                numbers.push(if is_known { candidate.number - 1 } else { self.number(text, *hash)? });
            }
        }
        self.hashes = hashes;
        Ok(numbers)
    }

    /// The number of one text, which gets one if it has none.
    fn number(&mut self, text: &[u8], hash: u64) -> Result<u32> {
        let mut at = self.first_slot(hash);
        while self.slots[at] != EMPTY {
            let slot = self.slots[at];
            if (slot ^ hash) >> 32 == 0 {
                let (start, end) = self.bounds(lower(slot) - 1);
                if &self.bytes[start..end] == text {
                    return Ok(lower(slot) - 1);
                }
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        let number = u32::try_from(self.ends.len()).ok().filter(|number| *number < u32::MAX - 1);
        let Some(number) = number else {
            let most = "cooccurrence takes at most 4294967294 distinct groups and items";
            return Err(DataFusionError::Execution(most.to_owned()));
        };
        self.slots[at] = (hash >> 32 << 32) | u64::from(number + 1);
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        Ok(number)
    }

    /// Where to look for a text of this hash first.
    fn first_slot(&self, hash: u64) -> usize {
        // The upper bits of the part of the hash that slots keep, so that they can be moved without a look at the text.
        let kept = hash >> 32;
        let bits = self.slots.len().trailing_zeros();
        usize::try_from((kept << bits) >> 32).unwrap_or_default()
    }

    fn bounds(&self, number: u32) -> (usize, usize) {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        (start, self.ends[number])
    }

    fn grow(&mut self) {
        let before = std::mem::take(&mut self.slots);
        self.slots = vec![EMPTY; before.len() * 2];
        for slot in before.into_iter().filter(|slot| *slot != EMPTY) {
            let mut at = self.first_slot(slot);
            while self.slots[at] != EMPTY {
                at = (at + 1) & (self.slots.len() - 1);
            }
            self.slots[at] = slot;
        }
    }

    /// The texts by their numbers; the dictionary is empty afterwards.
    ///
    /// # Errors
    /// If they are longer in all than the offsets of the array can say.
    pub(super) fn take<O: OffsetSizeTrait>(&mut self) -> Result<ArrayRef> {
        let Self { ends, bytes, .. } = std::mem::take(self);
        let offsets: Option<Vec<O>> = std::iter::once(0).chain(ends).map(O::from_usize).collect();
        let Some(offsets) = offsets else {
            let long = "the distinct texts of a cooccurrence are longer than 2 GiB in all; cast them to LargeUtf8";
            return Err(DataFusionError::Execution(long.to_owned()));
        };
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Ok(Arc::new(GenericStringArray::try_new(offsets, Buffer::from_vec(bytes), None)?))
    }
}

/// The lower half.
fn lower(slot: u64) -> u32 {
    u32::try_from(slot & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use arrow::array::{AsArray, StringArray};

    use super::*;

    #[test]
    fn numbers_are_those_of_a_map() {
        let mut dictionary = TextDictionary::default();
        let mut expected: HashMap<String, u32> = HashMap::new();
        let mut order = Vec::new();
        for round in 0..20_u64 {
            // Texts of every length, the empty one among them; some new ones and some known ones in each batch.
            let texts: Vec<String> = (0..3000_u64)
                .map(|row| (row * 7919 + round * 104_729) % 9001)
                .map(|value| {
                    if value == 0 {
                        String::new()
                    } else {
                        format!("{value:0>width$}", width = usize::try_from(value % 40).unwrap())
                    }
                })
                .collect();
            let numbers = dictionary.numbers(&StringArray::from(texts.clone())).unwrap();
            for (text, number) in texts.into_iter().zip(numbers) {
                let next = u32::try_from(expected.len()).unwrap();
                let known = *expected.entry(text.clone()).or_insert_with(|| {
                    order.push(text.clone());
                    next
                });
                assert_eq!(number, known, "{text:?}");
            }
        }
        assert_eq!(dictionary.len(), expected.len());
        assert!(expected.len() > 8000, "the slots grow several times");
        let values = dictionary.take::<i32>().unwrap();
        let values: Vec<&str> = values.as_string::<i32>().iter().flatten().collect();
        assert_eq!(values, order);
        assert_eq!(dictionary.len(), 0);
    }

    /// Whatever a hash says, texts that differ get different numbers.
    #[test]
    fn texts_of_one_hash_are_told_apart() {
        let mut dictionary = TextDictionary::default();
        let numbers: Vec<u32> = ["a", "b", "a", "", "c", "b", ""]
            .iter()
            .map(|text| dictionary.number(text.as_bytes(), 1 << 63).unwrap())
            .collect();
        assert_eq!(numbers, [0, 1, 0, 2, 3, 1, 2]);
        for value in 0..2000 {
            dictionary.number(format!("text {value}").as_bytes(), u64::MAX).unwrap();
        }
        assert_eq!(dictionary.number(b"text 1999", u64::MAX).unwrap(), 2003);
        assert_eq!(dictionary.number(b"c", 1 << 63).unwrap(), 3);
    }
}
