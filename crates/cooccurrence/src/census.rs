//! How often items occur, and which of them get an id.

use crate::{Lists, Measure, Options, parallel::on_each, ranking::Level};

/// No id: the item is too rare to have a neighbour.
pub(crate) const NONE: u32 = u32::MAX;

/// Frequencies of items, from groups that are looked at once, all at a time or some after the other.
#[derive(Debug)]
pub struct Census {
    most_items: u32,
    seen: Seen,
    /// Groups that hold each item, by number.
    frequencies: Vec<u32>,
    /// Lengths of these groups, added up.
    costs: Vec<u64>,
    group_count: u32,
}

impl Census {
    /// A census of items with numbers below `item_count`.
    pub fn new(item_count: usize, options: &Options) -> Self {
        Self {
            most_items: options.max_group_length.unwrap_or(u32::MAX),
            seen: Seen::new(item_count),
            frequencies: vec![0; item_count],
            costs: vec![0; item_count],
            group_count: 0,
        }
    }

    /// A census of all groups at once, on so many threads. Yields the lengths as [`Self::count`] does.
    pub(crate) fn of(groups: &Lists<u32>, item_count: usize, options: &Options, threads: usize) -> (Self, Vec<u32>) {
        let parts = on_each(groups.ranges(threads), |range| {
            let mut census = Self::new(item_count, options);
            let lengths = census.count_some(groups.iter_in(range));
            (census, lengths)
        });
        let mut parts = parts.into_iter();
        let (mut all, mut lengths) = parts.next().unwrap_or_else(|| (Self::new(item_count, options), Vec::new()));
        for (part, more) in parts {
            all.add(&part);
            lengths.extend(more);
        }
        (all, lengths)
    }

    /// Adds the counts of other groups.
    fn add(&mut self, other: &Self) {
        self.frequencies.iter_mut().zip(&other.frequencies).for_each(|(all, more)| *all += more);
        self.costs.iter_mut().zip(&other.costs).for_each(|(all, more)| *all += more);
        self.group_count += other.group_count;
    }

    /// Counts whole groups. Yields the number of distinct items of each, and 0 for one that is left out.
    pub fn count(&mut self, groups: &Lists<u32>) -> Vec<u32> {
        self.count_some(groups.iter())
    }

    fn count_some<'a>(&mut self, groups: impl Iterator<Item = &'a [u32]>) -> Vec<u32> {
        let mut distinct: Vec<u32> = Vec::new();
        groups
            .map(|items| {
                self.seen.next_group();
                distinct.clear();
                distinct.extend(items.iter().copied().filter(|item| self.seen.is_first(*item)));
                let length = u32::try_from(distinct.len()).unwrap_or(u32::MAX);
                if length == 0 || length > self.most_items {
                    return 0;
                }
                self.group_count += 1;
                for item in &distinct {
                    self.frequencies[*item as usize] += 1;
                    self.costs[*item as usize] += u64::from(length);
                }
                length
            })
            .collect()
    }
}

/// Ids of the items that can have a neighbour: those in at least `min_count` groups.
///
/// Invariant: ids follow frequency, the most frequent item being 0, and among equally frequent ones the order of their
/// values.
#[derive(Debug)]
pub struct Numbering {
    /// Id of each number, or [`NONE`].
    pub(crate) ids: Vec<u32>,
    /// Groups that hold each id.
    pub(crate) frequencies: Vec<u32>,
    /// Where the ids of each frequency begin.
    pub(crate) levels: Vec<Level>,
    places: Option<Places>,
    numbers: Vec<u32>,
    costs: Vec<u64>,
    group_count: u32,
}

/// The order of items by value, both ways.
#[derive(Debug)]
struct Places {
    of_ids: Vec<u32>,
    ids: Vec<u32>,
}

impl Places {
    /// Whether neighbours of equal measure and equally many shared groups can differ in frequency. If not, their ids
    /// are in the order of their values.
    fn are_needed(rank_by: Measure) -> bool {
        match rank_by {
            Measure::Cosine | Measure::Jaccard | Measure::Lift | Measure::Pmi | Measure::Npmi => false,
            Measure::Count | Measure::Conditional | Measure::Weight | Measure::Follows => true,
        }
    }

