//! Takes training steps on given sequences and tells how long each took: Segue's half of `make bench-train`.
//!
//! ```sh
//! train_speed SEQUENCES STEPS SETTINGS [FOLDER]
//! ```
//!
//! `SEQUENCES` has a line of item numbers for each playlist, `SETTINGS` are those of `segue-model train`. With a `FOLDER`,
//! the first weights and every step's batch and negatives are written to it, so that another program can take the same
//! steps. Prints a line of JSON: the loss before each step, and the seconds that each step took, with the making of the
//! batches, and without the writing. Wants OMP_NUM_THREADS and OMP_WAIT_POLICY from whoever starts it.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    time::Instant,
};

use model::{
    config::ModelConfig,
    data::{Batch, Batches, Item, Sequences},
    loss::{Negatives, Objective},
    network::NextTrackNetwork,
    training::Trainer,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tch::{Device, Tensor};

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ([sequences, steps, settings] | [sequences, steps, settings, _]) = &arguments[..] else {
        return Err("expected SEQUENCES STEPS SETTINGS [FOLDER]".into());
    };
    let (sequences, steps): (Sequences<Item>, usize) = (read(Path::new(sequences))?, steps.parse()?);
    let config = ModelConfig::from_file(Path::new(settings))?;
    let counts = counts(&sequences);
    tch::manual_seed(1);
    let network = NextTrackNetwork::try_new(&config.network, counts.len(), Device::Cpu)?;
    network.items().start_from_popularity(&counts)?;
    if let Some(folder) = arguments.get(3) {
        dump(Path::new(folder), steps, &network, &sequences, &counts, &config)?;
    }
    let mut trainer = Trainer::try_new(&network, &sequences, &counts, &config)?;
    let (mut losses, mut seconds) = (Vec::new(), Vec::new());
    let mut started = Instant::now();
    trainer.steps(&network, batches(&network, &sequences, &config).take(steps), |_, loss| {
        losses.push(loss);
        seconds.push(started.elapsed().as_secs_f64());
        started = Instant::now();
        Ok(None::<()>)
    })?;
    writeln!(io::stdout(), "{}", serde_json::json!({ "losses": losses, "seconds": seconds }))?;
    Ok(())
}

fn read(path: &Path) -> Result<Sequences<Item>, Failure> {
    let items = |line: &str| line.split(' ').map(|item| item.parse().map(Item)).collect::<Result<Vec<_>, _>>();
    let mut sequences = Sequences::default();
    for line in fs::read_to_string(path)?.lines() {
        sequences.push(items(line)?);
    }
    Ok(sequences)
}

/// Playlists that hold each item; every item up to the largest is one.
fn counts(sequences: &Sequences<Item>) -> Vec<u32> {
    let items = sequences.rows().flatten().map(|item| item.index() + 1).max().unwrap_or(0);
    let mut counts = vec![0; items];
    sequences.rows().flatten().for_each(|item| counts[item.index()] += 1);
    counts
}

/// Passes without end.
fn batches<'a>(
    network: &NextTrackNetwork,
    sequences: &'a Sequences<Item>,
    config: &ModelConfig,
) -> impl Iterator<Item = Batch> + use<'a> {
    let (start_mark, batch_size) = (network.items().start_mark(), config.training.batch_size);
    let (length, lookahead) = (config.network.max_length + 1, config.loss.lookahead);
    let pass = move |seed| {
        let random = ChaCha8Rng::seed_from_u64(seed);
        Batches::new(sequences, start_mark, batch_size, length, lookahead, random)
    };
    (0..).flat_map(pass)
}

/// Writes weights, batches and negatives as safetensors.
fn dump(
    folder: &Path,
    steps: usize,
    network: &NextTrackNetwork,
    sequences: &Sequences<Item>,
    counts: &[u32],
    config: &ModelConfig,
) -> Result<(), Failure> {
    let weights = network.weights();
    let named: Vec<(&str, &Tensor)> = weights.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
    Tensor::write_safetensors(&named, folder.join("weights.safetensors"))?;
    let objective = Objective::new(counts, &config.loss);
    let mut random = Trainer::negatives_generator(config.seed);
    for (number, batch) in batches(network, sequences, config).take(steps).enumerate() {
        let Negatives { items, corrections } = objective.draw(&mut random);
        let shape = [batch.rows, batch.length].map(|size| i64::try_from(size).unwrap_or(i64::MAX));
        let tensors = [
            ("tokens", Tensor::from_slice(&batch.tokens).reshape(shape)),
            ("places", Tensor::from_slice(&batch.places)),
            ("targets", Tensor::from_slice(&batch.targets)),
            ("negatives", Tensor::from_slice(&items)),
            ("corrections", Tensor::from_slice(&corrections)),
        ];
        let views: Vec<(&str, &Tensor)> = tensors.iter().map(|(name, tensor)| (*name, tensor)).collect();
        Tensor::write_safetensors(&views, folder.join(format!("step-{number:06}.safetensors")))?;
    }
    Ok(())
}
