//! `segue-model version`.

use clap::Args;

use super::output::{print_json, print_text};
use crate::{Result, versions::Versions};

/// Arguments of `version`.
#[derive(Debug, Args)]
pub(super) struct VersionArgs {
    /// Print one JSON document instead of text.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &VersionArgs) -> Result<()> {
    let versions = Versions::detect();
    if args.json {
        return print_json(&versions);
    }
    print_text(&format!(
        "segue {}{}\ntch {}\nlibtorch {}\ndevices {}\nthreads {}",
        versions.segue,
        versions.revision.map(|revision| format!(" at {revision}")).unwrap_or_default(),
        versions.tch,
        versions.libtorch,
        versions.devices.join(", "),
        versions.threads
    ))
}
