//! Runs queries over a Parquet file and tells how long each took: `function_speed FILE RUNS THREADS`.
//!
//! The queries, in Trino's SQL over the table `data`, are read from standard input as an array of JSON; the seconds of
//! each run and the rows, as texts, are written to standard output as another. `make bench-functions` calls this.

use std::{io::Read, time::Instant};

use anyhow::{Context, Result};
use arrow::{array::RecordBatch, util::display::array_value_to_string};
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionConfig, SessionContext};
use serde_json::{Value, json};
use trino::{functions::functions, sql};

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, runs, threads] = arguments.as_slice() else {
        anyhow::bail!("function_speed FILE RUNS THREADS < queries");
    };
    let (runs, threads): (usize, usize) = (runs.parse()?, threads.parse()?);
    let mut queries = String::new();
    std::io::stdin().read_to_string(&mut queries)?;
    let queries: Vec<String> = serde_json::from_str(&queries).context("the queries are no array of texts")?;
    let context = session(threads);
    context.register_parquet("data", file, ParquetReadOptions::default()).await?;
    let mut told = Vec::new();
    for query in queries {
        told.push(measure(&context, &query, runs).await.unwrap_or_else(|error| json!({"error": format!("{error:#}")})));
    }
    serde_json::to_writer(std::io::stdout(), &told)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this crate knows nothing of Segue's session")]
fn session(threads: usize) -> SessionContext {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(threads));
    let set = functions();
    set.scalar.into_iter().for_each(|function| context.register_udf(function.as_ref().clone()));
    set.aggregate.into_iter().for_each(|function| context.register_udaf(function.as_ref().clone()));
    set.window.into_iter().for_each(|function| context.register_udwf(function.as_ref().clone()));
    context
}

async fn measure(context: &SessionContext, query: &str, runs: usize) -> Result<Value> {
    let (mut seconds, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let began = Instant::now();
        let planned = sql::plan(&context.state(), query).await?;
        let batches = DataFrame::new(context.state(), planned.plan).collect().await?;
        seconds.push(began.elapsed().as_secs_f64());
        rows = shown(&batches)?;
    }
    Ok(json!({"seconds": seconds, "rows": rows}))
}

fn shown(batches: &[RecordBatch]) -> Result<Vec<Vec<Option<String>>>> {
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let value = |column: &arrow::array::ArrayRef| -> Result<Option<String>> {
                if column.is_null(row) { Ok(None) } else { Ok(Some(array_value_to_string(column, row)?)) }
            };
            rows.push(batch.columns().iter().map(value).collect::<Result<_>>()?);
        }
    }
    Ok(rows)
}
