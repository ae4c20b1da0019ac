//! The training loop.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tch::{Device, Tensor};

use super::{
    CheckpointFile, EarlyStopping, Progress, StopReason, TrainingReport, ValidationPoint, checkpoint::Progressed,
    feed::feed, planned_step::PlannedStep, side_by_side::slope,
};
use crate::{
    Error, Result,
    config::ModelConfig,
    data::{Batch, Batches, Item, Sequences},
    loss::Objective,
    network::NextTrackNetwork,
    optim::{Adam, LearningRate},
};

/// Names of the tensors of a checkpoint begin with these.
const WEIGHTS: &str = "weights.";
const MOMENTS: &str = "moments.";
const BEST: &str = "best.";

/// Judges the network between passes; higher is better.
type Judge<'a> = &'a mut dyn FnMut(&NextTrackNetwork) -> Result<f64>;

/// The state of one training run.
///
/// What it does depends on the configuration, the sequences and the seed alone, unless the wall-clock budget ends it.
/// The caller seeds libtorch's generator, which draws the first weights.
#[derive(Debug)]
pub struct Trainer<'a> {
    config: &'a ModelConfig,
    sequences: &'a Sequences<Item>,
    objective: Arc<Objective>,
    adam: Adam,
    rate: LearningRate,
    stopping: EarlyStopping,
    negatives: ChaCha8Rng,
    /// Parts of a batch that are worked on side by side.
    parts: usize,
    started: Instant,
    loss_sum: f64,
    loss_count: u64,
    best: Option<(u64, BTreeMap<String, Tensor>)>,
    history: Vec<ValidationPoint>,
    /// Pass, from 1, and batches of it that are done.
    position: (u32, usize),
    epoch_loss: f64,
    checkpoint: Option<&'a mut CheckpointFile>,
}

impl<'a> Trainer<'a> {
    /// Prepares to train `network` on sequences of its items, which `counts` tells the popularity of.
    ///
    /// # Errors
    /// [`Error::Torch`] if memory is short.
    pub fn try_new(
        network: &NextTrackNetwork,
        sequences: &'a Sequences<Item>,
        counts: &[u32],
        config: &'a ModelConfig,
    ) -> Result<Self> {
        let batches = batches(network, sequences, config, 1);
        let planned_steps = u64::from(config.training.epochs) * batches.batch_count() as u64;
        Ok(Self {
            config,
            sequences,
            objective: Arc::new(Objective::new(counts, &config.loss)),
            adam: Adam::try_new(network, &config.optimiser)?,
            rate: LearningRate::new(&config.optimiser, planned_steps),
            stopping: EarlyStopping::new(config.training.patience),
            negatives: Self::negatives_generator(config.seed),
            parts: parts(network.device()),
            started: Instant::now(),
            loss_sum: 0.0,
            loss_count: 0,
            best: None,
            history: Vec::new(),
            position: (1, 0),
            epoch_loss: 0.0,
            checkpoint: None,
        })
    }

    /// The generator that a run of a seed draws its negatives from.
    pub fn negatives_generator(seed: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(seed ^ 0x6e65_6761_7469_7665)
    }

    /// Trains until the passes are done, validation stops improving, or the budget is spent, and leaves the network in
    /// the state that `judge` liked best.
    ///
    /// # Errors
    /// [`Error::Diverged`] if the loss stops being a number, [`Error::Torch`] if memory is short, and what `judge` gives.
    pub fn run(
        mut self,
        network: &mut NextTrackNetwork,
        judge: Judge<'_>,
        progress: &mut dyn Progress,
    ) -> Result<TrainingReport> {
        let stopped_by = loop {
            if let Some(reason) = self.run_epoch(network, judge, progress)? {
                break reason;
            }
            if self.position.0 >= self.config.training.epochs {
                break StopReason::Epochs;
            }
            self.position = (self.position.0 + 1, 0);
            self.epoch_loss = 0.0;
        };
        let best_step = match self.best.take() {
            Some((step, weights)) => {
                network.restore(&weights)?;
                step
            }
            None => self.adam.steps(),
        };
        Ok(TrainingReport {
            epochs: self.position.0,
            steps: self.adam.steps(),
            seconds: self.started.elapsed().as_secs_f64(),
            stopped_by,
            objective: self.objective.name().to_owned(),
            best_validation: self.stopping.best().unwrap_or(0.0),
            best_step,
            history: self.history,
        })
    }

