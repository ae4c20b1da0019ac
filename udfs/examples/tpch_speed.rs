//! Times the queries of TPC-H in Trino's dialect beside the engine's own, on one session: `make bench-tpch`.
//!
//! `tpch_speed <folder of Parquet files> <folder of queries> [runs] [partitions]`. Both plan the same text. Answers must
//! agree: texts and whole numbers to the letter, other numbers to two digits behind the point or nine in all, since Trino
//! rounds averages and quotients of decimals.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for measuring")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Instant,
};

use arrow::{
    array::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use datafusion::{
    error::{DataFusionError, Result},
    prelude::{DataFrame, ParquetReadOptions, SessionContext},
};
use lake::ObjectStores;
use udfs::session::{EngineOptions, runtime_env, session_config, session_state};

const TABLES: [&str; 8] = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"];

#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Engine,
    Trino,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(data), Some(queries)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: tpch_speed <folder of Parquet files> <folder of queries> [runs] [partitions]");
        return ExitCode::from(2);
    };
    let mut number = |otherwise| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (runs, partitions) = (number(3), number(2));
    match compare(Path::new(&data), Path::new(&queries), runs, partitions).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(different) => {
            eprintln!("{different} queries have different answers");
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Runs all queries in both dialects by turns, and says how many have different answers.
async fn compare(data: &Path, queries: &Path, runs: usize, partitions: usize) -> Result<usize> {
    let context = session(data, partitions).await?;
    println!("{:<8} {:>8} {:>10} {:>10} {:>7}", "query", "rows", "engine s", "trino s", "ratio");
    let (mut different, mut sums) = (0, [0.0, 0.0]);
    for file in files(queries)? {
        let sql = fs::read_to_string(&file)?;
        let name = file.file_stem().unwrap_or_default().display().to_string();
        let mut times = [Vec::new(), Vec::new()];
        let mut rows = [Vec::new(), Vec::new()];
        // The first run of each warms the file cache.
        for run in 0..=runs {
            for (at, dialect) in [Dialect::Engine, Dialect::Trino].into_iter().enumerate() {
                let began = Instant::now();
                let batches = answer(&context, &sql, dialect).await?;
                if run > 0 {
                    times[at].push(began.elapsed().as_secs_f64());
                }
                rows[at] = cells(&batches)?;
            }
        }
        let [engine, trino] = times.map(median);
        sums = [sums[0] + engine, sums[1] + trino];
        let is_same = agree(&rows[0], &rows[1]);
        different += usize::from(!is_same);
        let note = if is_same { "" } else { "  DIFFERENT" };
        println!("{name:<8} {:>8} {engine:>10.3} {trino:>10.3} {:>7.2}{note}", rows[1].len(), trino / engine);
    }
    println!("{:<8} {:>8} {:>10.3} {:>10.3} {:>7.2}", "all", "", sums[0], sums[1], sums[1] / sums[0]);
    Ok(different)
}

async fn session(data: &Path, partitions: usize) -> Result<SessionContext> {
    let config = session_config(&EngineOptions { target_partitions: partitions, adaptive: false });
    let runtime = runtime_env(Arc::new(ObjectStores::from_env()), None)?;
    let context = SessionContext::new_with_state(session_state(config, runtime)?);
    for table in TABLES {
        let path = data.join(format!("{table}.parquet"));
        context.register_parquet(table, path.display().to_string(), ParquetReadOptions::default()).await?;
    }
    Ok(context)
}

async fn answer(context: &SessionContext, sql: &str, dialect: Dialect) -> Result<Vec<RecordBatch>> {
    let state = context.state();
    let plan = match dialect {
        Dialect::Engine => state.create_logical_plan(sql).await?,
        Dialect::Trino => {
            let planned = trino::sql::plan(&state, sql).await;
            planned.map_err(|error| DataFusionError::Plan(error.to_string()))?.plan
        }
    };
    DataFrame::new(state, plan).collect().await
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let found = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    let mut found: Vec<_> = found.into_iter().filter(|path| path.extension().is_some_and(|end| end == "sql")).collect();
    found.sort();
    Ok(found)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Rows as texts.
fn cells(batches: &[RecordBatch]) -> Result<Vec<Vec<String>>> {
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in batches {
        let columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column, &options))
            .collect::<std::result::Result<_, _>>()?;
        rows.extend(
            (0..batch.num_rows()).map(|row| columns.iter().map(|column| column.value(row).to_string()).collect()),
        );
    }
    Ok(rows)
}

fn agree(one: &[Vec<String>], other: &[Vec<String>]) -> bool {
    let is_near = |a: &String, b: &String| match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => (a - b).abs() <= 0.005_1_f64.max(a.abs() * 1e-9),
        _ => a == b,
    };
    one.len() == other.len()
        && one.iter().zip(other).all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_near(a, b)))
}
