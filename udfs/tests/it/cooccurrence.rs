//! `cooccurrence` against a naive reference, on generated rows and in every way of dividing them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray},
    compute::cast,
    datatypes::{DataType, Float64Type, Int64Type},
};
use datafusion::{
    datasource::MemTable,
    execution::{
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        runtime_env::RuntimeEnvBuilder,
    },
    prelude::SessionContext,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use tokio::runtime::Runtime;

use udfs::session::{EngineOptions, session_config, session_state};

use crate::fixture::{error, rows, session, session_with_batches};

/// An item, its neighbour, their rank and three counts; then the five measures.
type Neighbour = (String, String, [i64; 4], [f64; 5]);

const COLUMNS: &str = "n['item'], n['neighbour'], n['neighbour_rank'], n['pair_count'], n['item_count'], \
    n['neighbour_count'], n['cosine'], n['jaccard'], n['lift'], n['npmi'], n['conditional']";

/// Rows and arguments of one call.
#[derive(Debug, Clone)]
struct Case {
    rows: Vec<(Option<i64>, Option<i64>)>,
    k: usize,
    min_count: usize,
    /// Rows of a batch, and partitions of the table.
    batch_rows: usize,
    partitions: usize,
}

#[test]
fn integers_equal_the_naive_reference() {
    check_all(|case, context| async move {
        let items: Int64Array = case.rows.iter().map(|(_, item)| *item).collect();
        let found = count(&context, &case, Arc::new(items)).await;
        (found, naive(&case, |item| item))
    });
}

#[test]
fn texts_equal_the_naive_reference() {
    check_all(|case, context| async move {
        let items: StringArray = case.rows.iter().map(|(_, item)| item.map(text)).collect();
        let found = count(&context, &case, Arc::new(items)).await;
        (found, naive(&case, text))
    });
}

#[tokio::test]
async fn every_kind_of_text_gives_the_same() {
    let rows = vec![(Some(1), Some(1)), (Some(1), Some(2)), (Some(2), Some(1)), (Some(2), Some(3)), (Some(2), None)];
    let case = Case { rows, k: 5, min_count: 1, batch_rows: 2, partitions: 2 };
    let plain: ArrayRef = Arc::new(case.rows.iter().map(|(_, item)| item.map(text)).collect::<StringArray>());
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    for data_type in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, dictionary] {
        let found = count(&session(2), &case, cast(&plain, &data_type).unwrap()).await;
        assert_eq!(found.len(), 4, "{data_type}");
        assert_eq!(found, naive(&case, text), "{data_type}");
    }
}

#[tokio::test]
async fn no_rows_give_no_neighbours() {
    for rows_of in ["(VALUES (1, 2)) AS t(g, i) WHERE g > 1", "(VALUES (1, NULL), (NULL, 1)) AS t(g, i)"] {
        for partitions in [1, 4] {
            let context = session(partitions);
            let sql = format!("SELECT cooccurrence(g, i) AS found FROM {rows_of}");
            assert_eq!(rows(&context, &sql).await, ["[]"], "{sql}");
            let sql = format!("SELECT unnest(cooccurrence(g, i)) FROM {rows_of}");
            assert!(rows(&context, &sql).await.is_empty(), "{sql}");
        }
    }
}

#[tokio::test]
async fn groups_of_the_query_are_counted_apart() {
    let pairs = "(VALUES ('a', 1, 1), ('a', 1, 2), ('b', 1, 2), ('b', 1, 3), ('b', 2, 9)) AS t(part, g, i)";
    let sql = format!(
        "SELECT part, n['item'], n['neighbour'], n['lift'] FROM \
         (SELECT part, unnest(cooccurrence(g, i, 5, 1)) AS n FROM {pairs} GROUP BY part) ORDER BY 1, 2"
    );
    for partitions in [1, 4] {
        let found = rows(&session(partitions), &sql).await;
        assert_eq!(found, ["a|1|2|1.0", "a|2|1|1.0", "b|2|3|2.0", "b|3|2|2.0"]);
    }
}

#[tokio::test]
async fn defaults_are_a_hundred_neighbours_that_share_two_groups() {
    let pairs = "SELECT g, i FROM (SELECT unnest(range(0, 2)) AS g), (SELECT unnest(range(0, 120)) AS i)";
    let once = "SELECT 7 AS g, i FROM (SELECT unnest([500, 501]) AS i)";
    let sql = format!(
        "SELECT n['item'], count(*) FROM (SELECT unnest(cooccurrence(g, i)) AS n FROM ({pairs} UNION ALL {once})) \
         GROUP BY 1 ORDER BY 1"
    );
    let found = rows(&session(2), &sql).await;
    assert_eq!(found.len(), 120);
    assert!(found.iter().all(|row| row.ends_with("|100")), "{found:?}");
}