    fn run_epoch(
        &mut self,
        network: &NextTrackNetwork,
        judge: Judge<'_>,
        progress: &mut dyn Progress,
    ) -> Result<Option<StopReason>> {
        let (epoch, done) = self.position;
        if self.stopping.exhausted() {
            return Ok(Some(StopReason::EarlyStopping));
        }
        let batches = batches(network, self.sequences, self.config, epoch);
        let count = batches.batch_count();
        progress.epoch_started(epoch, self.config.training.epochs, count);
        // What a checkpoint has behind it is drawn again and passed over.
        self.steps(network, batches.skip(done), |trainer, loss| {
            trainer.epoch_loss += loss;
            trainer.position.1 += 1;
            let number = trainer.position.1;
            progress.step_done(number, trainer.epoch_loss / number as f64);
            let out_of_time = trainer.out_of_time();
            let validates = out_of_time || number == count || trainer.validation_is_due();
            if validates {
                trainer.validate(network, epoch, judge, progress)?;
            }
            trainer.save(network, validates)?;
            let stops = trainer.stopping.exhausted().then_some(StopReason::EarlyStopping);
            Ok(if out_of_time { Some(StopReason::TimeBudget) } else { stops })
        })
    }

    /// Takes a step for each batch, while a thread makes the next ones ready. After each, `then` is told its loss, and ends
    /// the steps by returning something.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn steps<T>(
        &mut self,
        network: &NextTrackNetwork,
        batches: impl Iterator<Item = Batch> + Send,
        mut then: impl FnMut(&mut Self, f64) -> Result<Option<T>>,
    ) -> Result<Option<T>> {
        let (objective, negatives) = (Arc::clone(&self.objective), self.negatives.clone());
        std::thread::scope(|scope| {
            for step in feed(scope, batches, &objective, negatives, self.parts) {
                let loss = self.take(network, &step)?;
                if let Some(reason) = then(self, loss)? {
                    return Ok(Some(reason));
                }
            }
            Ok(None)
        })
    }

    /// Keeps the state in a file from now on, and goes on from the state that is there, if any.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] or [`Error::Format`] if it cannot be read, [`Error::OtherCheckpoint`] if it is of another
    /// run, [`Error::TensorMismatch`] if it does not fit.
    pub fn keep_in(mut self, file: &'a mut CheckpointFile, network: &mut NextTrackNetwork) -> Result<Self> {
        if let Some((tensors, state)) = file.read()? {
            network.restore(&part(&tensors, WEIGHTS))?;
            self.adam.restore(&part(&tensors, MOMENTS), state.steps)?;
            self.best = state.best_step.map(|step| (step, part(&tensors, BEST)));
            self.negatives.set_word_pos(state.negatives_word.parse().unwrap_or_default());
            self.position = (state.epoch, state.batches);
            (self.loss_sum, self.loss_count) = (f64::from_bits(state.loss_sum_bits), state.loss_count);
            self.epoch_loss = f64::from_bits(state.epoch_loss_bits);
            (self.stopping, self.history) = (state.stopping, state.history);
            let seconds = Duration::from_secs_f64(state.seconds.max(0.0));
            self.started = Instant::now().checked_sub(seconds).unwrap_or(self.started);
        }
        self.checkpoint = Some(file);
        Ok(self)
    }

    fn save(&mut self, network: &NextTrackNetwork, is_milestone: bool) -> Result<()> {
        let Some(file) = self.checkpoint.as_deref_mut().filter(|file| is_milestone || file.is_due()) else {
            return Ok(());
        };
        let state = Progressed {
            run: file.run().to_owned(),
            epoch: self.position.0,
            batches: self.position.1,
            steps: self.adam.steps(),
            negatives_word: self.negatives.get_word_pos().to_string(),
            loss_sum_bits: self.loss_sum.to_bits(),
            loss_count: self.loss_count,
            epoch_loss_bits: self.epoch_loss.to_bits(),
            stopping: self.stopping.clone(),
            best_step: self.best.as_ref().map(|(step, _)| *step),
            history: self.history.clone(),
            seconds: self.started.elapsed().as_secs_f64(),
        };
        let named = |prefix: &'static str| {
            move |(name, tensor): (&String, &Tensor)| (format!("{prefix}{name}"), tensor.shallow_clone())
        };
        let (weights, moments, none) = (network.weights(), self.adam.moments(), BTreeMap::new());
        let best = self.best.as_ref().map_or(&none, |(_, weights)| weights);
        let tensors = weights.iter().map(named(WEIGHTS)).chain(moments.iter().map(named(MOMENTS)));
        file.write(&tensors.chain(best.iter().map(named(BEST))).collect(), &state)
    }

    /// Takes one optimiser step and returns the loss before it.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn step(&mut self, network: &NextTrackNetwork, batch: &Batch) -> Result<f64> {
        let step = PlannedStep::new(batch, &self.objective, &mut self.negatives, self.parts);
        self.take(network, &step)
    }

    fn take(&mut self, network: &NextTrackNetwork, step: &PlannedStep) -> Result<f64> {
        self.negatives.set_word_pos(step.negatives_word);
        let number = self.adam.steps() + 1;
        // Dropout of a step depends on its number alone, not on what was drawn before.
        let sloped = slope(network, step, &self.objective, seed_of(self.config.seed, number))?;
        if !sloped.loss.is_finite() {
            return Err(Error::Diverged { what: "the loss", step: number });
        }
        self.adam.step(&sloped.gradients, &sloped.rows.indices, self.rate.at(number))?;
        self.loss_sum += sloped.loss;
        self.loss_count += 1;
        Ok(sloped.loss)
    }

    fn validate(
        &mut self,
        network: &NextTrackNetwork,
        epoch: u32,
        judge: Judge<'_>,
        progress: &mut dyn Progress,
    ) -> Result<()> {
        let validation = judge(network)?;
        let loss = self.loss_sum / self.loss_count.max(1) as f64;
        (self.loss_sum, self.loss_count) = (0.0, 0);
        let point = ValidationPoint { epoch, step: self.adam.steps(), loss, validation };
        let is_best = self.stopping.improves(validation);
        if is_best {
            self.best = Some((point.step, network.snapshot()?));
        }
        progress.validated(&point, is_best);
        self.history.push(point);
        Ok(())
    }

    fn validation_is_due(&self) -> bool {
        let interval = self.config.training.validate_every_steps;
        interval > 0 && self.adam.steps().is_multiple_of(interval)
    }

    fn out_of_time(&self) -> bool {
        let seconds = self.config.training.max_seconds;
        seconds > 0 && self.started.elapsed() >= Duration::from_secs(seconds)
    }
}

