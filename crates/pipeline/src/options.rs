//! What a run is told.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use store::RunId;
use udfs::scan::BadInput;
use url::Url;

use crate::{Dag, Liveness, RemovedSlices, RowPolicy, Step, WorseModel};

/// Settings of a run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Folder or file of the raw slices.
    pub input: Url,
    /// The graph of steps.
    pub dag: Arc<Dag>,
    /// What to do about playlists that cannot be used.
    pub bad_input: BadInput,
    /// Steps to run, in the order of the pipeline.
    pub steps: Vec<Step>,
    /// Whether to begin anew although an unfinished run of the same work could be resumed.
    pub fresh: bool,
    /// The run to go on with, and no other.
    pub resume: Option<RunId>,
    /// Whether tables are made anew from all slices even where these did not change.
    pub full: bool,
    /// What happens to the rows of slices that are there no more.
    pub removed_slices: RemovedSlices,
    /// Share of violations up to which a check passes, by its name; its own for those not named.
    pub allowed: BTreeMap<String, f64>,
    /// Whether tables may be left without rows.
    pub allow_empty: bool,
    /// What happens when a step yields far more or fewer rows than it used to.
    pub row_history: RowPolicy,
    /// When a model is too bad to be published.
    pub worse_model: WorseModel,
    /// Tracks predicted for each playlist.
    pub predictions: u16,
    /// Prediction sets kept in the database, the current one included.
    pub keep_sets: u32,
    /// Seed of the trainer's random choices.
    pub seed: u64,
    /// Wall-clock seconds after which training stops; `None` leaves it to the trainer.
    pub train_seconds: Option<u64>,
    /// Settings file of the trainer.
    pub model_config: Option<PathBuf>,
    /// The trainer's binary.
    pub model_binary: PathBuf,
    /// Arguments that every call of the trainer gets, such as those of its log.
    pub model_arguments: Vec<String>,
    /// Who or what started the run.
    pub triggered_by: String,
    /// How the run shows that it is alive.
    pub liveness: Liveness,
}

impl RunOptions {
    /// A run of all steps of a graph on an input, with the settings that the command line has when nothing is said.
    pub fn new(input: Url, dag: Dag) -> Self {
        Self {
            input,
            steps: dag.steps(),
            dag: Arc::new(dag),
            bad_input: BadInput::Fail,
            fresh: false,
            resume: None,
            full: false,
            removed_slices: RemovedSlices::default(),
            allowed: BTreeMap::new(),
            allow_empty: false,
            row_history: RowPolicy::default(),
            worse_model: WorseModel::default(),
            predictions: 10,
            keep_sets: 3,
            seed: 42,
            train_seconds: None,
            model_config: None,
            model_binary: "segue-model".into(),
            model_arguments: Vec::new(),
            triggered_by: "segue".to_owned(),
            liveness: Liveness::default(),
        }
    }
}
