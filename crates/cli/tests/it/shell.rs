//! `segue sql` at a terminal.

use std::{fs, process::Command};

use crate::workplace::Workplace;

#[tokio::test]
async fn a_person_types_statements_and_changes_their_mind() {
    let workplace = Workplace::with_slices().await;
    let history = workplace.path("history");
    let output = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/shell.py"))
        .args([env!("CARGO_BIN_EXE_segue"), "sql", "--input", "raw", "--history"])
        .arg(&history)
        .current_dir(workplace.path("."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let remembered = fs::read_to_string(history).unwrap();
    assert!(remembered.contains("SELECT 6 * 7 AS again;") && remembered.contains("\\d names"), "{remembered}");
}

#[tokio::test]
async fn statements_come_from_a_pipe_without_being_asked_for() {
    let workplace = Workplace::new();
    let piped = format!("echo 'SELECT 1 AS a; SELECT 2 AS b' | '{}' sql --format tsv", env!("CARGO_BIN_EXE_segue"));
    let output = Command::new("sh").args(["-c", &piped]).current_dir(workplace.path(".")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a\n1\nb\n2\n", "{output:?}");
}

#[tokio::test]
async fn rows_go_to_a_file_in_every_form() {
    let workplace = Workplace::new();
    let sql = "SELECT * FROM (VALUES (1, 'a|b', TIMESTAMP '2024-05-01 10:20:30.5'), (2, NULL, NULL)) AS t(n, s, at) ORDER BY n";
    for (format, expected) in [
        ("markdown", "| n | s | at |\n|---:|---|---|\n| 1 | a\\|b | 2024-05-01 10:20:30.500 |\n| 2 | NULL | NULL |\n"),
        ("tsv", "n\ts\tat\n1\ta|b\t2024-05-01 10:20:30.500\n2\t\t\n"),
        ("csv", "n,s,at\n1,a|b,2024-05-01 10:20:30.500\n2,,\n"),
    ] {
        let arguments = ["sql", "--format", format, "--output", "rows", sql];
        let output = workplace.segue.run(arguments).await.unwrap().success().unwrap();
        assert_eq!(
            (output.stdout.as_str(), fs::read_to_string(workplace.path("rows")).unwrap().as_str()),
            ("", expected)
        );
    }
    fs::create_dir(workplace.path("out")).unwrap();
    workplace
        .segue
        .run(["sql", "--format", "parquet", "-o", "out/rows.parquet", sql])
        .await
        .unwrap()
        .success()
        .unwrap();
    let table = "CREATE EXTERNAL TABLE r (n int, s string, at timestamp) STORED AS PARQUET LOCATION 'out/'";
    workplace.segue.run(["sql", table]).await.unwrap().success().unwrap();
    let rows = workplace.rows("SELECT count(*) AS n, count(at) AS times, max(s) AS s FROM r").await;
    assert_eq!(rows, serde_json::json!([{ "n": 2, "times": 1, "s": "a|b" }]));
}

#[tokio::test]
async fn a_file_of_rows_is_whole_or_as_it_was() {
    let workplace = Workplace::new();
    let fails = async |arguments: &[&str], expected: &str| {
        let output = workplace.segue.run(arguments).await.unwrap();
        assert!(!output.status.success() && output.stderr.contains(expected), "{arguments:?}: {}", output.stderr);
    };
    fs::write(workplace.path("kept"), "as it was").unwrap();
    fails(&["sql", "--format", "csv", "--output", "kept", "SELECT * FROM nowhere"], "nowhere").await;
    assert_eq!(fs::read_to_string(workplace.path("kept")).unwrap(), "as it was");
    for format in ["parquet", "json"] {
        let two = ["sql", "--format", format, "--output", "two", "SELECT 1 AS a; SELECT 2 AS b"];
        fails(&two, "only one fits into a").await;
    }
    let rows =
        workplace.segue.run(["sql", "--format", "csv", "SELECT '' AS a, NULL AS b"]).await.unwrap().success().unwrap();
    assert_eq!(rows.stdout, "a,b\n\"\",\n");
    fs::write(workplace.path("marked.sql"), "\u{feff}SELECT 1 AS a").unwrap();
    let rows =
        workplace.segue.run(["sql", "--format", "csv", "--file", "marked.sql"]).await.unwrap().success().unwrap();
    assert_eq!(rows.stdout, "a\n1\n");
    fails(&["sql", "CREATE TABLE \"Grüße\" AS SELECT 1 AS a"], "SYNTAX_ERROR: `grüße` is not a valid table name").await;
}

/// Tasks of one stage have different branches, and the scheduler has to count their operators alike.
#[tokio::test]
async fn unions_of_constants_come_to_an_end() {
    let workplace = Workplace::new();
    workplace.segue.run(["sql", "CREATE TABLE t AS SELECT 1 AS n"]).await.unwrap().success().unwrap();
    for (sql, expected) in [
        ("SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3", "n\n1\n2\n3\n"),
        ("SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 2 UNION SELECT 5", "n\n1\n2\n3\n5\n"),
        ("SELECT n FROM UNNEST(ARRAY[1, 2]) AS u(n) UNION ALL SELECT 1 UNION ALL SELECT 2", "n\n1\n1\n2\n2\n"),
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT n FROM r",
            "n\n1\n2\n3\n4\n",
        ),
        (
            "SELECT count(*) AS n FROM t UNION ALL SELECT 7 UNION ALL SELECT count(*) FROM t UNION ALL SELECT n FROM t WHERE false \
             UNION ALL SELECT 8",
            "n\n1\n1\n7\n8\n",
        ),
        ("SELECT 1 AS n WHERE false UNION ALL SELECT 2 WHERE true UNION ALL SELECT 3", "n\n2\n3\n"),
    ] {
        let ordered = format!("SELECT n FROM ({sql}) ORDER BY n");
        for dialect in ["trino", "datafusion"] {
            if dialect == "datafusion" && (sql.contains("UNNEST") || sql.contains("RECURSIVE")) {
                continue;
            }
            let arguments = ["sql", "--dialect", dialect, "--format", "csv", "--partitions", "4", ordered.as_str()];
            let output = workplace.segue.run(arguments).await.unwrap().success().unwrap();
            assert_eq!(output.stdout, expected, "{dialect}: {sql}");
        }
    }
}
