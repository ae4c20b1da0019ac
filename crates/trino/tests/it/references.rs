//! Trino's functions and queries beside references that know nothing of Segue: Python's own modules, and DuckDB.
//!
//! The scripts of `tests/reference` make random arguments and say what should come of them. Their seed is that of
//! `SEGUE_REFERENCES_SEED`, or 1.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionContext};
use serde::Deserialize;
use trino::sql;

use crate::behaviours::{session, texts};

/// Exit code of the script where DuckDB is not there and need not be.
const LEFT_OUT: i32 = 77;

/// What a reference says of a query.
#[derive(Deserialize)]
struct Property {
    property: String,
    sql: String,
    /// A text for each row, with ` | ` between values.
    expected: Vec<String>,
}

#[tokio::test]
async fn functions_give_what_python_does() {
    let properties = told(Command::new("python3").arg(script("properties.py")).arg(seed()));
    assert!(properties.len() > 500, "{} properties", properties.len());
    for partitions in [1, 3] {
        agree(&session(partitions).await, &properties).await;
    }
}

#[tokio::test]
async fn queries_give_what_duckdb_does() {
    let Some(python) = duckdb() else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let properties = told(Command::new(python).arg(script("relational.py")).arg(folder.path()).arg(seed()));
    assert!(properties.len() > 50, "{} properties", properties.len());
    for partitions in [1, 3] {
        let context = session(partitions).await;
        for table in ["a", "b"] {
            let file = folder.path().join(format!("{table}.parquet")).display().to_string();
            context.register_parquet(table, file, ParquetReadOptions::default()).await.unwrap();
        }
        agree(&context, &properties).await;
    }
}

fn seed() -> String {
    std::env::var("SEGUE_REFERENCES_SEED").unwrap_or_else(|_| "1".to_owned())
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(name)
}

/// A Python with DuckDB. Without one the script says why, and fails only where everything must be tried.
fn duckdb() -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/setup/duckdb.sh");
    let output = Command::new(script).stderr(Stdio::inherit()).output().unwrap();
    if output.status.code() == Some(LEFT_OUT) {
        return None;
    }
    assert!(output.status.success(), "DuckDB is not there");
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

fn told(reference: &mut Command) -> Vec<Property> {
    let output = reference.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "the reference ended with {}", output.status);
    let told = String::from_utf8(output.stdout).unwrap();
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Fails with all that is not as the references say.
async fn agree(context: &SessionContext, properties: &[Property]) {
    let mut wrong = Vec::new();
    for Property { property, sql, expected } in properties {
        match rows(context, sql).await {
            Err(error) => wrong.push(format!("{property}: {error}\n    {sql:.300}")),
            Ok(found) if found == *expected => {}
            Ok(found) => {
                let at = found.iter().zip(expected).position(|(found, expected)| found != expected);
                let at = at.unwrap_or(found.len().min(expected.len()));
                let of = |rows: &[String]| rows.get(at).cloned().unwrap_or_else(|| "no row".to_owned());
                let (found, expected) = (of(&found), of(expected));
                wrong.push(format!("{property}, row {at}: gave {found}, and should {expected}\n    {sql:.300}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), properties.len(), wrong.join("\n"));
}

async fn rows(context: &SessionContext, sql: &str) -> Result<Vec<String>, String> {
    let planned = sql::plan(&context.state(), sql).await.map_err(|error| error.to_string())?;
    let batches = DataFrame::new(context.state(), planned.plan).collect().await.map_err(|error| error.to_string())?;
    Ok(batches.iter().flat_map(texts).collect())
}
