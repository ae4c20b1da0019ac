//! Which items stand in which groups, in both directions.

use std::sync::Arc;

use crate::{
    Census, Lists, Numbering, Options, Weighting,
    census::{NONE, Seen, Standing},
    sequences::Sequences,
    weights::Weight,
};

/// Items of groups as they come: numbers below `item_count`, in any order, an item in a group any number of times.
#[derive(Debug, Default)]
pub struct Membership {
    /// The items of each group.
    pub items: Lists<u32>,
    /// Where each of them stands in its group, if that matters.
    pub positions: Option<Lists<i64>>,
    /// How many items there are.
    pub item_count: usize,
}

/// Items and groups that can make pairs: all groups, or all those of some items.
///
/// Invariant: only items with an id are held, and only groups with two of them.
#[derive(Debug)]
pub struct Incidence {
    /// Distinct items of each group.
    pub(crate) groups: Lists<u32>,
    /// Groups of each item.
    pub(crate) postings: Lists<u32>,
    /// Weight of each group, unless it is one.
    pub(crate) weights: Option<Vec<Weight>>,
    pub(crate) sequences: Option<Sequences>,
    numbering: Arc<Numbering>,
}

impl Incidence {
    /// Counts frequencies, gives ids, and builds both directions of all groups; see [`Numbering::try_new`].
    ///
    /// # Errors
    /// The error of `places`.
    pub fn try_new<E>(
        membership: Membership,
        options: &Options,
        places: impl FnOnce(&[u32]) -> Result<Vec<u32>, E>,
    ) -> Result<Self, E> {
        let mut census = Census::new(membership.item_count, options);
        let lengths = census.count(&membership.items);
        let numbering = Arc::new(Numbering::try_new(&census, options, places)?);
        drop(census);
        Ok(Self::of_groups(membership, &lengths, numbering, options))
    }

    /// Builds both directions of some groups, whose numbers of distinct items the census told. What is counted is right
    /// for the items all of whose groups are there.
    pub fn of_groups(membership: Membership, lengths: &[u32], numbering: Arc<Numbering>, options: &Options) -> Self {
        let sequences = membership
            .positions
            .as_ref()
            .map(|positions| Sequences::new(&membership.items, positions, lengths, &numbering.ids));
        let (groups, weights) = distinct_ids(&membership.items, lengths, &numbering, options);
        drop(membership);
        let postings = transposed(&groups, numbering.item_count());
        Self { groups, postings, weights, sequences, numbering }
    }

    /// The items' ids and frequencies.
    pub fn numbering(&self) -> &Arc<Numbering> {
        &self.numbering
    }

    pub(crate) fn item_count(&self) -> usize {
        self.numbering.item_count()
    }

    pub(crate) fn standing(&self, id: u32) -> Standing {
        self.numbering.standing[id as usize]
    }

    /// Bytes that are held, the numbering left out.
    pub fn memory_bytes(&self) -> usize {
        let weights = self.weights.as_ref().map_or(0, |weights| weights.capacity() * size_of::<Weight>());
        let sequences = self.sequences.as_ref().map_or(0, Sequences::memory_bytes);
        self.groups.memory_bytes() + self.postings.memory_bytes() + weights + sequences
    }
}

/// The groups that can make a pair, as distinct ids, and their weights.
fn distinct_ids(
    items: &Lists<u32>,
    lengths: &[u32],
    numbering: &Numbering,
    options: &Options,
) -> (Lists<u32>, Option<Vec<Weight>>) {
    let mut seen = Seen::new(numbering.item_count());
    let mut groups = Lists::with_capacity(items.len(), items.value_count());
    let mut weights = Vec::new();
    let mut distinct = Vec::new();
    for (items, length) in items.iter().zip(lengths).filter(|(_, length)| **length > 0) {
        seen.next_group();
        distinct.clear();
        let ids = items.iter().map(|item| numbering.ids[*item as usize]);
        distinct.extend(ids.filter(|id| *id != NONE && seen.is_first(*id)));
        if distinct.len() > 1 {
            groups.push(distinct.iter().copied());
            if options.weighting != Weighting::Uniform {
                weights.push(Weight::of_group(options.weighting, *length as usize));
            }
        }
    }
    (groups, (options.weighting != Weighting::Uniform).then_some(weights))
}

/// The groups of each item.
fn transposed(groups: &Lists<u32>, items: usize) -> Lists<u32> {
    let mut lengths = vec![0_u32; items];
    for item in groups.iter().flatten() {
        lengths[*item as usize] += 1;
    }
    let mut postings = Lists::builder(lengths.into_iter());
    for (index, group) in (0..).zip(groups.iter()) {
        for item in group {
            postings.push(*item as usize, index);
        }
    }
    postings.finish()
}
