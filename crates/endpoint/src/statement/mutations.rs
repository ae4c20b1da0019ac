//! Statements with parts of them changed, doubled or left out: each is read or refused with its place, in a moment.

use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::sql::statement_of;

const SEED: u64 = 20_261_130;
const ROUNDS: usize = 6_000;
const STATEMENTS: [&str; 20] = [
    "CREATE EXTERNAL TABLE IF NOT EXISTS s.t (`a` INT COMMENT 'é', b array<struct<x:int,y:map<string,decimal(10,2)>>>) \
     COMMENT 'c' PARTITIONED BY (d STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' LINES TERMINATED BY '\\n' \
     STORED AS TEXTFILE LOCATION 's3://b/t/' TBLPROPERTIES ('k'='v')",
    "CREATE EXTERNAL TABLE j (a INT) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES \
     ('x'='y') LOCATION 's3://b/j/'",
    "CREATE TABLE k WITH (format='PARQUET', external_location='s3://b/k/', partitioned_by=ARRAY['d','e']) AS SELECT 1 a",
    "INSERT INTO s.t (a, b) SELECT a, b FROM \"u\" WHERE c IN (1, 2)",
    "UNLOAD (SELECT * FROM t WHERE a = '(') TO 's3://b/u/' WITH (format='PARQUET', compression='SNAPPY')",
    "ALTER TABLE t ADD IF NOT EXISTS PARTITION (d='1', e=2) LOCATION 's3://b/1/' PARTITION (d='2', e=3)",
    "ALTER TABLE t DROP PARTITION (d='1'), PARTITION (d='2')",
    "ALTER TABLE t SET TBLPROPERTIES ('a'='b', 'c'='d')",
    "MSCK REPAIR TABLE `a`.`b`",
    "CREATE OR REPLACE VIEW s.v AS SELECT a, count(*) AS n FROM t GROUP BY 1 -- end",
    "DROP DATABASE IF EXISTS s CASCADE",
    "CREATE DATABASE s COMMENT 'x' LOCATION 's3://b/' WITH DBPROPERTIES ('a'='b')",
    "SHOW COLUMNS IN t FROM s",
    "SHOW TBLPROPERTIES t ('k')",
    "DESCRIBE FORMATTED s.t",
    "EXPLAIN (TYPE LOGICAL, FORMAT JSON) SELECT 1",
    "PREPARE p FROM SELECT * FROM t WHERE a = ? AND b = ?",
    "EXECUTE p USING 1, ARRAY['a,b', 'c'], f(1, 2)",
    "WITH a AS (SELECT x FROM t CROSS JOIN UNNEST(y) WITH ORDINALITY AS u(x, o)) SELECT IF(x > 1, 'a', NULL) FROM a",
    "/* c */ SELECT '--', \"q\" -- d\nFROM t;",
];
const PIECES: [&str; 16] = ["(", ")", "'", "\"", "`", ";", ",", "<", ">", ">>", "/*", "--", "\n", "é", "\\", "ARRAY["];

fn mutated(text: &str, other: &str, random: &mut StdRng) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..random.random_range(1..5) {
        let at = random.random_range(0..=characters.len());
        let to = (at + random.random_range(0..25)).min(characters.len());
        match random.random_range(0..5) {
            0 => drop(characters.drain(at..to)),
            1 => characters.splice(at..at, characters[at..to].to_vec()).for_each(drop),
            2 => characters.splice(at..at, PIECES[random.random_range(0..PIECES.len())].chars()).for_each(drop),
            3 => {
                let from = random.random_range(0..other.chars().count());
                characters.splice(at..to, other.chars().skip(from).take(30)).for_each(drop);
            }
            _ => characters.truncate(at),
        }
    }
    characters.into_iter().collect()
}

#[test]
fn statements_are_read_or_refused_with_a_place() {
    let mut random = StdRng::seed_from_u64(SEED);
    for round in 0..ROUNDS {
        let text = STATEMENTS[round % STATEMENTS.len()];
        let sql = mutated(text, STATEMENTS[random.random_range(0..STATEMENTS.len())], &mut random);
        if let Err(error) = statement_of(&sql)
            && let Some((line, _)) = error.at
        {
            assert!(usize::try_from(line).unwrap() <= sql.matches('\n').count() + 1, "{sql}: {error}");
        }
    }
}

#[test]
fn statements_are_read_as_they_stand() {
    for sql in STATEMENTS {
        statement_of(sql).unwrap();
    }
}

/// Time grows with the text and not with the number of ways to read it.
#[test]
fn deep_nesting_is_refused_or_read_at_once() {
    for (open, close) in [("(", ")"), ("ARRAY[", "]"), ("CAST(", " AS int)"), ("array<", ">"), ("f(", ")")] {
        let nested = format!("{}1{}", open.repeat(3000), close.repeat(3000));
        for sql in [
            format!("SELECT {nested}"),
            format!("CREATE EXTERNAL TABLE t (a {nested}) LOCATION 's3://b/'"),
            format!("EXECUTE p USING {nested}"),
            format!("UNLOAD ({nested}) TO 's3://b/'"),
        ] {
            let _read_or_refused = statement_of(&sql);
        }
    }
}
