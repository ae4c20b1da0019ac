//! The table of behaviours: `expression => value`, one a line, in the files of `tests/behaviours`.
//!
//! ```text
//! -- a comment
//! substr('abc', -2) => bc
//! 1 + 1 => 2 : integer
//! nullif(1, 1) => NULL
//! 1 / 0 => !DIVISION_BY_ZERO
//! ```
//!
//! The value is Athena's text form of the one value that `SELECT expression` yields; after ` : ` stands its type. A
//! line that begins with `SELECT` or `WITH` is taken as it is, and its rows are shown with ` | ` between values and
//! ` ; ` between rows.

use std::{
    fs,
    path::{Path, PathBuf},
};

use athena::values::column_text;
use datafusion::{arrow::array::RecordBatch, error::Result, prelude::SessionContext};
use trino::{
    TrinoType,
    functions::{PREFIX, functions},
};

use crate::as_trino;

/// A session that knows Trino's functions.
#[expect(clippy::disallowed_methods, reason = "the crate stands below the one that makes sessions")]
fn session() -> SessionContext {
    let context = SessionContext::new();
    let set = functions();
    for function in set.scalar {
        context.register_udf(function.as_ref().clone().with_aliases(plain(function.name())));
    }
    for function in set.aggregate {
        context.register_udaf(function.as_ref().clone().with_aliases(plain(function.name())));
    }
    for function in set.window {
        context.register_udwf(function.as_ref().clone().with_aliases(plain(function.name())));
    }
    context
}

/// The name without its prefix, which the session knows the function by too, as it has no planner of Trino's yet.
fn plain(name: &str) -> Option<&'static str> {
    Some(&*name.strip_prefix(PREFIX)?.to_owned().leak())
}

/// All files of the table. Those of `.front.txt` are not Trino's only for DataFusion's own parser.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if !path.to_string_lossy().ends_with(".front.txt") {
            found.push(path);
        }
    }
    found.sort();
    found
}

async fn rows(context: &SessionContext, sql: &str) -> Result<(Vec<String>, Vec<RecordBatch>)> {
    let frame = context.sql(&as_trino::rewritten(sql)).await?;
    let types = frame.schema().fields().iter().map(|field| TrinoType::of_field(field).to_string()).collect();
    Ok((types, frame.collect().await?))
}

fn shown(batches: &[RecordBatch]) -> String {
    let mut rows = Vec::new();
    for batch in batches {
        let columns: Vec<_> = batch.columns().iter().map(|column| (column, column_text(column).unwrap())).collect();
        for row in 0..batch.num_rows() {
            let values = columns.iter().map(|(column, text)| {
                let mut value = String::new();
                if column.logical_nulls().is_some_and(|nulls| nulls.is_null(row)) {
                    value.push_str("NULL")
                } else {
                    text(row, &mut value)
                }
                value
            });
            rows.push(values.collect::<Vec<_>>().join(" | "));
        }
    }
    rows.join(" ; ")
}

/// What a line of a file says should be, and what is.
async fn check(context: &SessionContext, line: &str) -> Option<String> {
    let Some((expression, expected)) = line.rsplit_once(" => ") else { return Some("no ` => ` in it".to_owned()) };
    let is_query = ["SELECT ", "WITH "].iter().any(|start| expression.starts_with(start));
    let sql = if is_query { expression.to_owned() } else { format!("SELECT {expression}") };
    let found = rows(context, &sql).await;
    let (value, of) = match expected.rsplit_once(" : ") {
        Some((value, of)) => (value, Some(of)),
        None => (expected, None),
    };
    match (found, value.strip_prefix('!')) {
        (Err(error), Some(name)) if error.to_string().contains(&format!("{name}: ")) => None,
        (Err(error), _) => Some(format!("failed with {error}")),
        (Ok((_, batches)), Some(_)) => Some(format!("gave {}", shown(&batches))),
        (Ok((types, batches)), None) => {
            let found = shown(&batches);
            let types = types.join(" | ");
            if found != value {
                Some(format!("gave {found} : {types}"))
            } else if of.is_some_and(|of| of != types) {
                Some(format!("is of type {types}"))
            } else {
                None
            }
        }
    }
}

#[tokio::test]
async fn all_behaviours_are_as_trino_documents_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviours");
    let context = session();
    let (mut lines, mut wrong) = (0, Vec::new());
    for file in files(&folder) {
        let text = fs::read_to_string(&file).unwrap();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with("--")) {
            lines += 1;
            if let Some(problem) = check(&context, line).await {
                wrong.push(format!("{}:{}: {line}\n    {problem}", file.file_name().unwrap().display(), at + 1));
            }
        }
    }
    assert!(lines > 0, "the table has lines");
    assert!(wrong.is_empty(), "{} of {lines} lines are not as expected:\n{}", wrong.len(), wrong.join("\n"));
}
