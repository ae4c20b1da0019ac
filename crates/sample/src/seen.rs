//! Counts distinct tracks in one bit each.

use crate::catalog::TrackId;

/// A set of track ids.
#[derive(Debug, Clone)]
pub(crate) struct SeenTracks {
    words: Vec<u64>,
}

impl SeenTracks {
    /// Makes an empty set for ids below `tracks`.
    pub(crate) fn new(tracks: u32) -> Self {
        Self { words: vec![0; (tracks as usize).div_ceil(64)] }
    }

    pub(crate) fn insert(&mut self, track: TrackId) {
        self.words[track.0 as usize / 64] |= 1 << (track.0 % 64);
    }

    /// Adds every track of `other`, which was made for the same catalogue.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_track_once_over_merged_sets() {
        #[track_caller]
        fn check(left: &[u32], right: &[u32], expected: u64) {
            let collect = |ids: &[u32]| {
                let mut seen = SeenTracks::new(130);
                ids.iter().for_each(|&id| seen.insert(TrackId(id)));
                seen
            };
            let mut seen = collect(left);
            seen.merge(&collect(right));
            assert_eq!(seen.count(), expected);
        }
        check(&[], &[], 0);
        check(&[0, 63, 64, 129, 129], &[], 4);
        check(&[0, 5], &[5, 128], 3);
    }
}
