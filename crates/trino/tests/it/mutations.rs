//! Queries that are nearly right: whatever stands in a text, it is planned or refused, and neither takes the process
//! down nor says that the engine is at fault.

use std::path::Path;

use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use trino::sql::{self, TrinoDialect};

use crate::behaviours::{files, session};

/// Mutations of each line.
const EACH: usize = 3;

/// The tokens of all lines of the table.
fn lines() -> Vec<Vec<Token>> {
    let mut found = Vec::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviours")) {
        let text = std::fs::read_to_string(file).unwrap();
        for line in text.lines().filter(|line| !line.starts_with("--")) {
            let expression = line.rsplit_once(" =>").map_or(line, |(expression, _)| expression);
            let is_query = ["SELECT ", "WITH ", "VALUES ", "TABLE "].iter().any(|start| expression.starts_with(start));
            let sql = if is_query { expression.to_owned() } else { format!("SELECT {expression} FROM numbers") };
            found.extend(Tokenizer::new(&TrinoDialect, &sql).tokenize());
        }
    }
    found
}

/// Takes a token away, doubles it, or puts in its place one of another line.
fn mutated(line: &[Token], other: &[Token], random: &mut StdRng) -> String {
    let mut tokens = line.to_vec();
    for _ in 0..random.random_range(1..=3) {
        if tokens.is_empty() || other.is_empty() {
            break;
        }
        let at = random.random_range(0..tokens.len());
        let foreign = other[random.random_range(0..other.len())].clone();
        match random.random_range(0..4) {
            0 => drop(tokens.remove(at)),
            1 => tokens.insert(at, tokens[at].clone()),
            2 => tokens[at] = foreign,
            _ => tokens.insert(at, foreign),
        }
    }
    tokens.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn what_is_nearly_right_is_planned_or_refused() {
    let context = session(2).await;
    let state = context.state();
    let mut random = StdRng::seed_from_u64(20);
    let lines = lines();
    let (mut planned, mut wrong) = (0, Vec::new());
    for line in &lines {
        for _ in 0..EACH {
            let other = &lines[random.random_range(0..lines.len())];
            let sql = mutated(line, other, &mut random);
            match sql::plan(&state, &sql).await {
                Ok(found) => {
                    planned += 1;
                    // What was planned is optimised, too.
                    if let Err(error) = state.optimize(&found.plan)
                        && error.to_string().contains("Internal error")
                    {
                        wrong.push(format!("{sql}\n    {error}"));
                    }
                }
                Err(error) if error.message.contains("Internal error") => wrong.push(format!("{sql}\n    {error}")),
                Err(_) => {}
            }
        }
    }
    assert!(planned * 20 > lines.len(), "{planned} of {} were planned", lines.len() * EACH);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), lines.len() * EACH, wrong.join("\n"));
}

#[tokio::test]
async fn what_is_no_sql_at_all_is_refused() {
    let context = session(1).await;
    let mut random = StdRng::seed_from_u64(21);
    for _ in 0..5_000 {
        let length = random.random_range(0..40);
        let text: String = (0..length).map(|_| char::from(random.random_range(1..128_u8))).collect();
        if let Ok(found) = sql::plan(&context.state(), &text).await {
            panic!("{text:?} was planned: {}", found.plan);
        }
    }
    for (what, closing) in [
        ("(", ""),
        ("(", ")"),
        ("- ", ""),
        ("ARRAY[", ""),
        ("ARRAY[", "]"),
        ("CAST(", ""),
        ("(SELECT ", ")"),
        ("abs(", ""),
    ] {
        for depth in [300, 3_000] {
            let sql = format!("SELECT {}1{}", what.repeat(depth), closing.repeat(depth));
            assert!(sql::plan(&context.state(), &sql).await.is_err(), "{what} × {depth} is planned");
        }
    }
    for what in ["ARRAY[", "CAST(", "TRIM(", "EXTRACT(", "replace(", "coalesce(", "left(", "row(", "date(", "f("] {
        assert!(sql::plan(&context.state(), &format!("SELECT {}", what.repeat(14))).await.is_err());
    }
}
