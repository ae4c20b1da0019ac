//! All playlists of the lake, by split.

use futures::TryStreamExt;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::{HeldOut, PLAYLIST_COLUMNS, Playlist, SEQUENCES, Sequences, Split, TrackId};
use crate::{Error, Result, evaluation::Protocol};

/// All playlists of the lake, by split and in the order of their keys, so that the order of files does not matter.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Tracks of the training playlists.
    pub train: Sequences<TrackId>,
    /// Titles of the training playlists, in the same order.
    pub train_titles: Vec<Option<String>>,
    /// Validation playlists.
    pub validation: Vec<HeldOut>,
    /// Test playlists.
    pub test: Vec<HeldOut>,
    /// Held-out playlists in which nothing is hidden; they are left out.
    pub nothing_hidden: usize,
    /// Version of the `sequences` table.
    pub version: u64,
}

impl Corpus {
    /// Reads a version of the `sequences` table.
    ///
    /// # Errors
    /// [`Error::Lake`] if the table cannot be read, [`Error::Column`] if it does not hold what it should,
    /// [`Error::Data`] if it has no training playlist.
    pub async fn load(snapshot: &lake::Snapshot, protocol: Protocol) -> Result<Self> {
        let mut batches = snapshot.read(&PLAYLIST_COLUMNS).map_err(Error::lake("read table", SEQUENCES))?;
        let mut playlists = Vec::new();
        while let Some(batch) = batches.try_next().await.map_err(Error::lake("read table", SEQUENCES))? {
            playlists.append(&mut Playlist::from_batch(&batch)?);
        }
        match protocol {
            Protocol::Continuation => Self::from_playlists(playlists, snapshot.version()),
            Protocol::LeaveOneOut => Self::leave_one_out(playlists, snapshot.version()),
        }
    }

    /// Sorts playlists into their splits.
    ///
    /// # Errors
    /// [`Error::Data`] if there is no training playlist.
    pub fn from_playlists(mut playlists: Vec<Playlist>, version: u64) -> Result<Self> {
        playlists.sort_by_key(|playlist| playlist.pid);
        let mut corpus = Self::empty(version);
        for playlist in playlists {
            corpus.add(playlist);
        }
        corpus.require_training()
    }

    /// Cuts every playlist by itself, whatever its split: the last item is for the test, the one before it for
    /// validation, and what comes before them for training. Lists of fewer than three items train only. Of a test the
    /// validation item is visible.
    ///
    /// # Errors
    /// [`Error::Data`] if there is no playlist.
    pub fn leave_one_out(mut playlists: Vec<Playlist>, version: u64) -> Result<Self> {
        playlists.sort_by_key(|playlist| playlist.pid);
        let mut corpus = Self::empty(version);
        for Playlist { pid, title, seeds: mut tracks, holdouts, .. } in playlists {
            tracks.extend(holdouts);
            let trained = if tracks.len() < 3 { tracks.len() } else { tracks.len() - 2 };
            for (last, split) in [(trained, Split::Validation), (trained + 1, Split::Test)] {
                if let Some(&hidden) = tracks.get(last) {
                    let (seeds, holdouts) = (tracks[..last].to_vec(), vec![hidden]);
                    corpus.add(Playlist { pid, title: title.clone(), split, seeds, holdouts });
                }
            }
            tracks.truncate(trained);
            corpus.add(Playlist { pid, title, split: Split::Train, seeds: tracks, holdouts: Vec::new() });
        }
        corpus.require_training()
    }

    fn empty(version: u64) -> Self {
        Self {
            train: Sequences::default(),
            train_titles: Vec::new(),
            validation: Vec::new(),
            test: Vec::new(),
            nothing_hidden: 0,
            version,
        }
    }

    fn require_training(self) -> Result<Self> {
        if self.train.is_empty() {
            let problem = "has no row with split = 'train'; check the share of held-out playlists in its step";
            return Err(Error::Data { table: SEQUENCES, problem: problem.to_owned() });
        }
        Ok(self)
    }

