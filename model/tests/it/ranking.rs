//! The short ways to a list against the scores of all tracks.

use model::{
    blend::Blend,
    config::NetworkConfig,
    data::{Item, Sequences},
    network::{NetworkRecommender, NextTrackNetwork},
    recommender::{Query, Recommendation, Recommender, rank_by_scores},
    rivals::{
        AlsOptions, ItemKnn, MatrixFactorisation, NeighbourMeasure, Neighbours, PlaylistIndex, PlaylistKnn, Popularity,
        SeedWeights, TitleModel, TitleRecommender,
    },
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tch::{Device, Kind, Tensor};

use crate::fixture::torch;

/// More than two blocks of the index, so that blocks are passed over.
const ITEMS: u32 = 9_000;

/// Items whose popularity falls as it does in real data, playlists of which some are empty, and a network whose rows have
/// very different lengths.
struct World {
    counts: Vec<u32>,
    train: Sequences<Item>,
    queries: Vec<Query>,
    network: NextTrackNetwork,
}

fn world(seed: u64) -> World {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut playlist = |longest: usize| -> Vec<Item> {
        let length = random.random_range(0..=longest);
        // What is below a uniform number crowds together at the front.
        let item = |random: &mut ChaCha8Rng| {
            let below = random.random_range(0..ITEMS);
            Item(random.random_range(0..=below))
        };
        (0..length).map(|_| item(&mut random)).collect()
    };
    let train: Sequences<Item> = (0..2_000).map(|_| playlist(30)).collect();
    let queries = (0..600).map(|number| Query { seeds: playlist(40), title: Some(format!("title {}", number % 7)) });
    let queries = queries.collect();
    let counts: Vec<u32> = (0..ITEMS).map(|item| 5_000 / (item + 1)).collect();
    tch::manual_seed(i64::try_from(seed).unwrap());
    let config = NetworkConfig { dimension: 24, ..NetworkConfig::default() };
    let network = NextTrackNetwork::try_new(&config, ITEMS as usize, Device::Cpu).unwrap();
    network.items().start_from_popularity(&counts).unwrap();
    let table = network.items().weights();
    let lengths = Tensor::rand([table.size()[0], 1], (Kind::Float, Device::Cpu)).pow_tensor_scalar(3) * 40.0;
    tch::no_grad(|| table.shallow_clone().copy_(&(table * lengths)));
    World { counts, train, queries, network }
}

#[tokio::test]
async fn every_recommender_ranks_as_its_scores_say() {
    let _torch = torch().await;
    let world = world(1);
    let neighbours = Neighbours::count(&world.train, ITEMS as usize, NeighbourMeasure::Cosine, 100);
    let knn = ItemKnn::new(&neighbours, &world.counts, SeedWeights { damping: 0.2, decay: 0.9 });
    let network = NetworkRecommender::try_new(&world.network).unwrap();
    let titles: Vec<_> = (0..world.train.len()).map(|playlist| Some(format!("title {}", playlist % 5))).collect();
    let title_config = model::config::TitleConfig::default();
    let titles = TitleModel::count(&world.train, &titles, &title_config);
    check(&Popularity::new(&world.counts), &world.queries);
    check(&TitleRecommender::new(&titles, &world.counts, 2_000, &title_config), &world.queries);
    check(&knn, &world.queries);
    let index = PlaylistIndex::new(&world.train, ITEMS as usize);
    let weights = SeedWeights { damping: 0.4, decay: 0.75 };
    check(&PlaylistKnn::new(&index, &world.counts, weights, 50), &world.queries);
    check(&network, &world.queries);
    for weight in [0.0, 0.3, 0.9, 1.0] {
        check(&Blend::try_new(&knn, &network, weight).unwrap(), &world.queries);
    }
    let options = AlsOptions { dimension: 16, iterations: 2, confidence: 5.0, regularisation: 1.0, seed: 3 };
    let als = MatrixFactorisation::fit(&world.train, ITEMS as usize, options).unwrap();
    for (weight, share) in [(0.0, 0.5), (0.3, 0.0), (0.3, 0.2), (0.3, 0.95), (1.0, 0.5)] {
        let blend = Blend::try_new(&knn, &network, weight).unwrap().with_factorisation(&als, share).unwrap();
        check(&blend, &world.queries);
    }
}

#[track_caller]
fn check(recommender: &dyn Recommender, queries: &[Query]) {
    for k in [1, 10, 500] {
        let short = recommender.rank(queries, k).unwrap();
        let long = rank_by_scores(recommender, queries, k).unwrap();
        for ((short, long), query) in short.iter().zip(&long).zip(queries) {
            assert_eq!(short.len(), k);
            assert!(short.iter().all(|line| !query.seeds.contains(&line.item)), "{}", recommender.name());
            agree(recommender.name(), query.seeds.len(), short, long);
        }
    }
}

/// Sums of floats in another order differ in their last bits, and then neighbours in a list may change places; the scores
/// at each place may not.
#[track_caller]
fn agree(name: &str, seeds: usize, short: &[Recommendation], long: &[Recommendation]) {
    let scale = long.iter().map(|line| line.score.abs()).fold(1.0, f32::max);
    for (place, (short, long)) in short.iter().zip(long).enumerate() {
        let difference = (short.score - long.score).abs();
        assert!(difference <= 2e-4 * scale, "{name}, {seeds} seeds, place {place}: {short:?} instead of {long:?}");
    }
    let items = |list: &[Recommendation]| list.iter().map(|line| line.item).collect::<std::collections::HashSet<_>>();
    let common = items(short).intersection(&items(long)).count();
    assert!(common + 1 + long.len() / 100 >= long.len(), "{name}: {common} of {} in common", long.len());
}
