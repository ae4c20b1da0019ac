//! `segue-model report`.

use std::path::PathBuf;

use clap::Args;
use tch::Device;

use super::{
    cli::LakeArgs,
    output::{print_text, write_page},
};
use crate::{
    Error, Result,
    artefact::{self, ModelSelector},
    report::{examples, page},
};

/// Playlists that are shown.
const EXAMPLES: usize = 6;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    lake: LakeArgs,
    /// Model: its id, or `latest`.
    #[arg(long, value_name = "ID", default_value_t = ModelSelector::Latest)]
    model: ModelSelector,
    /// File to write.
    #[arg(long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
}

pub(super) async fn run(args: ReportArgs) -> Result<()> {
    let lake = args.lake.open().await?;
    let id = artefact::resolve(&lake, args.model).await?;
    let (_, model) = artefact::load(&lake, id, Device::Cpu).await?;
    let examples = match examples(&lake, id, &model, EXAMPLES).await {
        Ok(examples) => examples,
        // What was measured can be shown without the tables.
        Err(error @ (Error::Lake { .. } | Error::Outdated { .. })) => {
            tracing::warn!(%error, "report has no examples");
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    let page = page(&format!("Model {id}"), &model.metrics, &examples);
    write_page(&args.output, &page)?;
    print_text(&format!("{}", args.output.display()))
}
