//! What occurs together, by item.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use lake::Snapshot;

use crate::{
    Error, Result,
    data::{Item, ItemLookup, Sequences, TRACK_COOCCURRENCE, TrackId, integers, numbers},
};

const TABLE: &str = TRACK_COOCCURRENCE;

/// One neighbour of an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// The neighbour.
    pub item: Item,
    /// `c_ij / √(c_i · c_j)`, over the training playlists.
    pub cosine: f32,
}

/// The nearest neighbours of every item, best first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Neighbours {
    lists: Sequences<Neighbour>,
}

impl Neighbours {
    /// Takes the lists in the order of the items.
    pub fn new(lists: Sequences<Neighbour>) -> Self {
        Self { lists }
    }

    /// No neighbours of anything.
    pub(crate) const fn none() -> Self {
        Self { lists: Sequences::none() }
    }

    /// Reads a version of the `track_cooccurrence` table, which is made of training playlists only, and keeps the best
    /// `limit` neighbours of each item among the items.
    ///
    /// # Errors
    /// [`Error::Lake`] if the table cannot be read, [`Error::Column`] if it does not hold what it should.
    pub async fn load(snapshot: &Snapshot, lookup: &ItemLookup, items: usize, limit: usize) -> Result<Self> {
        let columns = ["track_id", "neighbour_track_id", "cosine"];
        let mut batches = snapshot.read(&columns).map_err(Error::lake("read table", TABLE))?;
        let mut lists: BTreeMap<Item, Vec<Neighbour>> = BTreeMap::new();
        let find = |id: i64| u32::try_from(id).ok().and_then(|id| lookup.item(TrackId(id)));
        while let Some(batch) = batches.try_next().await.map_err(Error::lake("read table", TABLE))? {
            let tracks = integers(&batch, TABLE, "track_id")?;
            let neighbours = integers(&batch, TABLE, "neighbour_track_id")?;
            let cosines = numbers(&batch, TABLE, "cosine")?;
            for row in 0..tracks.len() {
                let (Some(item), Some(neighbour)) = (find(tracks.value(row)), find(neighbours.value(row))) else {
                    continue;
                };
                #[expect(clippy::cast_possible_truncation, reason = "seven digits are enough to rank by")]
                let cosine = cosines.value(row) as f32;
                lists.entry(item).or_default().push(Neighbour { item: neighbour, cosine });
            }
        }
        let lists = (0..items).map(|index| {
            let item = Item(u32::try_from(index).unwrap_or(u32::MAX));
            best(lists.remove(&item).unwrap_or_default(), limit)
        });
        Ok(Self { lists: lists.collect() })
    }

    /// Number of items.
    pub fn items(&self) -> usize {
        self.lists.len()
    }

    /// Number of pairs.
    pub fn pairs(&self) -> usize {
        self.lists.value_count()
    }

    /// Neighbours of an item, best first.
    pub fn of(&self, item: Item) -> &[Neighbour] {
        self.lists.row(item.index())
    }
}

/// Sorts by cosine, ties by item, so that the order of rows in the table does not matter.
pub(super) fn best(mut list: Vec<Neighbour>, limit: usize) -> Vec<Neighbour> {
    list.sort_unstable_by(|left, right| right.cosine.total_cmp(&left.cosine).then(left.item.cmp(&right.item)));
    list.truncate(limit);
    list
}
