//! Looks for newer models.

use std::time::Duration;

use lake::Lake;
use tch::Device;

use super::Engine;
use crate::{
    Result,
    artefact::{self, ModelSelector},
};

/// Looks for the newest model again and again, and has the engine take it up once all of it is loaded. A model that
/// cannot be loaded is told in the log, and the one before it goes on answering.
pub(super) async fn watch(lake: Lake, device: Device, engine: Engine, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        if let Err(error) = look(&lake, device, &engine).await {
            tracing::warn!(%error, "newest model not taken up, the one before it goes on answering");
        }
    }
}

async fn look(lake: &Lake, device: Device, engine: &Engine) -> Result<()> {
    let newest = artefact::resolve(lake, ModelSelector::Latest).await?;
    if newest != engine.model_id() {
        let (_, model) = artefact::load(lake, newest, device).await?;
        engine.swap(newest, model);
    }
    Ok(())
}
