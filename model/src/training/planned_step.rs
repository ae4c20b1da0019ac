//! What a step needs to know before libtorch does anything.

use rand_chacha::ChaCha8Rng;

use crate::{
    data::Batch,
    loss::{Negatives, Objective},
    network::RowIndex,
};

/// Pieces that a part has at least: smaller ones cost more in calls than they save by being worked on side by side.
const SMALLEST_PART: usize = 8;

/// A batch with its negatives, all of it translated into places among the rows that the step touches, and cut into parts.
///
/// Made without libtorch, so that one thread can plan steps while others take them.
#[derive(Debug)]
pub(super) struct PlannedStep {
    /// Rows of the item table that the step touches.
    pub(super) rows: RowIndex,
    /// Parts that are worked on side by side.
    pub(super) parts: Vec<Part>,
    /// What all targets are held against, as places among the rows.
    pub(super) negatives: Negatives,
    /// Number of targets in all parts together.
    pub(super) targets: usize,
    /// How far the generator of negatives has come by now.
    pub(super) negatives_word: u128,
}

/// Some of the pieces of a batch, filled up to the longest of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Number of pieces.
    pub(super) pieces: usize,
    /// Positions of the longest piece.
    pub(super) length: usize,
    /// Places of items, piece by piece: `[pieces · length]`.
    pub(super) tokens: Vec<i64>,
    /// Which of those positions have a target: `[targets]`.
    pub(super) positions: Vec<i64>,
    /// Places of the items that are to be predicted there: `[targets]`.
    pub(super) targets: Vec<i64>,
}

impl PlannedStep {
    /// Draws negatives for a batch and plans its step, in at most so many parts.
    pub(super) fn new(batch: &Batch, objective: &Objective, random: &mut ChaCha8Rng, parts: usize) -> Self {
        let Negatives { items, corrections } = objective.draw(random);
        let wanted = [&batch.tokens, &batch.targets, &items].into_iter().flatten().copied().collect();
        let rows = RowIndex::new(wanted);
        let parts = cut(batch, parts.min(batch.rows / SMALLEST_PART).max(1), &rows);
        Self {
            parts,
            negatives: Negatives { items: rows.places(&items), corrections },
            rows,
            targets: batch.targets.len(),
            negatives_word: random.get_word_pos(),
        }
    }
}

/// Cuts a batch into runs of pieces, as even as can be, each as long as its own longest piece.
fn cut(batch: &Batch, parts: usize, rows: &RowIndex) -> Vec<Part> {
    let mut cut = Vec::with_capacity(parts);
    let mut done = 0;
    for part in 0..parts {
        let pieces = batch.rows * part / parts..batch.rows * (part + 1) / parts;
        let first = pieces.start * batch.length;
        let is_inside = |&place: &i64| usize::try_from(place).is_ok_and(|place| place < pieces.end * batch.length);
        let end = done + batch.places[done..].partition_point(is_inside);
        // Row and column in the batch.
        let places = batch.places[done..end].iter().map(|&place| usize::try_from(place).unwrap_or(0) - first);
        let places: Vec<(usize, usize)> = places.map(|place| (place / batch.length, place % batch.length)).collect();
        let length = 1 + places.iter().map(|(_, column)| *column).max().unwrap_or(0);
        let tokens = batch.tokens[first..pieces.end * batch.length].chunks(batch.length.max(1));
        let tokens: Vec<i64> = tokens.flat_map(|piece| &piece[..length]).copied().collect();
        let position = |&(row, column): &(usize, usize)| i64::try_from(row * length + column).unwrap_or(i64::MAX);
        cut.push(Part {
            pieces: pieces.len(),
            length,
            tokens: rows.places(&tokens),
            positions: places.iter().map(position).collect(),
            targets: rows.places(&batch.targets[done..end]),
        });
        done = end;
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Items stand at their own places.
    fn index() -> RowIndex {
        RowIndex::new((0..100).collect())
    }

    /// Three pieces of one, two and three targets.
    fn batch() -> Batch {
        Batch {
            rows: 3,
            length: 3,
            tokens: vec![9, 0, 0, 9, 11, 0, 9, 21, 22],
            places: vec![0, 3, 4, 6, 7, 8],
            targets: vec![1, 11, 12, 21, 22, 23],
        }
    }

    #[test]
    fn parts_hold_all_of_a_batch_and_no_more_filling_than_they_need() {
        let whole = cut(&batch(), 1, &index());
        let Batch { rows, length, tokens, places, targets } = batch();
        assert_eq!(whole, [Part { pieces: rows, length, tokens, positions: places, targets }]);
        let part = |length, tokens: &[i64], positions: &[i64], targets: &[i64]| Part {
            pieces: 1,
            length,
            tokens: tokens.to_vec(),
            positions: positions.to_vec(),
            targets: targets.to_vec(),
        };
        let thirds = [
            part(1, &[9], &[0], &[1]),
            part(2, &[9, 11], &[0, 1], &[11, 12]),
            part(3, &[9, 21, 22], &[0, 1, 2], &[21, 22, 23]),
        ];
        assert_eq!(cut(&batch(), 3, &index()), thirds);
    }

    #[test]
    fn rows_are_found_again() {
        let rows = RowIndex::new(vec![9, 1, 11, 12, 21, 22, 23, 0]);
        let item = |place: &i64| rows.rows()[usize::try_from(*place).unwrap()];
        let parts = cut(&batch(), 2, &rows);
        let targets: Vec<i64> = parts.iter().flat_map(|part| &part.targets).map(item).collect();
        assert_eq!(targets, batch().targets);
        let read = |part: &Part| {
            part.positions.iter().map(|&place| item(&part.tokens[usize::try_from(place).unwrap()])).collect::<Vec<_>>()
        };
        assert_eq!(parts.iter().flat_map(read).collect::<Vec<_>>(), [9, 9, 11, 9, 21, 22]);
    }
}
