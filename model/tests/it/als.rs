//! The matrix factorisation beside plain arithmetic.

use model::{
    data::{Item, Sequences},
    recommender::{Query, Recommender, rank},
    rivals::{AlsOptions, MatrixFactorisation},
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tch::Tensor;

use crate::fixture::torch;

const ITEMS: usize = 12;
const OPTIONS: AlsOptions = AlsOptions { dimension: 3, iterations: 2, confidence: 7.0, regularisation: 0.5, seed: 1 };

/// Thirty lists of two worlds, which share no item but one.
fn lists() -> Sequences<Item> {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut list = |world: u32| -> Vec<Item> {
        let length = random.random_range(1..9);
        (0..length).map(|_| Item(world * 5 + random.random_range(0..6))).collect()
    };
    (0..30).map(|number| list(number % 2)).collect()
}

fn rows(factors: &Tensor) -> Vec<Vec<f64>> {
    (0..factors.size()[0])
        .map(|row| Vec::<f64>::try_from(factors.get(row).to_kind(tch::Kind::Double)).unwrap())
        .collect()
}

/// The factors of a list are where the gradient of the paper's cost is zero, summed up cell by cell: with confidence 1 + α
/// for what the list holds and 1 for all else, `Σ c (p − x·y) y = λ x`.
#[tokio::test]
async fn factors_of_a_list_minimise_its_cost() {
    let _torch = torch().await;
    let lists = lists();
    let fitted = MatrixFactorisation::fit(&lists, ITEMS, OPTIONS).unwrap();
    let items = rows(fitted.factors());
    let views: Vec<&[Item]> = lists.rows().collect();
    for (list, x) in lists.rows().zip(rows(&fitted.read(&views).unwrap())) {
        for axis in 0..3 {
            let gradient: f64 = items
                .iter()
                .enumerate()
                .map(|(item, y)| {
                    let held = f64::from(u8::from(list.iter().any(|held| held.index() == item)));
                    let product: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
                    (1.0 + 7.0 * held) * (held - product) * y[axis]
                })
                .sum();
            assert!((gradient - 0.5 * x[axis]).abs() < 1e-3, "axis {axis} of {list:?}: {gradient} for {x:?}");
        }
    }
}

/// More rounds never cost more, by the paper's cost over all cells.
#[tokio::test]
async fn every_round_lowers_the_cost() {
    let _torch = torch().await;
    let lists = lists();
    let views: Vec<&[Item]> = lists.rows().collect();
    let cost = |iterations| {
        let fitted = MatrixFactorisation::fit(&lists, ITEMS, AlsOptions { iterations, ..OPTIONS }).unwrap();
        let (items, of_lists) = (rows(fitted.factors()), rows(&fitted.read(&views).unwrap()));
        let square = |row: &Vec<f64>| row.iter().map(|value| value * value).sum::<f64>();
        let mut cost = 0.5 * (items.iter().map(square).sum::<f64>() + of_lists.iter().map(square).sum::<f64>());
        for (list, x) in lists.rows().zip(&of_lists) {
            for (item, y) in items.iter().enumerate() {
                let held = f64::from(u8::from(list.iter().any(|held| held.index() == item)));
                let product: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
                cost += (1.0 + 7.0 * held) * (held - product).powi(2);
            }
        }
        cost
    };
    let costs: Vec<f64> = (0..6).map(cost).collect();
    assert!(costs.is_sorted_by(|before, after| *after <= before + 1e-3), "{costs:?}");
    assert!(costs[5] < 0.5 * costs[0], "{costs:?}");
}

#[tokio::test]
async fn lists_get_what_others_of_their_world_hold() {
    let _torch = torch().await;
    let fitted = MatrixFactorisation::fit(&lists(), ITEMS, AlsOptions { iterations: 5, ..OPTIONS }).unwrap();
    assert_eq!((fitted.name(), fitted.items()), ("als", ITEMS));
    let queries = [vec![Item(0), Item(2)], vec![Item(9), Item(7)]].map(|seeds| Query { seeds, title: None });
    let lists = rank(&fitted, &queries, 2).unwrap();
    assert!(lists[0].iter().all(|line| line.item.0 <= 5), "{lists:?}");
    assert!(lists[1].iter().all(|line| (5..=10).contains(&line.item.0)), "{lists:?}");
    // What is not known of a list says nothing.
    assert!(rank(&fitted, &[Query::default()], 3).unwrap()[0].iter().all(|line| line.score == 0.0));
}