    fn new(of_ids: Vec<u32>) -> Self {
        let mut ids = vec![0; of_ids.len()];
        for (id, place) in (0..).zip(&of_ids) {
            ids[*place as usize] = id;
        }
        Self { of_ids, ids }
    }
}

impl Numbering {
    /// Gives ids. `places` is given the numbers of the items that get one and says, for each, its place by value among
    /// them, from 0.
    ///
    /// # Errors
    /// The error of `places`.
    pub fn try_new<E>(
        census: &Census,
        options: &Options,
        places: impl FnOnce(&[u32]) -> Result<Vec<u32>, E>,
    ) -> Result<Self, E> {
        let frequency = |number: u32| census.frequencies[number as usize];
        let kept: Vec<u32> = (0..)
            .zip(&census.frequencies)
            .filter(|(_, frequency)| **frequency >= options.min_count)
            .map(|(number, _)| number)
            .collect();
        let places = places(&kept)?;
        // Frequency and place in one number: the most frequent first, and then the least place.
        let order = |(number, place): (u32, u32)| ((u64::from(!frequency(number)) << 32) | u64::from(place), number);
        let mut by_id: Vec<(u64, u32)> = kept.into_iter().zip(places).map(order).collect();
        by_id.sort_unstable();
        let mut ids = vec![NONE; census.frequencies.len()];
        for (id, (_, number)) in (0..).zip(&by_id) {
            ids[*number as usize] = id;
        }
        let frequencies: Vec<u32> = by_id.iter().map(|(_, number)| frequency(*number)).collect();
        let place = |(order, _): &(u64, u32)| u32::try_from(order & u64::from(u32::MAX)).unwrap_or_default();
        Ok(Self {
            ids,
            levels: Level::all_of(&frequencies),
            frequencies,
            places: Places::are_needed(options.rank_by).then(|| Places::new(by_id.iter().map(place).collect())),
            costs: by_id.iter().map(|(_, number)| census.costs[*number as usize]).collect(),
            numbers: by_id.into_iter().map(|(_, number)| number).collect(),
            group_count: census.group_count,
        })
    }

    /// What decides between two neighbours of the same measure and the same number of shared groups: the order of
    /// their values.
    pub(crate) fn tie(&self, id: u32) -> u32 {
        self.places.as_ref().map_or(id, |places| places.of_ids[id as usize])
    }

    /// The id that a tie was made from.
    pub(crate) fn of_tie(&self, tie: u32) -> u32 {
        self.places.as_ref().map_or(tie, |places| places.ids[tie as usize])
    }

    /// Items that have an id.
    pub fn item_count(&self) -> usize {
        self.numbers.len()
    }

    /// The number under which each id's item came.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The id of an item, if it has one.
    pub fn id(&self, number: u32) -> Option<u32> {
        Some(self.ids[number as usize]).filter(|id| *id != NONE)
    }

    /// Groups that hold any item, those left out for their length not counted.
    pub fn group_count(&self) -> u32 {
        self.group_count
    }

    /// Groups that hold an item.
    pub fn frequency(&self, id: u32) -> u32 {
        self.frequencies[id as usize]
    }

    /// Increments that counting each item's neighbours takes at most: the lengths of its groups, added up.
    pub fn costs(&self) -> &[u64] {
        &self.costs
    }

    /// Bytes that are held.
    pub fn memory_bytes(&self) -> usize {
        let places = if self.places.is_some() { 2 * size_of::<u32>() } else { 0 };
        self.ids.len() * size_of::<u32>()
            + self.numbers.len() * (2 * size_of::<u32>() + size_of::<u64>() + places)
            + self.levels.len() * size_of::<Level>()
    }
}

/// Tells the first of equal items in a group from the others.
#[derive(Debug)]
pub(crate) struct Seen {
    last_group: Vec<u32>,
    group: u32,
}

impl Seen {
    pub(crate) fn new(items: usize) -> Self {
        Self { last_group: vec![0; items], group: 0 }
    }

    pub(crate) fn next_group(&mut self) {
        self.group += 1;
    }

    pub(crate) fn is_first(&mut self, item: u32) -> bool {
        std::mem::replace(&mut self.last_group[item as usize], self.group) != self.group
    }
}
