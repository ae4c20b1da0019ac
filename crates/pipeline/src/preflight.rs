//! What a run finds out before its first step, rather than hours later at the step that needs it.

use crate::{Error, Result, RunOptions, Step, steps::trainer};

/// Content of the trainer's settings file, empty if none is given. Checks that the file can be read and that the trainer
/// starts, if any step needs them.
pub(crate) async fn check_trainer(options: &RunOptions) -> Result<Vec<u8>> {
    if !options.steps.iter().any(|step| matches!(step, Step::Train | Step::Predict)) {
        return Ok(Vec::new());
    }
    let settings = match &options.model_config {
        Some(path) => tokio::fs::read(path)
            .await
            .map_err(|source| Error::ModelConfig { path: path.display().to_string(), source })?,
        None => Vec::new(),
    };
    trainer::check(options).await?;
    Ok(settings)
}
