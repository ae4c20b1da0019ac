//! Which steps to run.

use clap::Args;
use pipeline::Step;

/// Says which steps to run; all of them if nothing is said.
#[derive(Debug, Clone, Default, Args)]
#[group(multiple = false)]
pub(crate) struct StepSelection {
    /// Steps to run, separated by commas; the pipeline's order holds
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    steps: Vec<String>,
    /// First step to run; those before it stay as they are
    #[arg(long, value_name = "STEP")]
    from: Option<String>,
    /// The one step to run
    #[arg(long, value_name = "STEP")]
    only: Option<String>,
}

impl StepSelection {
    /// The steps in the order in which they run.
    ///
    /// # Errors
    /// If a step is not one of the pipeline's.
    pub(crate) fn steps(&self, pipeline: &[Step]) -> Result<Vec<Step>, String> {
        let named = self.steps.iter().chain(&self.from).chain(&self.only);
        let is_part = |name: &String| pipeline.iter().any(|step| step.name() == name);
        if let Some(stranger) = named.into_iter().find(|name| !is_part(name)) {
            let names: Vec<&str> = pipeline.iter().map(|step| step.name()).collect();
            return Err(format!(
                "step `{stranger}` is not part of this pipeline: expected one of {}",
                names.join(", ")
            ));
        }
        let is_first = |step: &Step| self.from.as_deref() == Some(step.name());
        let first = pipeline.iter().position(is_first).unwrap_or(0);
        let is_wanted = |step: &Step| match &self.only {
            Some(only) => only == step.name(),
            None => self.steps.is_empty() || self.steps.iter().any(|wanted| wanted == step.name()),
        };
        Ok(pipeline.iter().copied().skip(first).filter(is_wanted).collect())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        selection: StepSelection,
    }

    #[track_caller]
    fn check(arguments: &[&str], expected: &[Step]) {
        let line = Line::try_parse_from(std::iter::once(&"run").chain(arguments)).unwrap();
        assert_eq!(line.selection.steps(&Step::ALL).unwrap(), expected);
    }

    #[test]
    fn selects_in_the_order_of_the_pipeline() {
        check(&[], &Step::ALL);
        check(&["--steps", "tracks,playlists,tracks"], &[Step::Playlists, Step::Tracks]);
        check(&["--from", "predict"], &[Step::Predict, Step::Publish]);
        check(&["--only", "train"], &[Step::Train]);
        let line = Line::try_parse_from(["run", "--from", "train"]).unwrap();
        assert!(line.selection.steps(&Step::ALL[..6]).unwrap_err().contains("step `train` is not part"));
    }
}
