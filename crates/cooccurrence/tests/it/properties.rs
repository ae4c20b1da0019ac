use cooccurrence::{Counter, Division, Incidence, Lists, Measure, Membership, Neighbours, Options, Weighting};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, RngSeed, TestRunner},
};

use crate::naive::{Groups, Row, neighbours};

const ITEMS: u32 = 9;

#[derive(Debug, Clone)]
struct Case {
    groups: Groups,
    options: Options,
    has_order: bool,
    parts: usize,
}

#[test]
fn every_measure_and_option_equals_the_naive_reference() {
    run(1_500, 1_928, cases(), |case| {
        let places = shuffled();
        let found = count(&case, &places);
        let expected = neighbours(&case.groups, &places, &case.options, case.has_order);
        assert_eq!(found.len(), expected.len(), "{found:?} is not {expected:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!((found.0, found.1, found.2, found.3), (expected.0, expected.1, expected.2, expected.3));
            assert!((found.4 - expected.4).abs() < 1e-6, "{found:?} is not {expected:?}");
            assert!((found.5 - expected.5).abs() < 1e-6, "{found:?} is not {expected:?}");
        }
    });
}

#[test]
fn the_order_of_groups_and_the_division_change_nothing() {
    run(300, 7, cases(), |case| {
        let places = shuffled();
        let mut other = Case { parts: case.parts % 5 + 1, ..case.clone() };
        other.groups.reverse();
        other.groups.iter_mut().for_each(|group| group.reverse());
        assert_eq!(count(&case, &places), count(&other, &places));
    });
}

/// Around the numbers at which counters of a byte go round, and whatever number of groups is asked for.
#[test]
fn pairs_in_hundreds_of_groups_are_counted_rightly() {
    // Item 0 is in all groups and shares so many with the others.
    const SHARED: [u32; 8] = [1, 254, 255, 256, 257, 511, 512, 1000];
    let items = |group: u32| (0..).zip([1000].iter().chain(&SHARED)).filter(move |(_, shared)| group < **shared);
    for min_count in [1, 2, 255, 256, 257, 512, 513, 1000, 1001] {
        let options = Options { min_count, ..Options::default() };
        let groups = (0..1000).map(|group| items(group).map(|(item, _)| (item, 0)).collect()).collect();
        let case = Case { groups, options, has_order: false, parts: 2 };
        let mut found: Vec<(u32, u32)> = count(&case, &(0..ITEMS).collect::<Vec<_>>())
            .iter()
            .filter(|row| row.0 == 0)
            .map(|row| (row.1, row.3))
            .collect();
        found.sort_unstable();
        let expected: Vec<(u32, u32)> = (1..).zip(SHARED).filter(|(_, shared)| *shared >= min_count).collect();
        assert_eq!(found, expected, "{min_count}");
    }
}

/// Items in many groups: a pair that is in all of them, and others that come now and then.
#[test]
fn frequent_items_are_counted_rightly() {
    for groups in [254_u32, 255, 256, 257, 65_535, 65_536, 65_600] {
        let mut case = Case { groups: Vec::new(), options: Options::default(), has_order: false, parts: 3 };
        case.options.min_count = 1;
        case.groups = (0..groups).map(|group| vec![(0, 0), (1, 0), (2 + group % 7, 0)]).collect();
        let found = count(&case, &(0..ITEMS).collect::<Vec<_>>());
        let pair = |item, other| found.iter().find(|row| (row.0, row.1) == (item, other)).map(|row| row.3);
        assert_eq!((pair(0, 1), pair(1, 0)), (Some(groups), Some(groups)));
        assert_eq!((pair(0, 2), pair(2, 1)), (Some(groups.div_ceil(7)), Some(groups.div_ceil(7))));
        assert_eq!(pair(2, 3), None);
    }
}

/// More candidates than the selection holds at once, most of them worse than those before.
#[test]
fn the_best_of_many_are_kept() {
    let others = 5_000_u32;
    let mut case = Case { groups: Vec::new(), options: Options::default(), has_order: false, parts: 1 };
    case.options = Options { k: 3, min_count: 1, rank_by: Measure::Count, ..Options::default() };
    case.groups.push((0..=others).map(|item| (item, 0)).collect());
    case.groups.extend([4_000, 17, 2_500, 17].map(|item| vec![(0, 0), (item, 0)]));
    let places: Vec<u32> = (0..=others).collect();
    let best: Vec<u32> = count(&case, &places).iter().filter(|row| row.0 == 0).map(|row| row.1).collect();
    assert_eq!(best, [17, 2_500, 4_000]);
}

