//! Where the trainer is.

use std::{path::PathBuf, process::Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;
use pipeline::Error;
use tokio::process::Command;

use crate::failure::AlreadyReported;

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

    /// Runs a command of the trainer, which writes its answer, or what is wrong, itself; ends with its exit code.
    ///
    /// # Errors
    /// If it cannot be started, or does not succeed.
    pub(crate) async fn hand_over(&self, mut command: Command) -> Result<()> {
        let binary = self.path().display().to_string();
        let missing = |source| Error::ModelMissing { binary: binary.clone(), source };
        let mut child = command.stdin(Stdio::null()).kill_on_drop(true).spawn().map_err(missing)?;
        let status = child.wait().await.with_context(|| format!("cannot wait for `{binary}`"))?;
        if status.success() {
            return Ok(());
        }
        match status.code().and_then(|code| u8::try_from(code).ok()) {
            Some(exit_code) => Err(AlreadyReported { exit_code }.into()),
            None => bail!("`{binary}` ended with {status}"),
        }
    }
}
