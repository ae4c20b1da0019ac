//! Every pair of items compared by their sets of groups.

use std::collections::{BTreeMap, BTreeSet};

use cooccurrence::{Measure, Options, Weighting};

/// Groups with their (item, position) entries.
pub(crate) type Groups = Vec<Vec<(u32, i64)>>;

/// One row of the result: item, neighbour, rank, shared groups, weight, follows.
pub(crate) type Row = (u32, u32, u32, u32, f64, f64);

/// The answer by definition. `places` are the items' places by value.
pub(crate) fn neighbours(groups: &Groups, places: &[u32], options: &Options, has_order: bool) -> Vec<Row> {
    let most = options.max_group_length.unwrap_or(u32::MAX) as usize;
    let groups: Vec<_> = groups.iter().filter(|group| !group.is_empty() && items(group).len() <= most).collect();
    let mut groups_of: BTreeMap<u32, u32> = BTreeMap::new();
    for group in &groups {
        for item in items(group) {
            *groups_of.entry(item).or_default() += 1;
        }
    }
    let mut rows = Vec::new();
    for item in groups_of.keys() {
        let mut found: Vec<(f64, u32, u32, f64, f64)> = Vec::new();
        for other in groups_of.keys().filter(|other| *other != item) {
            let (mut pair, mut weight, mut follows) = (0_u32, 0.0, 0.0);
            for group in &groups {
                if let Some(next) = meeting(group, *item, *other, options.window.filter(|_| has_order)) {
                    pair += 1;
                    weight += match options.weighting {
                        Weighting::Uniform => 1.0,
                        Weighting::InverseLength => 1.0 / f64::from(u32::try_from(items(group).len()).unwrap()),
                    };
                    follows += next
                        .filter(|_| has_order)
                        .map_or(0.0, |distance| 1.0 / f64::from(u32::try_from(distance).unwrap()));
                }
            }
            if pair >= options.min_count {
                let n = u32::try_from(groups.len()).unwrap();
                let measured = measure(options.rank_by, [pair, groups_of[item], groups_of[other], n], weight, follows);
                found.push((measured, pair, *other, weight, follows));
            }
        }
        // Measures are compared with some tolerance, as they are rounded differently here and there.
        found.sort_by(|left, right| {
            let by_measure = if (left.0 - right.0).abs() < 1e-9 { 0.0 } else { right.0 - left.0 };
            by_measure
                .total_cmp(&0.0)
                .then(right.1.cmp(&left.1))
                .then(places[left.2 as usize].cmp(&places[right.2 as usize]))
        });
        for (rank, (_, pair, other, weight, follows)) in (1..).zip(found.into_iter().take(options.k as usize)) {
            rows.push((*item, other, rank, pair, weight, follows));
        }
    }
    rows
}

fn items(group: &[(u32, i64)]) -> BTreeSet<u32> {
    group.iter().map(|(item, _)| *item).collect()
}

/// Whether two items meet in a group, and the least distance at which the second comes after the first.
fn meeting(group: &[(u32, i64)], item: u32, other: u32, window: Option<u32>) -> Option<Option<i64>> {
    let mut distances = Vec::new();
    for (_, own) in group.iter().filter(|(entry, _)| *entry == item) {
        for (_, its) in group.iter().filter(|(entry, _)| *entry == other) {
            if window.is_none_or(|window| (its - own).abs() <= i64::from(window)) {
                distances.push(its - own);
            }
        }
    }
    (!distances.is_empty()).then(|| distances.into_iter().filter(|distance| *distance > 0).min())
}

/// From probabilities, unlike the kernel.
fn measure(measure: Measure, [pair, item, other, groups]: [u32; 4], weight: f64, follows: f64) -> f64 {
    let probability = |count: u32| f64::from(count) / f64::from(groups);
    let (both, one, two) = (probability(pair), probability(item), probability(other));
    match measure {
        Measure::Count => f64::from(pair),
        Measure::Cosine => both / (one * two).sqrt(),
        Measure::Jaccard => both / (one + two - both),
        Measure::Lift => both / (one * two),
        Measure::Pmi => (both / (one * two)).ln(),
        Measure::Npmi if pair == groups => 1.0,
        Measure::Npmi => (both / (one * two)).ln() / -both.ln(),
        Measure::Conditional => both / one,
        Measure::Weight => weight,
        Measure::Follows => follows,
    }
}