/// With no memory to speak of, groups wait on disk and are counted in several passes.
#[tokio::test]
async fn the_memory_limit_changes_nothing() {
    let entries = "SELECT v / 25 AS g, (v / 25 * 7919 + v % 25 * (v % 25) * 31) % 700 AS item, v % 25 AS i \
                   FROM (SELECT unnest(range(0, 75000)) AS v)";
    for options in ["{k: 7}", "{k: 7, position: i, window: 4, rank_by: 'follows', weighting: 'inverse_length'}"] {
        let sql = format!(
            "SELECT n['item'], n['neighbour_rank'], n['neighbour'], n['pair_count'], n['weight'], n['follows'] FROM \
             (SELECT unnest(cooccurrence(g, item, {options})) AS n FROM ({entries}))"
        );
        let [mut expected, mut found] = [rows(&session(2), &sql).await, rows(&session_without_memory(2), &sql).await];
        expected.sort();
        found.sort();
        assert_eq!(expected.len(), 700 * 7);
        assert_eq!(found, expected);
    }
    // That it really needs the disk then.
    let sql = format!("SELECT unnest(cooccurrence(g, item)) FROM ({entries})");
    let refused = error(&session_on(2, limited(1, DiskManagerMode::Disabled)), &sql).await;
    assert!(refused.contains("DiskManager is disabled"), "{refused}");
}

/// One pass, several, and a pass for each block: an item that is in every group takes more than a pass has room for.
#[tokio::test]
async fn any_number_of_passes_gives_the_same() {
    let entries = "SELECT v / 30 AS g, v % 30 AS i, \
                   CASE WHEN v % 30 = 0 THEN 0 ELSE (v / 30 * 7919 + v % 30 * (v % 30) * 31) % (v % 30 * 40) END AS item \
                   FROM (SELECT unnest(range(0, 120000)) AS v)";
    for options in ["{k: 5, rank_by: 'cosine'}", "{k: 5, rank_by: 'count', position: i, window: 5}"] {
        let sql = format!(
            "SELECT n['item'], n['neighbour_rank'], n['neighbour'], n['pair_count'], n['weight'] FROM \
             (SELECT unnest(cooccurrence(g, item, {options})) AS n FROM ({entries}))"
        );
        let mut expected = rows(&session(2), &sql).await;
        expected.sort();
        assert!(expected.len() > 5_000, "{}", expected.len());
        for limit in [1, 1 << 16, 1 << 20, 1 << 22, 1 << 24, 1 << 30] {
            for partitions in [1, 3] {
                let context = session_on(partitions, limited(limit, DiskManagerMode::OsTmpDirectory));
                let mut found = rows(&context, &sql).await;
                found.sort();
                assert!(found == expected, "{limit} bytes, {partitions} partitions, {options}");
            }
        }
    }
}

/// A session whose operators are refused all memory that they ask for.
fn session_without_memory(partitions: usize) -> SessionContext {
    session_on(partitions, limited(1, DiskManagerMode::OsTmpDirectory))
}

fn limited(bytes: usize, disk: DiskManagerMode) -> RuntimeEnvBuilder {
    RuntimeEnvBuilder::new()
        .with_memory_limit(bytes, 1.0)
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(disk))
}

fn session_on(partitions: usize, runtime: RuntimeEnvBuilder) -> SessionContext {
    let options = EngineOptions { target_partitions: partitions, adaptive: false };
    let config = session_config(&options).with_batch_size(512);
    SessionContext::new_with_state(session_state(config, runtime.build_arc().unwrap()).unwrap())
}

/// Runs generated cases on sessions of one and of several partitions.
fn check_all<F>(run: impl Fn(Case, SessionContext) -> F)
where
    F: Future<Output = (Vec<Neighbour>, Vec<Neighbour>)>,
{
    let runtime = Runtime::new().unwrap();
    let sessions = [session(1), session(4), session_with_batches(3, 1), session_without_memory(3)];
    let config = Config { cases: 60, rng_seed: RngSeed::Fixed(1_928), failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&cases(), |case| {
        for context in &sessions {
            let (found, expected) = runtime.block_on(run(case.clone(), context.clone()));
            prop_assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert_eq!((&found.0, &found.1, found.2), (&expected.0, &expected.1, expected.2));
                let close = found.3.iter().zip(expected.3).all(|(found, expected)| (found - expected).abs() < 1e-12);
                prop_assert!(close, "{:?} is not {:?}", found, expected);
            }
        }
        Ok(())
    });
    outcome.unwrap();
}

fn cases() -> impl Strategy<Value = Case> {
    let row = (option::weighted(0.9, 0..8_i64), option::weighted(0.9, -4..8_i64));
    (vec(row, 0..80), 1..6_usize, 1..4_usize, 1..20_usize, 1..5_usize)
        .prop_map(|(rows, k, min_count, batch_rows, partitions)| Case { rows, k, min_count, batch_rows, partitions })
}