    fn add(&mut self, playlist: Playlist) {
        let held_out = match playlist.split {
            Split::Train => {
                self.train.push(playlist.seeds);
                self.train_titles.push(playlist.title);
                return;
            }
            Split::Validation => &mut self.validation,
            Split::Test => &mut self.test,
        };
        match HeldOut::from_playlist(playlist) {
            Some(playlist) => held_out.push(playlist),
            None => self.nothing_hidden += 1,
        }
    }
}

/// Draws at most `limit` playlists, always the same ones for a seed, in their original order.
pub(crate) fn draw(playlists: &[HeldOut], limit: usize, seed: u64) -> Vec<&HeldOut> {
    let mut chosen: Vec<usize> = (0..playlists.len()).collect();
    if limit < chosen.len() {
        chosen.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        chosen.truncate(limit);
        chosen.sort_unstable();
    }
    chosen.into_iter().map(|index| &playlists[index]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_tracks_are_distinct_and_new() {
        check(&[1, 2], &[3, 4], Some(&[3, 4]));
        check(&[1, 2], &[3, 3, 1, 4], Some(&[3, 4]));
        check(&[], &[5], Some(&[5]));
        check(&[1, 2], &[2, 1], None);
        check(&[1, 2], &[], None);
    }

    #[track_caller]
    fn check(seeds: &[u32], holdouts: &[u32], expected: Option<&[u32]>) {
        let ids = |values: &[u32]| values.iter().copied().map(TrackId).collect::<Vec<_>>();
        let playlist = Playlist { pid: 1, title: None, split: Split::Test, seeds: ids(seeds), holdouts: ids(holdouts) };
        let train = Playlist { pid: 0, split: Split::Train, holdouts: vec![], ..playlist.clone() };
        let corpus = Corpus::from_playlists(vec![playlist, train], 1).unwrap();
        let hidden: Vec<_> = corpus.test.iter().map(|held_out| held_out.hidden.clone()).collect();
        assert_eq!(hidden.first().cloned(), expected.map(ids));
        assert_eq!(corpus.nothing_hidden, usize::from(expected.is_none()));
    }

    #[test]
    fn the_last_item_tests_and_the_one_before_validates() {
        let ids = |values: &[u32]| values.iter().copied().map(TrackId).collect::<Vec<_>>();
        let playlist = |pid, seeds: &[u32], holdouts: &[u32]| {
            let split = if holdouts.is_empty() { Split::Train } else { Split::Test };
            Playlist { pid, title: None, split, seeds: ids(seeds), holdouts: ids(holdouts) }
        };
        let playlists = vec![playlist(2, &[1, 2], &[3, 4]), playlist(1, &[5, 6], &[]), playlist(3, &[7, 8, 7], &[])];
        let corpus = Corpus::leave_one_out(playlists, 1).unwrap();
        assert_eq!(corpus.train.rows().collect::<Vec<_>>(), [ids(&[5, 6]), ids(&[1, 2]), ids(&[7])]);
        let parts = |playlists: &[HeldOut]| {
            playlists.iter().map(|held_out| (held_out.seeds.clone(), held_out.hidden.clone())).collect::<Vec<_>>()
        };
        assert_eq!(parts(&corpus.validation), [(ids(&[1, 2]), ids(&[3])), (ids(&[7]), ids(&[8]))]);
        // Playlist 3 ends with an item that it has already shown.
        assert_eq!(parts(&corpus.test), [(ids(&[1, 2, 3]), ids(&[4]))]);
        assert_eq!(corpus.nothing_hidden, 1);
    }

    #[test]
    fn a_draw_repeats_and_keeps_the_order() {
        let playlists: Vec<_> =
            (0..100).map(|pid| HeldOut { pid, title: None, seeds: vec![], hidden: vec![TrackId(1)] }).collect();
        let pids = |limit, seed| draw(&playlists, limit, seed).iter().map(|held_out| held_out.pid).collect::<Vec<_>>();
        assert_eq!(pids(10, 1), pids(10, 1));
        assert_ne!(pids(10, 1), pids(10, 2));
        assert!(pids(10, 1).is_sorted());
        assert_eq!(pids(1000, 1).len(), 100);
    }
}
