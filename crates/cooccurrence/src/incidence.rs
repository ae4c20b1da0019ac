//! Which items stand in which groups, in both directions.

use std::{ops::Range, sync::Arc};

use crate::{
    Census, Lists, Numbering, Options, Weighting,
    census::{NONE, Seen},
    parallel::on_each,
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
    /// Counts frequencies, gives ids, and builds both directions of all groups, on so many threads; see
    /// [`Numbering::try_new`].
    ///
    /// # Errors
    /// The error of `places`.
    pub fn try_new<E>(
        membership: Membership,
        options: &Options,
        threads: usize,
        places: impl FnOnce(&[u32]) -> Result<Vec<u32>, E>,
    ) -> Result<Self, E> {
        let (census, lengths) = Census::of(&membership.items, membership.item_count, options, threads);
        let numbering = Arc::new(Numbering::try_new(&census, options, places)?);
        drop(census);
        Ok(Self::of_groups(membership, &lengths, numbering, options, threads))
    }

    /// Builds both directions of some groups, whose numbers of distinct items the census told. What is counted is right
    /// for the items all of whose groups are there.
    pub fn of_groups(
        membership: Membership,
        lengths: &[u32],
        numbering: Arc<Numbering>,
        options: &Options,
        threads: usize,
    ) -> Self {
        let sequences = membership
            .positions
            .as_ref()
            .map(|positions| Sequences::new(&membership.items, positions, lengths, &numbering.ids));
        let parts = on_each(membership.items.ranges(threads), |range| {
            distinct_ids(membership.items.iter_in(range.clone()).zip(&lengths[range]), &numbering, options)
        });
        drop(membership);
        let (groups, weights): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        let groups = Lists::joined(groups);
        let weights = (options.weighting != Weighting::Uniform).then(|| weights.concat());
        let postings = transposed(&groups, numbering.item_count(), threads);
        Self { groups, postings, weights, sequences, numbering }
    }

    /// The items' ids and frequencies.
    pub fn numbering(&self) -> &Arc<Numbering> {
        &self.numbering
    }

    pub(crate) fn item_count(&self) -> usize {
        self.numbering.item_count()
    }

    /// Bytes that are held, the numbering left out.
    pub fn memory_bytes(&self) -> usize {
        let weights = self.weights.as_ref().map_or(0, |weights| weights.capacity() * size_of::<Weight>());
        let sequences = self.sequences.as_ref().map_or(0, Sequences::memory_bytes);
        self.groups.memory_bytes() + self.postings.memory_bytes() + weights + sequences
    }
}

/// The groups that can make a pair, as distinct ids, and their weights unless these are one.
fn distinct_ids<'a>(
    groups: impl Iterator<Item = (&'a [u32], &'a u32)>,
    numbering: &Numbering,
    options: &Options,
) -> (Lists<u32>, Vec<Weight>) {
    let mut seen = Seen::new(numbering.item_count());
    let mut lists = Lists::default();
    let mut weights = Vec::new();
    let mut distinct = Vec::new();
    for (items, length) in groups.filter(|(_, length)| **length > 0) {
        seen.next_group();
        distinct.clear();
        let ids = items.iter().map(|item| numbering.ids[*item as usize]);
        distinct.extend(ids.filter(|id| *id != NONE && seen.is_first(*id)));
        if distinct.len() > 1 {
            lists.push(distinct.iter().copied());
            if options.weighting != Weighting::Uniform {
                weights.push(Weight::of_group(options.weighting, *length as usize));
            }
        }
    }
    (lists, weights)
}

/// The groups of each item. Each thread looks at all groups and writes the lists of its own items.
fn transposed(groups: &Lists<u32>, items: usize, threads: usize) -> Lists<u32> {
    let counts = on_each(groups.ranges(threads), |range| {
        let mut counts = vec![0_u32; items];
        groups.iter_in(range).flatten().for_each(|item| counts[*item as usize] += 1);
        counts
    });
    let mut counts = counts.into_iter();
    let mut lengths = counts.next().unwrap_or_default();
    for more in counts {
        lengths.iter_mut().zip(more).for_each(|(all, more)| *all += more);
    }
    let lists = on_each(equal_shares(&lengths, threads), |range| {
        let mut postings = Lists::builder(lengths[range.clone()].iter().copied());
        for (index, group) in (0..).zip(groups.iter()) {
            for item in group.iter().map(|item| *item as usize).filter(|item| range.contains(item)) {
                postings.push(item - range.start, index);
            }
        }
        postings.finish()
    });
    Lists::joined(lists)
}

/// Divides indices into at most so many ranges whose values add up to about the same.
fn equal_shares(values: &[u32], parts: usize) -> Vec<Range<usize>> {
    let total: u64 = values.iter().map(|value| u64::from(*value)).sum();
    let most = total / parts.max(1) as u64 + 1;
    let mut shares = Vec::with_capacity(parts);
    let (mut start, mut sum) = (0, 0);
    for (end, value) in (1..).zip(values) {
        sum += u64::from(*value);
        if sum >= most * (shares.len() as u64 + 1) {
            shares.push(start..end);
            start = end;
        }
    }
    if start < values.len() || shares.is_empty() {
        shares.push(start..values.len());
    }
    shares
}
