//! From raw slices to tables, and the questions that can be asked then.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::workplace::Workplace;

const SQL_STEPS: &str = "quarantine,playlists,playlist_tracks,tracks,sequences,track_cooccurrence";

#[tokio::test]
async fn slices_become_tables_that_can_be_asked() {
    let workplace = Workplace::new();
    let sample = workplace
        .json("sample --output raw --slices 2 --playlists-per-slice 60 --tracks 2000 --compression zstd --json");
    let sample = sample.await;
    assert_eq!(sample["playlists"], 120);

    let report = workplace.json(&format!("run --input raw --steps {SQL_STEPS} --json")).await;
    let steps = report["steps"].as_array().unwrap();
    let names: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(names.join(","), SQL_STEPS);
    assert_eq!((&steps[0]["rows"], &steps[1]["rows"]), (&json!(0), &json!(120)));
    assert_eq!(steps[2]["rows"], sample["track_rows"]);
    assert_eq!(steps[3]["rows"], sample["distinct_tracks"]);

    check_questions(&workplace, &sample).await;
    check_tables(&workplace, steps).await;
    check_runs(&workplace, &report).await;

    // The same work again replaces the rows and does not double them.
    workplace.success(&format!("run --input raw --steps {SQL_STEPS} --quiet")).await;
    assert_eq!(workplace.rows("SELECT count(*) AS n FROM playlists").await, json!([{ "n": 120 }]));
}

async fn check_questions(workplace: &Workplace, sample: &Value) {
    let counted = workplace.rows("SELECT count(DISTINCT pid) AS playlists, count(*) AS n FROM playlist_tracks").await;
    assert_eq!(counted, json!([{ "playlists": 120, "n": sample["track_rows"] }]));
    let shown = workplace.rows("SHOW TABLES").await;
    let names: Vec<&str> = shown.as_array().unwrap().iter().map(|row| row["tab_name"].as_str().unwrap()).collect();
    assert!(SQL_STEPS.split(',').all(|step| names.contains(&step)), "{names:?}");
    let described = workplace.rows("DESCRIBE quarantine").await;
    assert_eq!(described[0], json!({ "col_name": "file", "data_type": "string", "comment": "" }));
    let explained = workplace.rows("EXPLAIN SELECT count(*) FROM tracks WHERE playlist_count > 3").await;
    assert!(explained[0]["Query Plan"].is_string() && explained.to_string().contains("TableScan: "), "{explained}");
    let engine = ["sql", "--dialect", "datafusion", "--json", "SHOW TABLES"];
    let shown: Value = workplace.segue.run(engine).await.unwrap().success().unwrap().json().unwrap();
    assert!(shown.as_array().unwrap().iter().any(|row| row["table_name"] == "playlists"), "{shown}");
    let raw = ["sql", "--input", "raw", "--format", "csv", "SELECT count(*) AS n FROM raw_playlists"];
    assert_eq!(workplace.segue.run(raw).await.unwrap().success().unwrap().stdout, "n\n120\n");

    let statements = "CREATE VIEW longest AS SELECT pid, num_tracks FROM playlists ORDER BY 2 DESC, 1 LIMIT 2;\n\
                      -- nobody; minds\n\
                      SELECT count(*) AS n FROM longest;\nSELECT ';' AS s;";
    fs::write(workplace.path("report.sql"), statements).unwrap();
    let report = workplace.success("sql --file report.sql --format jsonl").await;
    assert_eq!(report.stdout, "{\"n\":2}\n{\"s\":\";\"}\n");

    let limited = ["sql", "SELECT pid FROM playlists", "--limit-rows", "3"];
    let limited = workplace.segue.run(limited).await.unwrap().success().unwrap();
    assert_eq!(limited.stdout.lines().count(), 2 + 3, "{}", limited.stdout);
    assert!(limited.stderr.contains("only the first 3 rows"), "{}", limited.stderr);
}

/// On a cluster, where stock Ballista cannot make a table and copies in one task.
#[tokio::test]
async fn statements_write_tables_and_folders() {
    let workplace = Workplace::with_slices().await;
    let make = ["sql", "--input", "raw", "--json", "CREATE TABLE names AS SELECT pid, name FROM raw_playlists"];
    let made: Value = workplace.segue.run(make).await.unwrap().success().unwrap().json().unwrap();
    assert_eq!(made, json!([{ "count": 120 }]));
    assert_eq!(workplace.rows("SELECT count(DISTINCT pid) AS n FROM names").await, json!([{ "n": 120 }]));
    let again = workplace.segue.run(make).await.unwrap();
    assert_eq!(
        (again.code(), again.stderr.contains("TABLE_ALREADY_EXISTS: line 1:14: ")),
        (Some(1), true),
        "{again:?}"
    );

    let copy = "COPY (SELECT pid % 3 AS part, name FROM names) TO 'out' STORED AS PARQUET PARTITIONED BY (part)";
    assert_eq!(workplace.rows(copy).await, json!([{ "count": 120 }]));
    for part in 0..3 {
        assert!(fs::read_dir(workplace.path(&format!("out/part={part}"))).unwrap().count() >= 1);
    }
    assert!(workplace.path("out/_SUCCESS").is_file());
    let refused = workplace.segue.run(["sql", copy]).await.unwrap();
    assert!(refused.stderr.contains("is not empty: there is `"), "{}", refused.stderr);
}

