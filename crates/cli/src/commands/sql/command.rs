//! Arguments of `segue sql`, and what becomes of them.

use std::time::Instant;

use anyhow::Result;
use clap::Args;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use lake::{Lake, ObjectStores};

use super::{
    plans::{self, Plan},
    rows,
    source::Source,
    statements::{self, Dialect, Statement},
};
use crate::{
    commands::run::BadInput,
    console::Console,
    formats::{Demand, OutputFormat},
    place,
    settings::Settings,
    units,
};

const EXAMPLES: &str = "\
Examples:
  segue sql 'SHOW TABLES'
  segue sql 'SELECT artist_name, count(*) FROM playlist_tracks GROUP BY 1 ORDER BY 2 DESC LIMIT 10'
  segue sql --file report.sql --format csv > report.csv
  segue sql --input data/raw 'SELECT name, cardinality(tracks) FROM raw_playlists LIMIT 5'
  segue sql 'CREATE TABLE long_tracks AS SELECT * FROM tracks WHERE duration_ms > 600000'
  segue sql \"COPY (SELECT * FROM playlists) TO 'out/' STORED AS PARQUET\"
  segue sql --dialect trino \"SELECT transform(ARRAY[1, 2], x -> x * 2), date_format(now(), '%Y-%m')\"
  echo 'DESCRIBE tracks' | segue sql -";

/// Arguments of `sql`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SqlArgs {
    #[command(flatten)]
    source: Source,
    /// Whose SQL it is
    #[arg(long, value_enum, value_name = "DIALECT", default_value_t = Dialect::Datafusion)]
    dialect: Dialect,
    /// Form of the rows
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = OutputFormat::Table)]
    format: OutputFormat,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Most rows that a table shows, 0 for all; other forms have all rows
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    limit_rows: usize,
    /// Raw slices to query as raw_playlists and raw_rejects: a folder or file
    #[arg(long, value_name = "URL", value_parser = place::parse)]
    input: Option<String>,
    /// What raw_playlists does about playlists that cannot be used; raw_rejects has them in any case
    #[arg(long, value_enum, value_name = "POLICY", default_value_t = BadInput::Fail)]
    bad_input: BadInput,
}

pub(crate) async fn run(args: SqlArgs, settings: &Settings, console: &mut Console) -> Result<()> {
    let statements = statements::parse(&args.source.read().await?, args.dialect)?;
    let input = args.input.as_deref().map(ObjectStores::parse_url).transpose()?;
    let engine = settings.open_engine().await?;
    let session = match &input {
        Some(input) => engine.session_on(input, args.bad_input.into()).await?,
        None => engine.session().await?,
    };
    let format = if args.json { OutputFormat::Json } else { args.format };
    let limit_rows = (args.limit_rows > 0).then_some(args.limit_rows);
    for statement in statements {
        execute(&session, engine.lake(), statement, format, limit_rows, console).await?;
        // Whoever reads along sees each result as soon as it is there.
        console.flush()?;
    }
    Ok(())
}

async fn execute(
    session: &SessionContext,
    lake: &Lake,
    statement: Statement,
    format: OutputFormat,
    limit_rows: Option<usize>,
    console: &mut Console,
) -> Result<()> {
    let started = Instant::now();
    let Plan { plan, names } = plans::of_statement(session, statement).await?;
    let Some(mut batches) = rows::of_plan(session, lake, plan).await? else {
        console.notice(format_args!("done in {}", units::duration(started.elapsed())));
        return Ok(());
    };
    let mut writer = format.writer(limit_rows);
    let schema = match names {
        Some(names) => rows::called(&batches.schema(), names),
        None => batches.schema(),
    };
    writer.begin(&schema, console.out())?;
    let (mut count, mut demand) = (0, Demand::More);
    while demand == Demand::More
        && let Some(batch) = batches.try_next().await?
    {
        let batch = rows::under(&schema, &batch)?;
        demand = writer.rows(&batch, console.out())?;
        count += batch.num_rows();
    }
    writer.end(console.out())?;
    if format == OutputFormat::Table {
        console.flush()?;
        let elapsed = units::duration(started.elapsed());
        match limit_rows {
            Some(limit) if demand == Demand::Enough => console.notice(format_args!(
                "only the first {}, {elapsed}; --limit-rows 0 shows all, and other formats have all",
                units::rows(limit as u64)
            )),
            _ => console.notice(format_args!("{}, {elapsed}", units::rows(count as u64))),
        }
    }
    Ok(())
}
