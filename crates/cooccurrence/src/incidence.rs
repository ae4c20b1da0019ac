//! Which items stand in which groups, in both directions.

use std::cmp::Reverse;

use crate::{Lists, Options, sequences::Sequences, weights::Weight};

/// No id: the item is too rare to have a neighbour.
const NONE: u32 = u32::MAX;

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

/// Items and groups that can make pairs.
///
/// Invariant: ids follow frequency, the most frequent item being 0, and among equally frequent ones the order of their
/// values. Only items in at least `min_count` groups have an id, and only groups with two of them are kept.
#[derive(Debug)]
pub struct Incidence {
    /// Distinct items of each group.
    pub(crate) groups: Lists<u32>,
    /// Groups of each item.
    pub(crate) postings: Lists<u32>,
    /// Weight of each group, unless it is one.
    pub(crate) weights: Option<Vec<Weight>>,
    pub(crate) sequences: Option<Sequences>,
    /// Frequency and place by value of each item, which ranking needs together.
    pub(crate) standing: Vec<Standing>,
    numbers: Vec<u32>,
    costs: Vec<u64>,
    group_count: u32,
}

/// What ranking has to know of an item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    /// Groups that hold it.
    pub(crate) count: u32,
    /// Its place among all items by value, which decides between equals.
    pub(crate) place: u32,
}

impl Incidence {
    /// Builds both directions. `places` is given the numbers of the items that are kept and says, for each, its place
    /// by value among them.
    ///
    /// # Errors
    /// The error of `places`.
    pub fn try_new<E>(
        membership: Membership,
        options: &Options,
        places: impl FnOnce(&[u32]) -> Result<Vec<u32>, E>,
    ) -> Result<Self, E> {
        let counted = Counted::new(&membership, options);
        let kept: Vec<u32> = (0..)
            .zip(&counted.frequencies)
            .filter(|(_, frequency)| **frequency >= options.min_count)
            .map(|(number, _)| number)
            .collect();
        let places = places(&kept)?;
        let mut by_id: Vec<(u32, u32)> = kept.into_iter().zip(places).collect();
        by_id.sort_unstable_by_key(|(number, place)| (Reverse(counted.frequencies[*number as usize]), *place));
        let mut ids = vec![NONE; membership.item_count];
        let mut standing = Vec::with_capacity(by_id.len());
        for (id, (number, place)) in (0..).zip(&by_id) {
            ids[*number as usize] = id;
            standing.push(Standing { count: counted.frequencies[*number as usize], place: *place });
        }
        let numbers: Vec<u32> = by_id.into_iter().map(|(number, _)| number).collect();
        let sequences = membership
            .positions
            .as_ref()
            .map(|positions| Sequences::new(&membership.items, positions, &counted.lengths, &ids));
        let (groups, weights) = distinct_ids(&membership.items, &counted, &ids, numbers.len(), options);
        drop(membership);
        let (postings, costs) = transposed(&groups, numbers.len());
        Ok(Self { groups, postings, weights, sequences, standing, numbers, costs, group_count: counted.group_count })
    }

    /// Items that have an id.
    pub fn item_count(&self) -> usize {
        self.numbers.len()
    }

    /// The number under which each id's item came.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// Groups that hold any item, those left out for their length not counted.
    pub fn group_count(&self) -> u32 {
        self.group_count
    }

    /// Groups that hold an item.
    pub fn frequency(&self, id: u32) -> u32 {
        self.standing[id as usize].count
    }

    /// Increments that counting each item's neighbours takes: the lengths of its groups, added up.
    pub fn costs(&self) -> &[u64] {
        &self.costs
    }

    /// Bytes that are held.
    pub fn memory_bytes(&self) -> usize {
        let weights = self.weights.as_ref().map_or(0, |weights| weights.capacity() * size_of::<Weight>());
        let sequences = self.sequences.as_ref().map_or(0, Sequences::memory_bytes);
        let per_item = size_of::<Standing>() + size_of::<u32>() + size_of::<u64>();
        self.groups.memory_bytes() + self.postings.memory_bytes() + weights + sequences + self.numbers.len() * per_item
    }
}

/// What one look at all groups tells.
struct Counted {
    /// Groups that hold each item, by number.
    frequencies: Vec<u32>,
    /// Distinct items of each group; 0 for one that is left out.
    lengths: Vec<u32>,
    group_count: u32,
}

impl Counted {
    fn new(membership: &Membership, options: &Options) -> Self {
        let most = options.max_group_length.unwrap_or(u32::MAX);
        let mut seen = Seen::new(membership.item_count);
        let mut counted = Self {
            frequencies: vec![0; membership.item_count],
            lengths: Vec::with_capacity(membership.items.len()),
            group_count: 0,
        };
        let mut distinct = Vec::new();
        for items in membership.items.iter() {
            seen.next_group();
            distinct.clear();
            distinct.extend(items.iter().copied().filter(|item| seen.is_first(*item)));
            let length = u32::try_from(distinct.len()).unwrap_or(u32::MAX);
            if length > most {
                counted.lengths.push(0);
                continue;
            }
            counted.lengths.push(length);
            counted.group_count += u32::from(length > 0);
            for item in &distinct {
                counted.frequencies[*item as usize] += 1;
            }
        }
        counted
    }
}

/// Tells the first of equal items in a group from the others.
struct Seen {
    last_group: Vec<u32>,
    group: u32,
}

impl Seen {
    fn new(items: usize) -> Self {
        Self { last_group: vec![0; items], group: 0 }
    }

    fn next_group(&mut self) {
        self.group += 1;
    }

    fn is_first(&mut self, item: u32) -> bool {
        std::mem::replace(&mut self.last_group[item as usize], self.group) != self.group
    }
}

/// The groups that can make a pair, as distinct ids, and their weights.
fn distinct_ids(
    items: &Lists<u32>,
    counted: &Counted,
    ids: &[u32],
    id_count: usize,
    options: &Options,
) -> (Lists<u32>, Option<Vec<Weight>>) {
    let mut seen = Seen::new(id_count);
    let mut groups = Lists::with_capacity(items.len(), items.value_count());
    let mut weights = Vec::new();
    let mut distinct = Vec::new();
    for (items, length) in items.iter().zip(&counted.lengths) {
        if *length == 0 {
            continue;
        }
        seen.next_group();
        distinct.clear();
        distinct.extend(items.iter().map(|item| ids[*item as usize]).filter(|id| *id != NONE && seen.is_first(*id)));
        if distinct.len() > 1 {
            groups.push(distinct.iter().copied());
            if options.weighting != crate::Weighting::Uniform {
                weights.push(Weight::of_group(options.weighting, *length as usize));
            }
        }
    }
    (groups, (!weights.is_empty()).then_some(weights))
}

/// The groups of each item, and what counting its neighbours costs.
fn transposed(groups: &Lists<u32>, items: usize) -> (Lists<u32>, Vec<u64>) {
    let mut lengths = vec![0_u32; items];
    let mut costs = vec![0_u64; items];
    for group in groups.iter() {
        for item in group {
            lengths[*item as usize] += 1;
            costs[*item as usize] += group.len() as u64;
        }
    }
    let mut postings = Lists::builder(lengths.into_iter());
    for (index, group) in (0..).zip(groups.iter()) {
        for item in group {
            postings.push(*item as usize, index);
        }
    }
    (postings.finish(), costs)
}
