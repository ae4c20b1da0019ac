//! What can be typed.

use clap::{Parser, Subcommand};

use crate::{
    commands::{
        catalog::CatalogArgs, demo::DemoArgs, doctor::DoctorArgs, evaluate::EvaluateArgs, import::ImportArgs,
        migrate::MigrateArgs, recommend::RecommendArgs, run::RunArgs, runs::RunsArgs, sample::SampleArgs,
        serve::ServeArgs, sql::SqlArgs, tables::TablesArgs, vacuum::VacuumArgs, watch::WatchArgs,
    },
    settings::Settings,
};

const EXAMPLES: &str = "\
Examples:
  segue demo                                    the whole pipeline on sample playlists
  segue run --input s3://bucket/mpd             the same on your own slices
  segue sql 'SELECT count(*) FROM playlists'    ask the lake
  segue recommend --title 'road trip'           tracks for a list that nobody has seen before
  segue doctor                                  find out what is missing here

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a check failed, 4 cancelled,
65 bad data, 75 temporary (try again later), 78 wrong configuration, 130 and 143 interrupted.

Object store credentials come from the AWS_* environment variables. NO_COLOR is respected.";

/// Turns raw playlist dumps into next-track predictions, and keeps every step open to SQL.
#[derive(Debug, Parser)]
#[command(name = "segue", version, propagate_version = true, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show all of Segue on sample playlists, or on yours
    Demo(DemoArgs),
    /// Run the pipeline: raw slices in, published predictions out
    Run(RunArgs),
    /// Run the pipeline whenever it is due: on a schedule, on events, when new slices come
    Watch(Box<WatchArgs>),
    /// Ask the lake in SQL
    Sql(Box<SqlArgs>),
    /// Recommend next tracks for a playlist, for tracks, or for a title
    Recommend(RecommendArgs),
    /// Train and judge by a protocol, such as leave-one-out on a public data set, and keep nothing but the figures
    Evaluate(EvaluateArgs),
    /// Show the recorded runs and their steps, go on with one, or end one
    Runs(RunsArgs),
    /// Show the lake's tables and where their files are
    Tables(TablesArgs),
    /// Find tables where files are, and show what the data catalog has
    Catalog(CatalogArgs),
    /// Remove old versions of tables, and what killed writes left behind
    Vacuum(VacuumArgs),
    /// Bring the schema of the database up to date, and do nothing else
    Migrate(MigrateArgs),
    /// Make slices in the format of the Million Playlist Dataset
    Sample(SampleArgs),
    /// Answer clients of Amazon Athena: boto3, the AWS CLI, PyAthena, awswrangler and others
    Serve(ServeArgs),
    /// Make slices of a file of interactions, such as a public data set
    Import(ImportArgs),
    /// Check everything that Segue needs, and say how to mend it
    Doctor(DoctorArgs),
}

impl Command {
    /// What is typed for it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Demo(_) => "demo",
            Self::Run(_) => "run",
            Self::Watch(_) => "watch",
            Self::Sql(_) => "sql",
            Self::Recommend(_) => "recommend",
            Self::Evaluate(_) => "evaluate",
            Self::Runs(_) => "runs",
            Self::Tables(_) => "tables",
            Self::Catalog(_) => "catalog",
            Self::Vacuum(_) => "vacuum",
            Self::Migrate(_) => "migrate",
            Self::Sample(_) => "sample",
            Self::Serve(_) => "serve",
            Self::Import(_) => "import",
            Self::Doctor(_) => "doctor",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[test]
    fn verify_cli() {
        Cli::command().debug_assert();
    }

    #[track_caller]
    fn check(arguments: &str, accepted: bool) {
        let parsed = Cli::try_parse_from(std::iter::once("segue").chain(arguments.split(' ')));
        assert_eq!(parsed.is_ok(), accepted, "{arguments}: {parsed:?}");
    }

    #[test]
    fn usage_is_checked() {
        check("demo", true);
        check("demo --input data/raw --quiet", true);
        check("run", false);
        check("run --input data/raw --steps quarantine,playlists --k 20", true);
        check("run --input data/raw --steps quarantine --only train", false);
        check("run --input data/raw --from tracks --only train", false);
        // Which steps there are is said by the pipeline's file, which is read later.
        check("run --input data/raw --only own_step", true);
        check("run --input data/raw --bad-input ignore", false);
        check("run --input data/raw --k 0", false);
        check("sql", true);
        check("sql --dialect trino --format tsv --output x.tsv SELECT", true);
        check("sql --dialect spark SELECT", false);
        check("sql SELECT", true);
        check("sql -", true);
        check("sql SELECT --file query.sql", false);
        check("sql SELECT --json --format csv", false);
        check("import x.txt --format pairs --output x", true);
        check("import x.csv", false);
        check("evaluate --protocol leave-one-out --json", true);
        check("evaluate --protocol loo", false);
        check("recommend", false);
        check("recommend --playlist 1 --title x", false);
        check("recommend --tracks spotify:track:a --title x", true);
        check("recommend --playlist -1", false);
        check("runs", true);
        check("runs show", false);
        check("runs show latest --json", true);
        check("runs retry", true);
        check("runs retry r1 --publish-worse", true);
        check("runs cancel", false);
        check("run --input data/raw --dry-run --backfill", true);
        check("run --input data/raw --worse-by 2", false);
        check("run --input data/raw --row-history sometimes", false);
        check("sample --output x", false);
        check("sample --output x --slices 0", false);
        check("sample --output x --slices 2 --compression zip", false);
        check("serve", true);
        check("serve --bind 127.0.0.1:0 --output s3://bucket/results/", true);
        check("serve --bind nowhere", false);
        check("serve --tls-cert cert.pem --tls-key key.pem", true);
        check("serve --tls-cert cert.pem", false);
        check("catalog", false);
        check("catalog tables raw --json", true);
        check("catalog crawl", false);
        check("catalog crawl data/raw --into raw --prefix x_ --dry-run --json --database sqlite://x.db", true);
        check("migrate --database sqlite://x.db", true);
        check("tables --json --lake s3://bucket/lake", true);
        check("--log-format xml tables", false);
    }

    #[test]
    fn settings_stand_before_or_after_the_command() {
        for arguments in [["segue", "--lake", "x", "tables"], ["segue", "tables", "--lake", "x"]] {
            assert_eq!(Cli::try_parse_from(arguments).unwrap().settings.lake, "x");
        }
    }
}