#[tokio::test]
async fn statements_are_planned_as_trino_does() {
    let workplace = Workplace::with_slices().await;
    let make = "CREATE TABLE names AS SELECT pid, name FROM raw_playlists";
    workplace.segue.run(["sql", "--input", "raw", make]).await.unwrap().success().unwrap();
    let trino = ["sql", "--format", "jsonl"];
    let statements = "SELECT pid / 2 AS half, concat(name, NULL) AS n, transform(ARRAY[pid, 1], x -> x + pid) AS a, 1 \
                      FROM names WHERE pid = 7;\n\
                      CREATE TABLE evens AS SELECT array_agg(pid) AS pids FROM names WHERE pid % 2 = 0;\n\
                      SELECT cardinality(filter(pids, p -> p > 50)) AS n, typeof(pids) AS of FROM evens; SHOW TABLES";
    let output = workplace.segue.run(trino.iter().copied().chain([statements])).await.unwrap().success().unwrap();
    let lines: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({ "half": 3, "n": null, "a": [14, 8], "_col3": 1 }));
    assert_eq!(lines[1], json!({ "count": 1 }));
    assert_eq!(lines[2], json!({ "n": 34, "of": "array(bigint)" }));
    assert!(lines[3..].iter().any(|line| line["tab_name"] == "names"), "{lines:?}");

    let statements = "INSERT INTO names (name, pid) SELECT 'more', 1000 + x FROM UNNEST(ARRAY[1, 2]) AS t (x);\n\
                      INSERT INTO names VALUES (2000, CAST(NULL AS varchar));\n\
                      SELECT pid, name, (SELECT count(*) FROM names b WHERE b.pid > a.pid) AS above FROM names a \
                      WHERE pid > 1000 ORDER BY pid";
    let output = workplace.segue.run(trino.iter().copied().chain([statements])).await.unwrap().success().unwrap();
    let lines: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows = [
        json!({ "count": 2 }),
        json!({ "count": 1 }),
        json!({ "pid": 1001, "name": "more", "above": 2 }),
        json!({ "pid": 1002, "name": "more", "above": 1 }),
        json!({ "pid": 2000, "name": null, "above": 0 }),
    ];
    assert_eq!(lines, rows);

    for (sql, expected) in [
        ("SELECT 1 / 0 FROM names", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT pid FROM names\nWHERE name > 1", "TYPE_MISMATCH: line 2:12: "),
        (
            "SELECT pid FROM nowhere",
            "TABLE_NOT_FOUND: line 1:17: Table 'awsdatacatalog.default.nowhere' does not exist",
        ),
        ("CREATE TABLE names AS SELECT 1 AS a", "TABLE_ALREADY_EXISTS: line 1:14: "),
        ("CREATE TABLE n AS SELECT 1", "MISSING_COLUMN_NAME: line 1:19: Column name not specified"),
        ("DELETE FROM names", "NOT_SUPPORTED: line 1:1: "),
        (
            "INSERT INTO names VALUES ('1', 'x')",
            "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [bigint, varchar], \
             Query: [varchar(1), varchar(1)]",
        ),
    ] {
        let refused = workplace.segue.run(trino.iter().copied().chain([sql])).await.unwrap();
        assert!(refused.code() != Some(0) && refused.stderr.contains(expected), "{sql}: {}", refused.stderr);
    }
}

async fn check_tables(workplace: &Workplace, steps: &[Value]) {
    let tables = workplace.json("tables --json").await;
    for step in steps {
        let table = tables.as_array().unwrap().iter().find(|table| table["table"] == step["step"]).unwrap();
        assert_eq!((&table["rows"], &table["bytes"]), (&step["rows"], &step["bytes"]));
        let location = table["location"].as_str().unwrap();
        let files = fs::read_dir(location).map_or(0, Iterator::count);
        assert_eq!(json!(files), table["files"], "{location}");
    }
}

async fn check_runs(workplace: &Workplace, report: &Value) {
    let runs = workplace.json("runs --json").await;
    assert_eq!((&runs[0]["run_id"], &runs[0]["status"]), (&report["run_id"], &json!("succeeded")));
    let shown = workplace.json("runs show latest --json").await;
    assert_eq!((&shown["run_id"], shown["steps"].as_array().unwrap().len()), (&report["run_id"], 6));
    let text = workplace.success("runs show latest").await.stdout;
    assert!(text.contains(report["run_id"].as_str().unwrap()) && text.contains("track_cooccurrence@1"), "{text}");
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_may_go() {
    let workplace = Workplace::with_slices().await;
    let mut segue = Command::new(env!("CARGO_BIN_EXE_segue"))
        .args(["sql", "--input", "raw", "--format", "jsonl", "SELECT * FROM raw_playlists"])
        .current_dir(workplace.path("."))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut reader = BufReader::new(segue.stdout.take().unwrap());
    reader.read_line(&mut first).unwrap();
    drop(reader);
    let output = segue.wait_with_output().unwrap();
    assert!(serde_json::from_str::<Value>(&first).unwrap()["pid"].is_i64());
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
