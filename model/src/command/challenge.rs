//! `segue-model challenge`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{
    cli::{ComputeArgs, LakeArgs},
    output::{print_json, print_text},
};
use crate::{
    Result,
    artefact::{self, ModelSelector},
    challenge::{CategoryMetrics, ChallengeSet, LIST_LENGTH, Team, evaluate_categories, write_submission},
};

/// Arguments of `challenge`.
#[derive(Debug, Args)]
pub(super) struct ChallengeArgs {
    #[command(flatten)]
    lake: LakeArgs,
    #[command(flatten)]
    compute: ComputeArgs,
    /// Model: its id, or `latest`.
    #[arg(long, value_name = "ID", default_value_t = ModelSelector::Latest)]
    model: ModelSelector,
    #[command(subcommand)]
    what: What,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum What {
    /// Cut the lake's test playlists as the ten categories do, and judge the model by each.
    Evaluate {
        /// Print one JSON document instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Write a submission for a challenge set.
    Submit {
        /// The `challenge_set.json`.
        #[arg(long, value_name = "FILE")]
        input: PathBuf,
        /// Gzipped CSV to write.
        #[arg(long, value_name = "FILE", default_value = "submission.csv.gz")]
        output: PathBuf,
        /// Name of the team.
        #[arg(long, value_name = "NAME")]
        team: String,
        /// Address of the team.
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
}

pub(super) async fn run(args: ChallengeArgs) -> Result<()> {
    let device = args.compute.apply()?;
    let lake = args.lake.open().await?;
    let id = artefact::resolve(&lake, args.model).await?;
    let (_, model) = artefact::load(&lake, id, device).await?;
    match args.what {
        What::Evaluate { json } => {
            let categories = evaluate_categories(&lake, &model, model.config.seed).await?;
            if json { print_json(&categories) } else { print_text(&table(&categories)) }
        }
        What::Submit { input, output, team, email } => {
            let set = ChallengeSet::from_file(&input)?;
            write_submission(&output, &set, &model, &Team { name: team, email }, LIST_LENGTH)?;
            print_text(&format!("{} playlists in {}", set.playlists.len(), output.display()))
        }
    }
}

fn table(categories: &[CategoryMetrics]) -> String {
    let columns = ["r_precision", "r_precision_artists", "ndcg_500", "clicks"];
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["category", "title", "tracks", "playlists", "recommender"].into_iter().chain(columns));
    for CategoryMetrics { category, playlists, recommenders } in categories {
        let title = if category.has_title { "yes" } else { "no" };
        let mut first =
            [category.number.to_string(), title.to_owned(), format!("{:?}", category.shown), playlists.to_string()];
        for (name, metrics) in recommenders {
            let cell = |metric: &&str| match metrics.get(*metric) {
                Some(interval) => format!("{:.4} [{:.4}, {:.4}]", interval.mean, interval.low, interval.high),
                None => String::new(),
            };
            let row = first.iter().cloned().chain([name.clone()]).chain(columns.iter().map(cell));
            table.add_row(row.collect::<Vec<_>>());
            // Said once.
            first = Default::default();
        }
    }
    table.to_string()
}