/// A text whose order is not that of the number.
fn text(item: i64) -> String {
    format!("item:{item}")
}

/// The function's answer, with the rows divided as the case says.
async fn count(context: &SessionContext, case: &Case, items: ArrayRef) -> Vec<Neighbour> {
    let groups: ArrayRef = Arc::new(case.rows.iter().map(|(group, _)| *group).collect::<Int64Array>());
    let all = RecordBatch::try_from_iter_with_nullable([("g", groups, true), ("i", items, true)]).unwrap();
    let mut parts = vec![Vec::new(); case.partitions];
    for (index, start) in (0..all.num_rows()).step_by(case.batch_rows).enumerate() {
        parts[index % case.partitions].push(all.slice(start, case.batch_rows.min(all.num_rows() - start)));
    }
    context.deregister_table("t").unwrap();
    context.register_table("t", Arc::new(MemTable::try_new(all.schema(), parts).unwrap())).unwrap();
    let call = format!("SELECT unnest(cooccurrence(g, i, {}, {})) AS n FROM t", case.k, case.min_count);
    let sql = format!("SELECT {COLUMNS} FROM ({call})");
    let batches = context.sql(&sql).await.unwrap().collect().await.unwrap();
    let mut found: Vec<Neighbour> = batches.iter().flat_map(neighbours).collect();
    // Not by the query: a session without memory cannot sort.
    sort(&mut found);
    found
}

/// By the item's text and the rank.
fn sort(rows: &mut [Neighbour]) {
    rows.sort_by(|left, right| left.0.cmp(&right.0).then(left.2[0].cmp(&right.2[0])));
}

fn neighbours(batch: &RecordBatch) -> Vec<Neighbour> {
    let texts = |column: usize| cast(batch.column(column), &DataType::Utf8).unwrap();
    let (items, others) = (texts(0), texts(1));
    let integer = |column: usize, row: usize| batch.column(column).as_primitive::<Int64Type>().value(row);
    let float = |column: usize, row: usize| batch.column(column).as_primitive::<Float64Type>().value(row);
    (0..batch.num_rows())
        .map(|row| {
            let names = [&items, &others].map(|array| array.as_string::<i32>().value(row).to_owned());
            let [item, other] = names;
            (
                item,
                other,
                [2, 3, 4, 5].map(|column| integer(column, row)),
                [6, 7, 8, 9, 10].map(|column| float(column, row)),
            )
        })
        .collect()
}

/// Every pair of items compared by their sets of groups.
fn naive<T: Ord + Display + Clone>(case: &Case, name: impl Fn(i64) -> T) -> Vec<Neighbour> {
    let mut groups_of: BTreeMap<T, BTreeSet<i64>> = BTreeMap::new();
    for (group, item) in &case.rows {
        if let (Some(group), Some(item)) = (group, item) {
            groups_of.entry(name(*item)).or_default().insert(*group);
        }
    }
    let all: BTreeSet<i64> = groups_of.values().flatten().copied().collect();
    let mut result = Vec::new();
    for (item, of_item) in &groups_of {
        let mut found: Vec<(usize, usize, &T)> = groups_of
            .iter()
            .filter(|(other, _)| *other != item)
            .map(|(other, of_other)| (of_item.intersection(of_other).count(), of_other.len(), other))
            .filter(|(shared, ..)| *shared >= case.min_count)
            .collect();
        // By c²/b as fractions, which orders as the cosine does; then by the count; then by value.
        found.sort_by(|left, right| {
            let (of_left, of_right) = (left.0 * left.0 * right.1, right.0 * right.0 * left.1);
            of_right.cmp(&of_left).then(right.0.cmp(&left.0)).then(left.2.cmp(right.2))
        });
        for (index, (shared, size, other)) in found.into_iter().take(case.k).enumerate() {
            let counts = [index + 1, shared, of_item.len(), size].map(|count| i64::try_from(count).unwrap());
            result.push((item.to_string(), other.to_string(), counts, measures(counts, all.len())));
        }
    }
    sort(&mut result);
    result
}

/// Cosine, Jaccard, lift, NPMI and conditional probability, from probabilities.
fn measures([_, shared, item, other]: [i64; 4], groups: usize) -> [f64; 5] {
    let probability = |count: i64| f64::from(i32::try_from(count).unwrap()) / f64::from(u32::try_from(groups).unwrap());
    let (both, one, two) = (probability(shared), probability(item), probability(other));
    let npmi = if both == 1.0 { 1.0 } else { (both / (one * two)).ln() / -both.ln() };
    [both / (one * two).sqrt(), both / (one + two - both), both / (one * two), npmi, both / one]
}
