//! `cooccurrence` beside plain SQL on DuckDB, which knows nothing of it: the same rows in, the same neighbours out.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::fixture::{rows, session};

/// Exit code of the script where DuckDB is not there and need not be.
const LEFT_OUT: i32 = 77;
/// Groups of up to 12 items with repetitions and NULLs; texts whose order is not that of the numbers.
const ENTRIES: &str = "SELECT g, CASE WHEN (g + p) % 17 = 0 THEN NULL ELSE 'item ' || CAST((g * 31 + p * p * g) % 83 AS TEXT) END AS i, \
     p FROM (SELECT unnest(range(1, 900)) AS g), (SELECT unnest(range(0, 12)) AS p) WHERE p < 2 + g % 11";

/// For each measure the neighbours by a self-join. Values are rounded, as they are computed in different orders.
const ANSWERS: &str = "
import duckdb, sys
sql = '''
WITH pairs AS (SELECT DISTINCT g, i FROM read_parquet('{files}') WHERE g IS NOT NULL AND i IS NOT NULL),
counts AS (SELECT i, count(*)::DOUBLE AS n FROM pairs GROUP BY i),
joined AS (SELECT a.i AS a, b.i AS b, count(*)::DOUBLE AS c FROM pairs a JOIN pairs b ON a.g = b.g AND a.i <> b.i GROUP BY ALL),
total AS (SELECT count(DISTINCT g)::DOUBLE AS m FROM pairs),
measured AS (SELECT a, b, c, c / sqrt(x.n * y.n) AS cosine, c / (x.n + y.n - c) AS jaccard,
  c * m / (x.n * y.n) AS lift, ln(c * m / (x.n * y.n)) AS pmi,
  ln(c * m / (x.n * y.n)) / -ln(c / m) AS npmi, c / x.n AS conditional, c AS count
  FROM joined JOIN counts x ON a = x.i JOIN counts y ON b = y.i CROSS JOIN total WHERE c >= 3),
ranked AS (SELECT *, row_number() OVER (PARTITION BY a ORDER BY round({measure}, 12) DESC, c DESC, b) AS place FROM measured)
SELECT a, b, place, c::BIGINT, round({measure} * 1000000)::BIGINT FROM ranked WHERE place <= 9 ORDER BY a, place
'''
for row in duckdb.sql(sql.format(files=sys.argv[1], measure=sys.argv[2])).fetchall():
    print('|'.join(map(str, row)))
";

#[tokio::test]
async fn neighbours_equal_those_of_a_self_join() {
    let Some(python) = python() else { return };
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("entries.parquet");
    let context = session(3);
    rows(&context, &format!("COPY ({ENTRIES}) TO '{}' STORED AS PARQUET", file.display())).await;
    for measure in ["count", "cosine", "jaccard", "lift", "pmi", "npmi", "conditional"] {
        let value = if measure == "count" { "pair_count" } else { measure };
        let sql = format!(
            "SELECT n['item'], n['neighbour'], n['neighbour_rank'], n['pair_count'], \
             CAST(round(n['{value}'] * 1000000.0) AS BIGINT) FROM \
             (SELECT unnest(cooccurrence(g, i, {{k: 9, min_count: 3, rank_by: '{measure}'}})) AS n FROM ({ENTRIES})) \
             ORDER BY 1, 3"
        );
        let found = rows(&context, &sql).await;
        let output = Command::new(&python).args(["-c", ANSWERS]).arg(&file).arg(measure).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let expected = String::from_utf8(output.stdout).unwrap();
        assert_eq!(found, expected.lines().collect::<Vec<_>>(), "{measure}");
        assert!(found.len() > 500, "{measure}: {}", found.len());
    }
}

/// A Python with DuckDB. Without one the script says why, and fails only where everything must be tried.
fn python() -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/setup/duckdb.sh");
    let output = Command::new(script).stderr(Stdio::inherit()).output().unwrap();
    if output.status.code() == Some(LEFT_OUT) {
        return None;
    }
    assert!(output.status.success(), "DuckDB is not there");
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}
