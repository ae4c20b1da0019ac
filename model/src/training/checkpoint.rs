//! A training run on disk, to go on from.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::{EarlyStopping, ValidationPoint};
use crate::{Error, Result, artefact::weights_file};

/// Everything that the rest of a run depends on beside tensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Progressed {
    /// What was trained on what, see [`CheckpointFile::new`].
    pub run: String,
    /// Pass, from 1.
    pub epoch: u32,
    /// Batches of this pass that are done.
    pub batches: usize,
    /// Optimiser steps.
    pub steps: u64,
    /// How far the generator of negatives has come.
    pub negatives_word: String,
    /// Sum of the losses since the last validation, to all digits: a decimal number would lose the last bit.
    pub loss_sum_bits: u64,
    /// Number of those losses.
    pub loss_count: u64,
    /// Sum of the losses of this pass.
    pub epoch_loss_bits: u64,
    /// What validation has said so far.
    pub stopping: EarlyStopping,
    /// Step of the best state, whose weights are among the tensors.
    pub best_step: Option<u64>,
    /// All validations.
    pub history: Vec<ValidationPoint>,
    /// Seconds of training so far.
    pub seconds: f64,
}

/// Where a run leaves its state, whole or not at all, so that it may be killed at any moment.
///
/// The file is in the safetensors format, the state as its metadata. It takes 16 bytes · tracks · dimension: weights, two
/// moments, and the best weights so far; while it is written the same again in memory.
#[derive(Debug)]
pub struct CheckpointFile {
    path: PathBuf,
    interval: Duration,
    run: String,
    last: Instant,
}

impl CheckpointFile {
    /// Writes to `path` whenever `interval` has passed, and at validations. `run` names what is trained on what: a file
    /// of another run is refused.
    pub fn new(path: &Path, interval: Duration, run: String) -> Self {
        Self { path: path.to_owned(), interval, run, last: Instant::now() }
    }

    /// What is trained on what.
    pub(super) fn run(&self) -> &str {
        &self.run
    }

    pub(super) fn is_due(&self) -> bool {
        self.last.elapsed() >= self.interval
    }

    /// Puts a state in the place of the one before.
    pub(super) fn write(&mut self, tensors: &BTreeMap<String, Tensor>, state: &Progressed) -> Result<()> {
        let text = serde_json::to_string(state).map_err(Error::format("written", "checkpoint"))?;
        let bytes = weights_file::encode_with(tensors, Some([("state".to_owned(), text)].into()))?;
        self.replace(&bytes).map_err(|source| self.failed("write", source))?;
        self.last = Instant::now();
        Ok(())
    }

    /// Synchronised before it gets its name, so that not even a failing machine leaves half a file.
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let unfinished = self.path.with_extension("unfinished");
        let mut file = File::create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, &self.path)
    }

    /// Reads the state that is there, if any.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] if the file cannot be read, [`Error::OtherCheckpoint`] if it is of another run,
    /// [`Error::Format`] if it does not parse.
    pub(super) fn read(&self) -> Result<Option<(BTreeMap<String, Tensor>, Progressed)>> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(self.failed("read", source)),
        };
        let text = weights_file::metadata(&bytes, "state")?;
        let state: Progressed = serde_json::from_str(&text).map_err(Error::format("read", "checkpoint"))?;
        if state.run != self.run {
            return Err(Error::OtherCheckpoint { path: self.path.display().to_string() });
        }
        Ok(Some((weights_file::decode(&bytes)?, state)))
    }

    /// Removes the file; what it was kept for is done.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] if it cannot be removed.
    pub fn remove(&self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed("remove", error)),
            _ => Ok(()),
        }
    }

    fn failed(&self, action: &'static str, source: io::Error) -> Error {
        Error::Checkpoint { action, path: self.path.display().to_string(), source }
    }
}
