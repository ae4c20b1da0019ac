//! How fast neighbours are counted on one core: `cargo bench --workspace --bench count`.
//!
//! Playlists of 66 tracks whose popularity falls off as real ones do, 3 million entries in all; throughput is in
//! increments, one for each entry of each group of each item.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::{convert::Infallible, hint::black_box};

use cooccurrence::{Counter, Division, Incidence, Lists, Measure, Membership, Neighbours, Options};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const GROUPS: u64 = 45_000;
const GROUP_ITEMS: u64 = 66;
const ITEMS: u64 = 300_000;

/// The item of an entry, by a multiplicative hash: of 300,000 the first thousand make a fifth of all entries.
fn item_of(entry: u64) -> u32 {
    let hash = u128::from(entry.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32);
    u32::try_from((hash * hash * hash * u128::from(ITEMS)) >> 96).unwrap()
}

fn membership() -> Membership {
    let mut items = Lists::default();
    for group in 0..GROUPS {
        items.push((0..GROUP_ITEMS).map(|place| item_of(group * GROUP_ITEMS + place)));
    }
    Membership { items, positions: None, item_count: usize::try_from(ITEMS).unwrap() }
}

fn incidence(options: &Options, threads: usize) -> Incidence {
    let places = |kept: &[u32]| Ok::<_, Infallible>((0..).take(kept.len()).collect());
    Incidence::try_new(membership(), options, threads, places).unwrap()
}

fn count(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cooccurrence");
    group.sample_size(10);
    group.throughput(Throughput::Elements(GROUPS * GROUP_ITEMS));
    let by_cosine = Options { k: 100, min_count: 2, rank_by: Measure::Cosine, ..Options::default() };
    for threads in [1, 2] {
        let name = format!("both_directions_{threads}_threads");
        group.bench_function(name, |bencher| bencher.iter(|| black_box(incidence(&by_cosine, threads))));
    }
    for measure in [Measure::Cosine, Measure::Count] {
        let options = Options { rank_by: measure, ..by_cosine.clone() };
        let incidence = incidence(&options, 2);
        let division = Division::new(incidence.numbering().costs(), 1, options.k);
        group.throughput(Throughput::Elements(incidence.numbering().costs().iter().sum()));
        group.bench_function(format!("count_by_{}", measure.name()), |bencher| {
            let mut counter = Counter::new(&options);
            let mut found = Neighbours::default();
            bencher.iter(|| {
                for block in division.blocks() {
                    found.clear();
                    counter.count(&incidence, block, &mut found);
                    black_box(&found);
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, count);
criterion_main!(benches);
