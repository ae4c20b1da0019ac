//! `segue-model export`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tch::Device;

use super::{
    cli::LakeArgs,
    output::{print_json, print_text},
};
use crate::{
    Result,
    artefact::{self, ModelSelector},
};

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    lake: LakeArgs,
    /// Model: its id, or `latest`.
    #[arg(long, value_name = "ID", default_value_t = ModelSelector::Latest)]
    model: ModelSelector,
    /// Folder to write to; it must be new or empty.
    #[arg(long, value_name = "FOLDER")]
    output: PathBuf,
    /// Print one JSON document instead of text.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: ExportArgs) -> Result<()> {
    let lake = args.lake.open().await?;
    let id = artefact::resolve(&lake, args.model).await?;
    let (manifest, model) = artefact::load(&lake, id, Device::Cpu).await?;
    let files = artefact::export(&manifest, &model, &args.output)?;
    if args.json {
        return print_json(&json!({ "model_id": id, "files": files }));
    }
    print_text(&format!("model {id} in {} files in {}", files.len(), args.output.display()))
}
