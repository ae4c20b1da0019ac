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
//! line that begins with `SELECT`, `WITH`, `VALUES` or `TABLE` is taken as it is, and its rows are shown with ` | ` between
//! values and ` ; ` between rows, in any order unless the query sorts them. After `NAMES` stands a query whose columns are
//! called as the value says.

use std::{
    fs,
    path::{Path, PathBuf},
};

use athena::values::column_text;
use datafusion::{
    arrow::array::RecordBatch,
    prelude::{DataFrame, SessionConfig, SessionContext},
};
use trino::{functions::functions, sql};

/// A session that knows Trino's functions and a table with arrays, maps and rows.
pub(crate) async fn session(partitions: usize) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(3);
    let context = SessionContext::new_with_config(config);
    let set = functions();
    for function in set.scalar {
        context.register_udf(function.as_ref().clone());
    }
    for function in set.aggregate {
        context.register_udaf(function.as_ref().clone());
    }
    for function in set.window {
        context.register_udwf(function.as_ref().clone());
    }
    tables(&context).await;
    context
}

/// `numbers (n bigint, word varchar, words array(varchar), rows array(row(x integer, y varchar)))` of seven rows.
async fn tables(context: &SessionContext) {
    let numbers = "CREATE TABLE numbers AS SELECT * FROM (VALUES \
        (1, 'one', make_array('a', 'b'), make_array(named_struct('x', CAST(1 AS INT), 'y', 'p'))), \
        (2, 'two', make_array('c'), make_array(named_struct('x', CAST(2 AS INT), 'y', 'q'), named_struct('x', CAST(3 AS INT), 'y', NULL))), \
        (3, 'three', NULL, NULL), \
        (4, NULL, make_array(NULL, 'd'), NULL), \
        (5, 'two', NULL, make_array(named_struct('x', CAST(NULL AS INT), 'y', 'r'))), \
        (NULL, 'none', NULL, NULL), \
        (7, 'seven', make_array('e'), NULL)) AS t (n, word, words, rows)";
    context.sql(numbers).await.unwrap().collect().await.unwrap();
}

/// All files of the table.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The names, types and rows of a query.
async fn rows(context: &SessionContext, sql: &str) -> Result<(Vec<String>, Vec<String>, Vec<RecordBatch>), String> {
    let planned = sql::plan(&context.state(), sql).await.map_err(|error| error.to_string())?;
    let (names, types) = planned.columns.iter().map(|(name, of)| (name.clone(), of.to_string())).unzip();
    let frame = DataFrame::new(context.state(), planned.plan);
    Ok((names, types, frame.collect().await.map_err(|error| error.to_string())?))
}

pub(crate) fn shown(batches: &[RecordBatch]) -> String {
    batches.iter().flat_map(texts).collect::<Vec<_>>().join(" ; ")
}

/// A text for each row, with ` | ` between values.
pub(crate) fn texts(batch: &RecordBatch) -> Vec<String> {
    let columns: Vec<_> = batch.columns().iter().map(|column| (column, column_text(column).unwrap())).collect();
    let value = |row: usize| {
        let values = columns.iter().map(|(column, text)| {
            let mut value = String::new();
            if column.logical_nulls().is_some_and(|nulls| nulls.is_null(row)) {
                value.push_str("NULL");
            } else {
                text(row, &mut value);
            }
            value
        });
        values.collect::<Vec<_>>().join(" | ")
    };
    (0..batch.num_rows()).map(value).collect()
}

/// Rows whose order the query does not say, in an order of their own.
fn comparable(sql: &str, rows: &str) -> String {
    let mut rows: Vec<_> = rows.split(" ; ").collect();
    if !sql.contains("ORDER BY") {
        rows.sort_unstable();
    }
    rows.join(" ; ")
}

/// What a line of a file says should be, and what is.
async fn check(context: &SessionContext, line: &str) -> Option<String> {
    let split = line.rsplit_once(" => ").or_else(|| Some((line.strip_suffix(" =>")?, "")));
    let Some((expression, expected)) = split else { return Some("no ` => ` in it".to_owned()) };
    if let Some(query) = expression.strip_prefix("NAMES ") {
        return match rows(context, query).await {
            Ok((names, ..)) if names.join(" | ") == expected => None,
            Ok((names, ..)) => Some(format!("is named {}", names.join(" | "))),
            Err(error) => Some(format!("failed with {error}")),
        };
    }
    let is_query = ["SELECT ", "WITH ", "VALUES ", "TABLE "].iter().any(|start| expression.starts_with(start));
    let sql = if is_query { expression.to_owned() } else { format!("SELECT {expression}") };
    let found = rows(context, &sql).await;
    let (value, of) = match expected.rsplit_once(" : ") {
        Some((value, of)) if !value.starts_with('!') => (value, Some(of)),
        _ => (expected, None),
    };
    match (found, value.strip_prefix('!')) {
        // `!NAME`, or with what follows the name.
        (Err(error), Some(name))
            if error.contains(&format!("{name}: ")) || error.contains(name) && name.contains(": ") =>
        {
            None
        }
        (Err(error), _) => Some(format!("failed with {error}")),
        (Ok((.., batches)), Some(_)) => Some(format!("gave {}", shown(&batches))),
        (Ok((_, types, batches)), None) => {
            let found = shown(&batches);
            let types = types.join(" | ");
            if comparable(&sql, &found) != comparable(&sql, value) {
                Some(format!("gave {found} : {types}"))
            } else if of.is_some_and(|of| of != types) {
                Some(format!("is of type {types}"))
            } else {
                None
            }
        }
    }
}

/// With one partition, and with several small ones.
#[tokio::test]
async fn all_behaviours_are_as_trino_documents_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviours");
    let contexts = [(1, session(1).await), (4, session(4).await)];
    let (mut lines, mut wrong) = (0, Vec::new());
    for file in files(&folder) {
        let text = fs::read_to_string(&file).unwrap();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with("--")) {
            lines += 1;
            for (partitions, context) in &contexts {
                if let Some(problem) = check(context, line).await {
                    let file = file.file_name().unwrap().display();
                    wrong.push(format!("{file}:{}: {line}\n    with {partitions} partitions: {problem}", at + 1));
                    break;
                }
            }
        }
    }
    assert!(lines > 0, "the table has lines");
    assert!(wrong.is_empty(), "{} of {lines} lines are not as expected:\n{}", wrong.len(), wrong.join("\n"));
}
