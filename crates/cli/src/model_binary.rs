//! Where the trainer is.

use std::path::PathBuf;

use clap::Args;

/// File name of the trainer.
pub(crate) const NAME: &str = "segue-model";

/// Says which trainer to use.
#[derive(Debug, Clone, Args)]
pub(crate) struct ModelBinary {
    /// Trainer; default is the segue-model beside this program
    #[arg(long, env = "SEGUE_MODEL_BINARY", value_name = "FILE")]
    model_binary: Option<PathBuf>,
}

impl ModelBinary {
    /// Path of the trainer, whether or not there is one.
    pub(crate) fn path(&self) -> PathBuf {
        if let Some(path) = &self.model_binary {
            return path.clone();
        }
        let beside = std::env::current_exe().ok().map(|program| program.with_file_name(NAME));
        // Without the place of this program the search path is what is left.
        beside.unwrap_or_else(|| PathBuf::from(NAME))
    }
}