/// The tensors whose names begin with a prefix, without it.
fn part(tensors: &BTreeMap<String, Tensor>, prefix: &str) -> BTreeMap<String, Tensor> {
    let named = |(name, tensor): (&String, &Tensor)| {
        name.strip_prefix(prefix).map(|name| (name.to_owned(), tensor.shallow_clone()))
    };
    tensors.iter().filter_map(named).collect()
}

/// Seed of what one step draws by chance.
fn seed_of(seed: u64, step: u64) -> u64 {
    seed ^ step.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// On the processor, as many parts as libtorch has threads.
fn parts(device: Device) -> usize {
    match device {
        Device::Cpu => usize::try_from(tch::get_num_threads()).unwrap_or(1).max(1),
        _ => 1,
    }
}

/// One pass; its order depends on the seed and its number alone.
fn batches<'a>(
    network: &NextTrackNetwork,
    sequences: &'a Sequences<Item>,
    config: &ModelConfig,
    epoch: u32,
) -> Batches<'a> {
    let mut random = ChaCha8Rng::seed_from_u64(config.seed);
    random.set_stream(u64::from(epoch));
    // The start mark takes a position of its own.
    let length = config.network.max_length + 1;
    let start_mark = network.items().start_mark();
    Batches::new(sequences, start_mark, config.training.batch_size, length, config.loss.lookahead, random)
}
