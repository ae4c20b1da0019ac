//! Identifies work: equal fingerprints mean equal input and equal settings.

use sha2::{Digest, Sha256};
use udfs::scan::SliceVersions;

use crate::{RunOptions, Step, inputs::Versions, preflight::Trainer};

/// What a run works on, as it is when the run begins.
#[derive(Debug)]
pub(crate) struct RunInput<'a> {
    /// The raw slices.
    pub(crate) slices: &'a SliceVersions,
    /// Address of the lake.
    pub(crate) lake: &'a str,
    /// Tables that the run reads and does not write.
    pub(crate) tables: &'a Versions,
    /// Content of the trainer's settings file.
    pub(crate) model_config: &'a [u8],
}

/// Identity of a run: the slices by path and version, the tables by version, and what is done with them.
pub(crate) fn of_run(options: &RunOptions, input: &RunInput<'_>) -> String {
    let mut print = Fingerprint::new();
    for (path, version) in input.slices {
        print.field(path);
        print.field(version);
    }
    print.field(input.lake);
    print.field(format!("{:?}", input.tables));
    print.field(format!("{:?}", (options.bad_input, options.removed_slices, options.full)));
    print.field(format!("{:?}", (&options.allowed, options.allow_empty)));
    for step in &options.steps {
        print.field(step.name());
        print.field(step.sql().unwrap_or_default());
    }
    let settings = (options.predictions, options.seed, options.train_seconds);
    print.field(format!("{settings:?}"));
    print.field(input.model_config);
    print.finish()
}

/// Identity of a step's work within a run: what the run is, and the versions of the tables that the step reads.
pub(crate) fn of_step(run: &str, step: Step, tables: &Versions) -> String {
    let mut print = Fingerprint::new();
    print.field(run);
    print.field(step.name());
    print.field(format!("{tables:?}"));
    print.finish()
}

/// Identity of a model step's work whatever run does it: its tables, its settings, the program that does it, and what
/// an earlier step of the run made for it.
pub(crate) fn of_model_step(
    options: &RunOptions,
    lake: &str,
    step: Step,
    tables: &Versions,
    trainer: &Trainer,
    made_before: Option<&str>,
) -> String {
    let mut print = Fingerprint::new();
    print.field("step by itself");
    print.field(env!("CARGO_PKG_VERSION"));
    print.field(lake);
    print.field(step.name());
    print.field(format!("{tables:?}"));
    print.field(made_before.unwrap_or_default());
    match step {
        Step::Train => {
            print.field(format!("{:?}", (options.seed, options.train_seconds)));
            print.field(&trainer.settings);
            print.field(&trainer.build);
        }
        Step::Predict => {
            print.field(options.predictions.to_le_bytes());
            print.field(&trainer.build);
        }
        _ => {}
    }
    print.finish()
}

/// A hash of fields.
pub(crate) struct Fingerprint(Sha256);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self(Sha256::new())
    }

    /// Adds a field: its length before its content, so that neighbouring fields cannot be shifted into each other.
    pub(crate) fn field(&mut self, content: impl AsRef<[u8]>) {
        let content = content.as_ref();
        self.0.update(content.len().to_le_bytes());
        self.0.update(content);
    }

    /// The hash in hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(steps: &[Step]) -> RunOptions {
        RunOptions {
            steps: steps.to_vec(),
            seed: 1,
            model_config: Some("model.toml".into()),
            ..RunOptions::new("file:///raw".parse().unwrap(), crate::Dag::builtin().unwrap())
        }
    }

    #[test]
    fn a_run_is_its_input_and_its_settings() {
        let of = |options: &RunOptions, model_config: &[u8], version: u64| {
            let tables = Versions::from([("sequences", version)]);
            of_run(
                options,
                &RunInput { slices: &SliceVersions::new(), lake: "file:///lake", tables: &tables, model_config },
            )
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

    #[test]
    fn a_model_step_is_the_same_in_every_run() {
        let options = options(&[Step::Train]);
        let tables = Versions::from([("sequences", 1)]);
        let of = |options: &RunOptions, step, config: &[u8], before| {
            let trainer = Trainer { settings: config.to_vec(), build: "b1".to_owned() };
            of_model_step(options, "file:///lake", step, &tables, &trainer, before)
        };
        let first = of(&options, Step::Train, b"a", None);
        let other_input = RunOptions { input: "file:///other".parse().unwrap(), ..options.clone() };
        assert_eq!(of(&other_input, Step::Train, b"a", None), first, "it reads tables only");
        assert_ne!(of(&options, Step::Train, b"b", None), first);
        assert_ne!(of(&RunOptions { seed: 2, ..options.clone() }, Step::Train, b"a", None), first);
        let rebuilt = Trainer { settings: b"a".to_vec(), build: "b2".to_owned() };
        assert_ne!(of_model_step(&options, "file:///lake", Step::Train, &tables, &rebuilt, None), first);
        let predict = of(&options, Step::Predict, b"a", Some("m1"));
        assert_eq!(of(&RunOptions { seed: 2, ..options.clone() }, Step::Predict, b"b", Some("m1")), predict);
        assert_ne!(of(&options, Step::Predict, b"a", Some("m2")), predict);
    }
}