/// So many neighbours that bounds are raised several times, of frequencies from 1 to almost all groups.
#[test]
fn neighbours_that_are_passed_over_are_none_of_the_best() {
    let items = 400_u64;
    let places: Vec<u32> = (0..400).map(|item| (item * 7 + 3) % 400).collect();
    let hash = |group: u64, item: u64| (group * items + item + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    let is_in = |group: u64, item: &u64| hash(group, *item) % (item / 8 + 2) == 0;
    let groups: Groups = (0..80)
        .map(|group| {
            (0..items).filter(|item| is_in(group, item)).map(|item| (u32::try_from(item).unwrap(), 0)).collect()
        })
        .collect();
    for rank_by in Measure::ALL {
        for (k, min_count) in [(1, 1), (5, 2)] {
            let options = Options { k, min_count, rank_by, ..Options::default() };
            let case = Case { groups: groups.clone(), options, has_order: false, parts: 2 };
            let found: Vec<_> = count(&case, &places).iter().map(|row| (row.0, row.1, row.2, row.3)).collect();
            let expected = neighbours(&case.groups, &places, &case.options, false);
            let expected: Vec<_> = expected.iter().map(|row| (row.0, row.1, row.2, row.3)).collect();
            assert!(found.len() > 300, "{}", found.len());
            assert_eq!(found, expected, "{}", rank_by.name());
        }
    }
}

fn run(cases: u32, seed: u64, strategy: impl Strategy<Value = Case>, check: impl Fn(Case)) {
    let config = Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&strategy, |case| {
        check(case);
        Ok(())
    });
    outcome.unwrap();
}

fn cases() -> impl Strategy<Value = Case> {
    let group = vec((0..ITEMS, -3..12_i64), 0..9);
    let weighting = select(vec![Weighting::Uniform, Weighting::InverseLength]);
    let options =
        (1..5_u32, 1..4_u32, select(Measure::ALL.to_vec()), option::of(1..6_u32), option::of(2..7_u32), weighting);
    (vec(group, 0..14), options, any::<bool>(), 1..5_usize).prop_map(|(groups, options, has_order, parts)| {
        let (k, min_count, rank_by, window, max_group_length, weighting) = options;
        let options = Options { k, min_count, rank_by, window, max_group_length, weighting };
        Case { groups, options, has_order, parts }
    })
}

/// Places by value that are not the order of the numbers.
fn shuffled() -> Vec<u32> {
    (0..ITEMS).map(|item| (item * 5 + 3) % ITEMS).collect()
}

/// The kernel's answer, in order of items.
fn count(case: &Case, places: &[u32]) -> Vec<Row> {
    let mut items = Lists::default();
    let mut positions = Lists::default();
    for group in &case.groups {
        items.push(group.iter().map(|(item, _)| *item));
        positions.push(group.iter().map(|(_, position)| *position));
    }
    let positions = case.has_order.then_some(positions);
    let membership = Membership { items, positions, item_count: places.len() };
    let incidence = Incidence::try_new(membership, &case.options, case.parts, |kept| {
        // Places among the kept, from places among all.
        let mut sorted: Vec<u32> = kept.iter().map(|item| places[*item as usize]).collect();
        sorted.sort_unstable();
        let place =
            |item: &u32| sorted.binary_search(&places[*item as usize]).map(|place| u32::try_from(place).unwrap());
        kept.iter().map(place).collect::<Result<Vec<u32>, usize>>()
    });
    let incidence = incidence.unwrap();
    let division = Division::new(incidence.numbering().costs(), case.parts, case.options.k);
    let mut rows = Vec::new();
    for part in 0..case.parts {
        let mut counter = Counter::new(&case.options);
        let mut found = Neighbours::default();
        for block in division.of_part(part, case.parts) {
            counter.count(&incidence, &block, &mut found);
        }
        let numbers = incidence.numbering().numbers();
        for row in 0..found.len() {
            let follows = found.follows.get(row).copied().unwrap_or_default();
            let (item, other) = (numbers[found.items[row] as usize], numbers[found.neighbours[row] as usize]);
            rows.push((item, other, found.ranks[row], found.pair_counts[row], found.weights[row], follows));
        }
    }
    rows.sort_by_key(|row| (row.0, row.2));
    // Without an order nothing follows.
    rows.iter_mut().filter(|_| !case.has_order).for_each(|row| row.5 = 0.0);
    rows
}
