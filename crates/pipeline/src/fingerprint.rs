//! Identifies work: equal fingerprints mean equal input and equal settings.

use object_store::ObjectMeta;
use sha2::{Digest, Sha256};

use crate::{RunOptions, Step, inputs::Versions};

/// What a run works on, as it is when the run begins.
#[derive(Debug)]
pub(crate) struct RunInput<'a> {
    /// The raw slices.
    pub(crate) slices: &'a [ObjectMeta],
    /// Address of the lake.
    pub(crate) lake: &'a str,
    /// Tables that the run reads and does not write.
    pub(crate) tables: &'a Versions,
    /// Content of the trainer's settings file.
    pub(crate) model_config: &'a [u8],
}

/// Identity of a run: the slices by path, size and version, the tables by version, and what is done with them.
pub(crate) fn of_run(options: &RunOptions, input: &RunInput<'_>) -> String {
    let mut hash = Sha256::new();
    for file in input.slices {
        field(&mut hash, file.location.as_ref());
        field(&mut hash, file.size.to_string());
        let version = file.e_tag.clone().unwrap_or_else(|| file.last_modified.to_rfc3339());
        field(&mut hash, version);
    }
    field(&mut hash, input.lake);
    field(&mut hash, format!("{:?}", input.tables));
    field(&mut hash, format!("{:?}", options.bad_input));
    for step in &options.steps {
        field(&mut hash, step.name());
        field(&mut hash, step.sql().unwrap_or_default());
    }
    let settings = (options.predictions, options.seed, options.train_seconds);
    field(&mut hash, format!("{settings:?}"));
    field(&mut hash, input.model_config);
    hex(&hash.finalize())
}

/// Identity of a step's work within a run: what the run is, and the versions of the tables that the step reads.
pub(crate) fn of_step(run: &str, step: Step, tables: &Versions) -> String {
    let mut hash = Sha256::new();
    field(&mut hash, run);
    field(&mut hash, step.name());
    field(&mut hash, format!("{tables:?}"));
    hex(&hash.finalize())
}

/// Length before content, so that neighbouring fields cannot be shifted into each other.
fn field(hash: &mut Sha256, content: impl AsRef<[u8]>) {
    let content = content.as_ref();
    hash.update(content.len().to_le_bytes());
    hash.update(content);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use udfs::scan::BadInput;

    use super::*;

    fn options(steps: &[Step]) -> RunOptions {
        RunOptions {
            input: "file:///raw".parse().unwrap(),
            bad_input: BadInput::Fail,
            steps: steps.to_vec(),
            fresh: false,
            predictions: 10,
            keep_sets: 3,
            seed: 1,
            train_seconds: None,
            model_config: Some("model.toml".into()),
            model_binary: "segue-model".into(),
            model_arguments: Vec::new(),
            triggered_by: "test".to_owned(),
            liveness: crate::Liveness::default(),
        }
    }

    #[test]
    fn a_run_is_its_input_and_its_settings() {
        let of = |options: &RunOptions, model_config: &[u8], version: u64| {
            let tables = Versions::from([("sequences", version)]);
            of_run(options, &RunInput { slices: &[], lake: "file:///lake", tables: &tables, model_config })
        };
        let train = options(&[Step::Train]);
        let first = of(&train, b"seed = 1", 3);
        assert_eq!(of(&RunOptions { model_config: Some("moved.toml".into()), ..train.clone() }, b"seed = 1", 3), first);
        assert_ne!(of(&train, b"seed = 2", 3), first, "the settings file has another content");
        assert_ne!(of(&train, b"seed = 1", 4), first, "a table has another version");
        assert_ne!(of(&RunOptions { predictions: 11, ..train }, b"seed = 1", 3), first);
    }

    #[test]
    fn a_step_is_its_run_and_the_tables_it_reads() {
        let tables = |version| Versions::from([("tracks", version)]);
        let first = of_step("r", Step::Predict, &tables(1));
        assert_eq!(of_step("r", Step::Predict, &tables(1)), first);
        assert_ne!(of_step("r", Step::Predict, &tables(2)), first);
        assert_ne!(of_step("r", Step::Train, &tables(1)), first);
        assert_ne!(of_step("s", Step::Predict, &tables(1)), first);
    }
}
