//! The encoders and the optimiser.

use std::collections::BTreeMap;

use model::{
    config::{EncoderKind, ModelConfig, ObjectiveKind, SamplerKind},
    data::{Batch, Batches, Item, Sequences},
    network::{NetworkRecommender, NextTrackNetwork},
    recommender::{Query, rank},
    training::Trainer,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tch::{Device, Kind, Tensor};

use crate::fixture::{small_config, torch};

const ITEMS: usize = 30;

const ENCODERS: [EncoderKind; 3] = [EncoderKind::Transformer, EncoderKind::GatedTransformer, EncoderKind::Gru];

#[tokio::test]
async fn one_batch_overfits_with_either_encoder() {
    let _torch = torch().await;
    check_overfits(EncoderKind::Transformer, ITEMS);
    check_overfits(EncoderKind::GatedTransformer, ITEMS);
    check_overfits(EncoderKind::Gru, ITEMS);
    // Above the limit of the exact softmax the loss is sampled.
    check_overfits(EncoderKind::Transformer, 1);
}

#[tokio::test]
async fn gbce_learns_what_follows() {
    let _torch = torch().await;
    let mut config = small_config();
    config.loss.objective = ObjectiveKind::Gbce;
    config.loss.sampler = SamplerKind::Uniform;
    config.loss.negatives = 12;
    config.training.epochs = 400;
    tch::manual_seed(5);
    let network = NextTrackNetwork::try_new(&config.network, ITEMS, Device::Cpu).unwrap();
    let sequences = successors(8);
    let mut trainer = Trainer::try_new(&network, &sequences, &[1; ITEMS], &config).unwrap();
    let batch = Batches::new(&sequences, ITEMS, 8, 21, 1, ChaCha8Rng::seed_from_u64(1)).next().unwrap();
    (0..400).for_each(|_| {
        trainer.step(&network, &batch).unwrap();
    });
    let queries: Vec<Query> = sequences.rows().map(|row| Query { seeds: row[..6].to_vec(), title: None }).collect();
    let lists = rank(&NetworkRecommender::try_new(&network).unwrap(), &queries, 1).unwrap();
    let right = sequences.rows().zip(&lists).filter(|(row, list)| list[0].item == row[6]).count();
    assert_eq!(right, 8, "{lists:?}");
}

#[track_caller]
fn check_overfits(encoder: EncoderKind, full_softmax_max_items: usize) {
    let mut config = small_config();
    config.network.encoder = encoder;
    config.loss.full_softmax_max_items = full_softmax_max_items;
    config.training.epochs = 400;
    tch::manual_seed(5);
    let network = NextTrackNetwork::try_new(&config.network, ITEMS, Device::Cpu).unwrap();
    let sequences = successors(8);
    let mut trainer = Trainer::try_new(&network, &sequences, &[1; ITEMS], &config).unwrap();
    let random = ChaCha8Rng::seed_from_u64(1);
    let batch = Batches::new(&sequences, ITEMS, 8, 21, 1, random).next().unwrap();
    let losses: Vec<f64> = (0..200).map(|_| trainer.step(&network, &batch).unwrap()).collect();
    // The first track of each playlist can only be guessed, one of eight, and is one of ten targets.
    let floor = 8f64.ln() / 10.0;
    assert!(losses[0] > 2.0, "{encoder:?}: first loss {}", losses[0]);
    assert!(losses[199] < floor + 0.15, "{encoder:?}: last loss {} with floor {floor}", losses[199]);
}

/// Threads take parts of a batch; together they come to what one comes to alone, and always to the same.
#[tokio::test]
async fn parts_of_a_batch_add_up_to_the_whole() {
    let _torch = torch().await;
    for encoder in ENCODERS {
        let ((whole, _), (parts, _)) = (some_steps(encoder, 1, 0.0), some_steps(encoder, 3, 0.0));
        for (one, three) in whole.iter().zip(&parts) {
            // Sums in another order differ in their last bits, and each step goes on from there.
            assert!((one - three).abs() < 1e-4 * one, "{encoder:?}: {whole:?} and {parts:?}");
        }
        let (first, second) = (some_steps(encoder, 3, 0.3), some_steps(encoder, 3, 0.3));
        assert_eq!(first.0, second.0, "{encoder:?}");
        assert!(first.1.iter().all(|(name, weight)| weight.equal(&second.1[name])), "{encoder:?}");
        assert_ne!(first.0, parts, "{encoder:?}: nothing was dropped");
    }
}

/// Losses of ten steps on batches of up to 25 pieces of 2 to 26 tracks, and the weights after them.
fn some_steps(encoder: EncoderKind, threads: i32, dropout: f64) -> (Vec<f64>, BTreeMap<String, Tensor>) {
    let mut config = small_config();
    config.network.encoder = encoder;
    config.network.dropout = Some(dropout);
    config.network.blocks = 2;
    config.loss.full_softmax_max_items = 1;
    config.training.epochs = 10;
    tch::manual_seed(5);
    let network = NextTrackNetwork::try_new(&config.network, ITEMS, Device::Cpu).unwrap();
    let sequences: Sequences<Item> =
        (0..60u32).map(|first| (0..2 + first % 25).map(move |step| Item((3 * first + step) % 30))).collect();
    tch::set_num_threads(threads);
    let mut trainer = Trainer::try_new(&network, &sequences, &[1; ITEMS], &config).unwrap();
    let batches: Vec<Batch> = Batches::new(&sequences, ITEMS, 25, 21, 1, ChaCha8Rng::seed_from_u64(1)).collect();
    let losses = batches.iter().cycle().take(10).map(|batch| trainer.step(&network, batch).unwrap()).collect();
    assert_eq!(tch::get_num_threads(), threads, "as many threads as before");
    tch::set_num_threads(1);
    (losses, network.snapshot().unwrap())
}

/// Playlists of ten tracks that follow each other, from different beginnings.
fn successors(count: u32) -> Sequences<Item> {
    (0..count).map(|first| (0..10).map(move |step| Item((3 * first + step) % 30))).collect()
}

#[tokio::test]
async fn a_context_depends_on_nothing_after_it() {
    let _torch = torch().await;
    for encoder in ENCODERS {
        let network = network(encoder);
        let xs = Tensor::randn([2, 6, 16], (Kind::Float, Device::Cpu));
        let changed = xs.copy();
        let _ = changed.narrow(1, 4, 2).fill_(7.0);
        let (before, after) = (network.contexts(&xs).unwrap(), network.contexts(&changed).unwrap());
        let difference = |start, length| {
            let part = |contexts: &Tensor| contexts.narrow(1, start, length);
            f64::try_from((part(&before) - part(&after)).abs().max()).unwrap()
        };
        assert!(difference(0, 4) < 1e-6, "{encoder:?}: a later track changes an earlier context");
        assert!(difference(4, 2) > 1e-3, "{encoder:?}: a track does not change its own context");
    }
}

#[tokio::test]
async fn reading_in_a_batch_equals_reading_alone() {
    let _torch = torch().await;
    for encoder in ENCODERS {
        let network = network(encoder);
        let playlists: Vec<Vec<Item>> =
            [0u32, 1, 5, 20, 40].iter().map(|&length| (0..length).map(|track| Item(track % 30)).collect()).collect();
        let views: Vec<&[Item]> = playlists.iter().map(Vec::as_slice).collect();
        let together = network.read(&views).unwrap();
        for (row, playlist) in views.iter().enumerate() {
            let alone = network.read(&[*playlist]).unwrap();
            let difference = f64::try_from((together.get(row as i64) - alone.get(0)).abs().max()).unwrap();
            assert!(difference < 1e-5, "{encoder:?}: playlist {row} differs by {difference}");
        }
        // Only the last tracks are read.
        let (long, tail) = (network.read(&[views[4]]).unwrap(), network.read(&[&views[4][20..]]).unwrap());
        assert_eq!(f64::try_from((long - tail).abs().max()).unwrap(), 0.0);
    }
}

#[tokio::test]
async fn a_step_leaves_untouched_rows_as_they_are() {
    let _torch = torch().await;
    let mut config = small_config();
    config.loss.full_softmax_max_items = 0;
    config.loss.negatives = 1;
    let network = NextTrackNetwork::try_new(&config.network, ITEMS, Device::Cpu).unwrap();
    let before = network.items().weights().copy();
    let sequences: Sequences<Item> = [[Item(3), Item(4)]].into_iter().collect();
    let mut trainer = Trainer::try_new(&network, &sequences, &[1; ITEMS], &config).unwrap();
    let batch = Batches::new(&sequences, ITEMS, 1, 21, 1, ChaCha8Rng::seed_from_u64(1)).next().unwrap();
    trainer.step(&network, &batch).unwrap();
    let moved = (network.items().weights() - before).abs().sum_dim_intlist([1i64].as_slice(), false, Kind::Float);
    let moved: Vec<f32> = Vec::try_from(moved).unwrap();
    let touched: Vec<usize> = (0..=ITEMS).filter(|&row| moved[row] > 0.0).collect();
    // Two tracks, the start mark, and a negative.
    assert!([3, 4, ITEMS].iter().all(|row| touched.contains(row)) && touched.len() <= 4, "{touched:?}");
}

#[tokio::test]
async fn weights_of_another_shape_are_refused() {
    let _torch = torch().await;
    let mut network = network(EncoderKind::Transformer);
    check_refused(
        &mut network,
        |weights| {
            weights.remove("output_norm.bias");
        },
        "`output_norm.bias` should be Float [16], found nothing",
    );
    check_refused(
        &mut network,
        |weights| {
            weights.insert("items.weight".to_owned(), Tensor::zeros([9, 16], (Kind::Float, Device::Cpu)));
        },
        "`items.weight` should be Float [31, 16], found Float [9, 16]",
    );
    check_refused(
        &mut network,
        |weights| {
            weights.insert("extra".to_owned(), Tensor::zeros([1], (Kind::Float, Device::Cpu)));
        },
        "`extra` should be absent, found Float [1]",
    );
}

#[track_caller]
fn check_refused(network: &mut NextTrackNetwork, change: impl Fn(&mut BTreeMap<String, Tensor>), expected: &str) {
    let mut weights = network.snapshot().unwrap();
    change(&mut weights);
    let error = network.restore(&weights).unwrap_err();
    assert_eq!(error.exit_code(), 65);
    assert!(error.to_string().contains(expected), "{error}");
}

fn network(encoder: EncoderKind) -> NextTrackNetwork {
    let mut config: ModelConfig = small_config();
    config.network.encoder = encoder;
    tch::manual_seed(5);
    let network = NextTrackNetwork::try_new(&config.network, ITEMS, Device::Cpu).unwrap();
    // Weights of a size at which inputs make a visible difference.
    for weight in network.weights().values() {
        tch::no_grad(|| {
            let _ = weight.shallow_clone().normal_(0.0, 0.3);
        });
    }
    network
}
