//! One pass over the training playlists.

use rand::{RngExt, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::{Batch, Item, Sequences};

/// Batches that are filled from one sorted run of pieces, so that little of a batch is filling.
const BATCHES_PER_RUN: usize = 32;

/// One pass over the training playlists, in an order that only the random generator decides.
///
/// A playlist that is longer than the network reads is cut into pieces; where the first cut falls is drawn anew in every
/// pass, so that no pair of neighbours is always torn apart.
#[derive(Debug)]
pub struct Batches<'a> {
    sequences: &'a Sequences<Item>,
    start_mark: i64,
    lookahead: usize,
    batch_size: usize,
    pieces: Vec<Piece>,
    next: usize,
    order: Vec<usize>,
    random: ChaCha8Rng,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    sequence: usize,
    start: usize,
    end: usize,
}

impl Piece {
    fn len(&self) -> usize {
        self.end - self.start
    }
}

impl<'a> Batches<'a> {
    /// Plans a pass. `start_mark` is the token before the first track, `lookahead` how many tracks after a position may
    /// be its target.
    pub fn new(
        sequences: &'a Sequences<Item>,
        start_mark: usize,
        batch_size: usize,
        max_length: usize,
        lookahead: usize,
        mut random: ChaCha8Rng,
    ) -> Self {
        let mut pieces = Vec::with_capacity(sequences.len());
        for (sequence, row) in sequences.rows().enumerate() {
            cut(sequence, row.len(), max_length, &mut random, &mut pieces);
        }
        pieces.shuffle(&mut random);
        for run in pieces.chunks_mut(batch_size * BATCHES_PER_RUN) {
            run.sort_by_key(Piece::len);
        }
        let mut order: Vec<usize> = (0..pieces.len().div_ceil(batch_size)).collect();
        order.shuffle(&mut random);
        let start_mark = i64::try_from(start_mark).unwrap_or(i64::MAX);
        Self { sequences, start_mark, lookahead, batch_size, pieces, next: 0, order, random }
    }

    /// Number of batches in the pass.
    pub fn batch_count(&self) -> usize {
        self.order.len()
    }

    fn assemble(&mut self, first: usize) -> Batch {
        let last = (first + self.batch_size).min(self.pieces.len());
        let length = self.pieces[first..last].iter().map(Piece::len).max().unwrap_or(0);
        let rows = last - first;
        let mut batch = Batch { rows, length, tokens: vec![0; rows * length], places: Vec::new(), targets: Vec::new() };
        for row in 0..rows {
            self.fill(&mut batch, row, self.pieces[first + row]);
        }
        batch
    }

    fn fill(&mut self, batch: &mut Batch, row: usize, piece: Piece) {
        let tracks = self.sequences.row(piece.sequence);
        for step in 0..piece.len() {
            let place = row * batch.length + step;
            let position = piece.start + step;
            batch.tokens[place] = if step == 0 { self.start_mark } else { tracks[position - 1].into() };
            let reach = self.lookahead.min(tracks.len() - position);
            let ahead = if reach > 1 { self.random.random_range(0..reach) } else { 0 };
            batch.places.push(i64::try_from(place).unwrap_or(i64::MAX));
            batch.targets.push(tracks[position + ahead].into());
        }
    }
}

impl Iterator for Batches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let &number = self.order.get(self.next)?;
        self.next += 1;
        Some(self.assemble(number * self.batch_size))
    }
}

/// Cuts a playlist into pieces of at most `max_length`; a piece of one track without context is left out.
fn cut(sequence: usize, length: usize, max_length: usize, random: &mut ChaCha8Rng, pieces: &mut Vec<Piece>) {
    let mut start = 0;
    let mut end = length.min(max_length);
    if length > max_length {
        end = random.random_range(1..=max_length);
    }
    while start < length {
        if end - start > 1 {
            pieces.push(Piece { sequence, start, end });
        }
        start = end;
        end = length.min(start + max_length);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rand::SeedableRng;

    use super::*;

    const START: usize = 1000;

    #[test]
    fn every_target_follows_its_context() {
        for lookahead in [1, 3] {
            let sequences = consecutive(&[5, 50, 120, 2, 1, 0, 7]);
            for batch in pass(&sequences, 4, 16, lookahead, 1) {
                check_batch(&batch, i64::try_from(lookahead).unwrap());
            }
        }
    }

    /// Tracks of a playlist are consecutive numbers, so a target is right when it is one to `lookahead` above its token.
    #[track_caller]
    fn check_batch(batch: &Batch, lookahead: i64) {
        assert_eq!(batch.tokens.len(), batch.rows * batch.length);
        assert!(batch.length <= 16 && batch.rows <= 4);
        for (&place, &target) in batch.places.iter().zip(&batch.targets) {
            let token = batch.tokens[usize::try_from(place).unwrap()];
            let starts_piece = usize::try_from(token) == Ok(START);
            assert!(starts_piece || (1..=lookahead).contains(&(target - token)), "{target} after {token}");
        }
    }

    #[test]
    fn a_pass_covers_every_track_once() {
        let sequences = consecutive(&[16, 10, 16, 3]);
        let mut seen: HashMap<i64, usize> = HashMap::new();
        for batch in pass(&sequences, 3, 16, 1, 9) {
            for target in batch.targets {
                *seen.entry(target).or_default() += 1;
            }
        }
        assert_eq!(seen.len(), 45);
        assert!(seen.values().all(|&count| count == 1));
    }

    #[test]
    fn equal_seeds_give_equal_passes() {
        let sequences = consecutive(&[30, 20, 40, 8, 90]);
        assert_eq!(pass(&sequences, 2, 16, 2, 5), pass(&sequences, 2, 16, 2, 5));
        assert_ne!(pass(&sequences, 2, 16, 2, 5), pass(&sequences, 2, 16, 2, 6));
    }

    fn pass(sequences: &Sequences<Item>, rows: usize, length: usize, lookahead: usize, seed: u64) -> Vec<Batch> {
        Batches::new(sequences, START, rows, length, lookahead, ChaCha8Rng::seed_from_u64(seed)).collect()
    }

    fn consecutive(lengths: &[u32]) -> Sequences<Item> {
        let mut first = 0;
        lengths
            .iter()
            .map(|&length| {
                first += length;
                (first - length..first).map(Item)
            })
            .collect()
    }
}
