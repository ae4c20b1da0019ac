//! Identifies work: equal fingerprints mean equal input and equal settings.

use object_store::ObjectMeta;
use sha2::{Digest, Sha256};

use crate::{RunOptions, Step};

/// Identity of a run: the slices by path, size and version, and what is done with them.
pub(crate) fn of_run(options: &RunOptions, files: &[ObjectMeta], lake: &str) -> String {
    let mut hash = Sha256::new();
    for file in files {
        field(&mut hash, file.location.as_ref());
        field(&mut hash, &file.size.to_string());
        let version = file.e_tag.clone().unwrap_or_else(|| file.last_modified.to_rfc3339());
        field(&mut hash, &version);
    }
    field(&mut hash, lake);
    field(&mut hash, &format!("{:?}", options.bad_input));
    for step in &options.steps {
        field(&mut hash, step.name());
        field(&mut hash, step.sql().unwrap_or_default());
    }
    let settings = (options.predictions, options.seed, options.train_seconds, &options.model_config);
    field(&mut hash, &format!("{settings:?}"));
    hex(&hash.finalize())
}

/// Identity of a step's work within a run.
pub(crate) fn of_step(run: &str, step: Step) -> String {
    let mut hash = Sha256::new();
    field(&mut hash, run);
    field(&mut hash, step.name());
    hex(&hash.finalize())
}

/// Length before content, so that neighbouring fields cannot be shifted into each other.
fn field(hash: &mut Sha256, text: &str) {
    hash.update(text.len().to_le_bytes());
    hash.update(text.as_bytes());
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
