//! Arguments of `segue sql`, and what becomes of them.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use clap::Args;
use endpoint::Answer;
use lake::ObjectStores;

use super::{
    place::{Extras, Place},
    shell::{self, ShellArgs},
    show::Form,
    source::Source,
    statements::{self, Dialect},
};
use crate::{
    commands::run::BadInput, console::Console, failure::UsageError, formats::OutputFormat, interrupt::Interrupt, place,
    settings::Settings,
};

const EXAMPLES: &str = "\
Examples:
  segue sql                                     a shell; \\? there says what it knows
  segue sql 'SHOW TABLES'
  segue sql 'SELECT artist_name, count(*) FROM playlist_tracks GROUP BY 1 ORDER BY 2 DESC LIMIT 10'
  segue sql --file report.sql --format csv > report.csv
  segue sql --format parquet --output long.parquet 'SELECT * FROM tracks WHERE duration_ms > 600000'
  segue sql --input data/raw 'SELECT name, cardinality(tracks) FROM raw_playlists LIMIT 5'
  segue sql 'CREATE TABLE long_tracks AS SELECT * FROM tracks WHERE duration_ms > 600000'
  segue sql \"UNLOAD (SELECT * FROM playlists) TO 'out/' WITH (format = 'PARQUET')\"
  segue sql \"SELECT transform(ARRAY[1, 2], x -> x * 2), date_format(now(), '%Y-%m')\"
  segue sql --dialect datafusion \"COPY (SELECT * FROM playlists) TO 'out.csv' STORED AS CSV\"
  echo 'DESCRIBE tracks' | segue sql -";

/// Arguments of `sql`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SqlArgs {
    #[command(flatten)]
    source: Source,
    /// Whose SQL it is [default: what the text's header says, such as `-- dialect: datafusion`, else trino]
    #[arg(long, value_enum, value_name = "DIALECT")]
    dialect: Option<Dialect>,
    /// Form of the rows
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = OutputFormat::Table)]
    format: OutputFormat,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// File for the rows instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Most rows that a table shows, 0 for all; other forms have all rows
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    limit_rows: usize,
    /// Raw slices to query as raw_playlists and raw_rejects: a folder or file
    #[arg(long, value_name = "URL", value_parser = place::parse)]
    input: Option<String>,
    /// What raw_playlists does about playlists that cannot be used; raw_rejects has them in any case
    #[arg(long, value_enum, value_name = "POLICY", default_value_t = BadInput::Fail)]
    bad_input: BadInput,
    /// Folder whose folders are the buckets of s3:// addresses, as `segue serve` makes them, if there is one
    #[arg(long, value_name = "FOLDER", default_value = "data/s3")]
    buckets: PathBuf,
    /// Take s3:// addresses for those of the S3 server that the AWS_* variables name, whatever --buckets holds
    #[arg(long)]
    real_s3: bool,
    #[command(flatten)]
    shell: ShellArgs,
}

pub(crate) async fn run(
    args: SqlArgs,
    settings: &Settings,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    let format = if args.json { OutputFormat::Json } else { args.format };
    let form = Form { format, limit_rows: (args.limit_rows > 0).then_some(args.limit_rows) };
    let input = args.input.as_deref().map(ObjectStores::parse_url).transpose()?;
    let input = input.map(|url| (url, args.bad_input.into()));
    let extras = Extras { input, buckets: &args.buckets, real_s3: args.real_s3 };
    if args.source.is_a_person() {
        return shell::run(&args.shell, args.dialect, form, settings, &extras, console, interrupt).await;
    }
    interrupt
        .race(answer_all(args.source, args.dialect, args.output.as_deref(), form, settings, &extras, console))
        .await
}

/// Answers statements in their order; the first that fails is the last.
async fn answer_all(
    source: Source,
    dialect: Option<Dialect>,
    output: Option<&Path>,
    form: Form,
    settings: &Settings,
    extras: &Extras<'_>,
    console: &mut Console,
) -> Result<()> {
    let statements = statements::parse(&source.read().await?, dialect)?;
    let mut file = None;
    let mut is_written = false;
    let mut place = Place::open(settings, extras).await?;
    for statement in statements {
        let started = Instant::now();
        let answer = place.answer(statement).await?;
        let is_done = matches!(answer, Answer::Done);
        if !is_done && std::mem::replace(&mut is_written, true) {
            check_further(form.format, output)?;
        }
        // Not before there is something to write: a statement that fails leaves what was there.
        if let (Some(path), None) = (output, &file) {
            file = Some(create(path)?);
        }
        let out: &mut (dyn Write + Send) = match &mut file {
            Some(file) => file,
            None => console.out(),
        };
        let said = form.show(answer, started, out).await?;
        // Whoever reads along sees each result as soon as it is there.
        console.flush()?;
        if is_done || form.format == OutputFormat::Table {
            console.notice(said);
        }
    }
    if let Some(mut file) = file {
        file.flush()?;
    }
    Ok(())
}

/// Refuses a second result where two make no file that anybody reads.
fn check_further(format: OutputFormat, output: Option<&Path>) -> Result<()> {
    let together = match format {
        OutputFormat::Parquet => "a Parquet file",
        OutputFormat::Json if output.is_some() => "a file of JSON; --format jsonl has a line for each row",
        _ => return Ok(()),
    };
    let problem = format!(
        "there is more than one result, and only one fits into {together}: give each statement a call and a file of its own"
    );
    Err(UsageError(problem).into())
}

fn create(path: &Path) -> Result<BufWriter<File>> {
    Ok(BufWriter::new(File::create(path).with_context(|| format!("cannot write `{}`", path.display()))?))
}
