//! `segue catalog`: tables are found where files are, and are the same for all who ask.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;
use testkit::process::Segue;

async fn json(folder: &Path, arguments: &[&str]) -> Value {
    let segue = Segue::try_new().unwrap().current_dir(folder);
    let common = ["--lake", "lake", "--database", "sqlite://segue.db", "--json"];
    let output = segue.run(arguments.iter().chain(&common)).await.unwrap();
    assert!(output.status.success(), "{}", output.stderr);
    serde_json::from_str(&output.stdout).unwrap()
}

#[tokio::test]
async fn what_a_crawl_finds_is_listed_beside_the_lakes_tables() {
    let folder = TempDir::new().unwrap();
    let bucket = folder.path().join("s3/raw/plays/day=1");
    std::fs::create_dir_all(&bucket).unwrap();
    std::fs::write(bucket.join("a.csv"), "id,name\n1,x\n").unwrap();
    let crawl = ["catalog", "crawl", "s3://raw/", "--buckets", "s3", "--into", "Raw"];
    let looked = json(folder.path(), &[&crawl[..], &["--dry-run"]].concat()).await;
    assert_eq!(looked["tables"][0]["change"], "new");
    assert_eq!(json(folder.path(), &["catalog", "tables"]).await, serde_json::json!([]));
    let found = json(folder.path(), &crawl).await;
    assert_eq!(found["tables"][0]["columns"][0], serde_json::json!({"name": "id", "type": "bigint"}));
    let again = json(folder.path(), &crawl).await;
    assert_eq!(again["tables"][0]["change"], "unchanged");
    let sql = "CREATE TABLE own AS SELECT 1 AS a";
    let _rows = json(folder.path(), &["sql", sql]).await;
    let tables = json(folder.path(), &["catalog", "tables"]).await;
    let shown: Vec<(&str, &str, &str)> = tables
        .as_array()
        .unwrap()
        .iter()
        .map(|table| {
            let text = |name: &str| table[name].as_str().unwrap();
            (text("database"), text("table"), text("kind"))
        })
        .collect();
    assert_eq!(shown, [("default", "own", "lake"), ("raw", "plays", "external")]);
    assert_eq!(tables[1]["partition_keys"], serde_json::json!(["day"]));
    // Whoever asks by SQL finds both, in either dialect.
    let expected = serde_json::json!([{"id": 1, "name": "x", "day": "1", "a": 1}]);
    for dialect in ["trino", "datafusion"] {
        let own = if dialect == "trino" { "own" } else { "public.own" };
        let sql = format!("SELECT id, name, day, a FROM raw.plays CROSS JOIN {own}");
        let rows = json(folder.path(), &["sql", "--buckets", "s3", "--dialect", dialect, &sql]).await;
        assert_eq!(rows, expected, "{dialect}");
    }
    let rows = json(folder.path(), &["sql", "--buckets", "s3", "USE raw; SELECT count(*) AS n FROM plays"]).await;
    assert_eq!(rows, serde_json::json!([{"n": 1}]));
}
