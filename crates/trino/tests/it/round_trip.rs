//! Parse, print, parse: what is printed of a query is the same query.

use std::path::Path;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use trino::sql;

use crate::behaviours::files;

/// Queries that are made up.
const GENERATED: usize = 3_000;

/// What goes wrong with a query on its way through the printer.
fn problem(text: &str) -> Option<String> {
    let first = sql::parse(text).ok()?;
    let printed = first.to_string();
    match sql::parse(&printed) {
        Err(error) => Some(format!("{text}\n    is printed as {printed}\n    {error}")),
        Ok(again) if again != first => Some(format!("{text}\n    is printed as {printed}\n    which is another query")),
        Ok(again) if again.to_string() != printed => Some(format!("{text}\n    is printed as {printed} and {again}")),
        Ok(_) => None,
    }
}

#[track_caller]
fn check(queries: &[String], at_least: usize) {
    let parsed = queries.iter().filter(|text| sql::parse(text).is_ok()).count();
    assert!(parsed >= at_least, "{parsed} of {} are queries", queries.len());
    let problems: Vec<_> = queries.iter().filter_map(|text| problem(text)).collect();
    assert!(problems.is_empty(), "{} of {parsed}:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn all_queries_of_the_table_of_behaviours_are_printed_as_what_they_are() {
    let mut queries = Vec::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/behaviours")) {
        let text = std::fs::read_to_string(file).unwrap();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("--")) {
            let expression = line.rsplit_once(" =>").map_or(line, |(expression, _)| expression);
            let expression = expression.strip_prefix("NAMES ").unwrap_or(expression);
            // The tree has no place for PASSING, so that it is printed as arguments with names.
            if expression.contains(" PASSING ") {
                continue;
            }
            let is_query = ["SELECT ", "WITH ", "VALUES ", "TABLE "].iter().any(|start| expression.starts_with(start));
            queries.push(if is_query { expression.to_owned() } else { format!("SELECT {expression}") });
        }
    }
    check(&queries, 4_000);
}

#[test]
fn queries_that_are_made_up_are_printed_as_what_they_are() {
    let mut random = StdRng::seed_from_u64(22);
    let queries: Vec<_> = (0..GENERATED).map(|_| Maker(&mut random).query(3)).collect();
    check(&queries, GENERATED * 9 / 10);
}

/// Makes queries of the grammar.
struct Maker<'r>(&'r mut StdRng);

impl Maker<'_> {
    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.0.random_range(0..texts.len())]
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    fn list(&mut self, make: fn(&mut Self, usize) -> String, depth: usize) -> String {
        let count = self.0.random_range(1..=3);
        (0..count).map(|_| make(self, depth)).collect::<Vec<_>>().join(", ")
    }

    fn query(&mut self, depth: usize) -> String {
        let mut text = String::new();
        if self.chance(15) && depth > 0 {
            text.push_str(&format!("WITH {} AS ({}) ", self.alias(), self.query(depth - 1)));
        }
        text.push_str(&self.body(depth));
        if self.chance(30) {
            let direction = self.one_of(&["", " DESC", " ASC NULLS FIRST", " NULLS LAST"]);
            text.push_str(&format!(" ORDER BY {}{direction}", self.expr(0)));
        }
        if self.chance(10) {
            text.push_str(" OFFSET 2 ROWS");
        }
        let limit = self.one_of(&["", "", " LIMIT 10", " FETCH FIRST 5 ROWS ONLY", " FETCH FIRST 2 ROWS WITH TIES"]);
        text + limit
    }

    fn body(&mut self, depth: usize) -> String {
        match self.0.random_range(0..10) {
            0 if depth > 0 => {
                let operator = self.one_of(&["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"]);
                format!("{} {operator} {}", self.select(depth - 1), self.select(depth - 1))
            }
            1 => format!("VALUES {}", self.list(|maker, _| format!("({}, {})", maker.expr(0), maker.expr(0)), 0)),
            _ => self.select(depth),
        }
    }

    fn select(&mut self, depth: usize) -> String {
        let distinct = self.one_of(&["", "", "DISTINCT "]);
        let mut text = format!("SELECT {distinct}{}", self.list(Self::item, depth));
        if self.chance(80) {
            text.push_str(&format!(" FROM {}", self.relation(depth)));
        }
        if self.chance(40) {
            text.push_str(&format!(" WHERE {}", self.condition(depth)));
        }
        if self.chance(25) {
            let group = match self.0.random_range(0..4) {
                0 => format!("ROLLUP ({}, {})", self.expr(0), self.expr(0)),
                1 => format!("GROUPING SETS (({}), ())", self.expr(0)),
                _ => self.list(Self::expr, 0),
            };
            text.push_str(&format!(" GROUP BY {group}"));
        }
        if self.chance(10) {
            text.push_str(&format!(" HAVING {}", self.condition(0)));
        }
        text
    }

    fn item(&mut self, depth: usize) -> String {
        match self.0.random_range(0..8) {
            0 => "*".to_owned(),
            1 => format!("{}.*", self.alias()),
            2 | 3 => format!("{} AS {}", self.expr(depth), self.alias()),
            _ => self.expr(depth),
        }
    }

    fn relation(&mut self, depth: usize) -> String {
        let first = self.factor(depth);
        match self.0.random_range(0..5) {
            0 => format!("{first}, {}", self.factor(depth)),
            1 => format!("{first} CROSS JOIN {}", self.factor(depth)),
            2 => {
                let kind = self.one_of(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "INNER JOIN"]);
                format!("{first} {kind} {} ON {}", self.factor(depth), self.condition(0))
            }
            3 => format!("{first} JOIN {} USING ({})", self.factor(depth), self.alias()),
            _ => first,
        }
    }

    fn factor(&mut self, depth: usize) -> String {
        match self.0.random_range(0..8) {
            0 if depth > 0 => format!("({}) AS {}", self.query(depth - 1), self.alias()),
            1 if depth > 0 => format!("LATERAL ({}) AS {} ({})", self.query(depth - 1), self.alias(), self.alias()),
            2 => format!("UNNEST({}) WITH ORDINALITY AS {} (a, b)", self.expr(0), self.alias()),
            3 => format!("{} TABLESAMPLE BERNOULLI (10)", self.name()),
            4 => "TABLE(sequence(start => 1, stop => 10))".to_owned(),
            _ => format!("{} AS {}", self.name(), self.alias()),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        let value = self.expr(depth);
        match self.0.random_range(0..9) {
            0 => format!("{value} IS NOT NULL"),
            1 => format!("{value} BETWEEN {} AND {}", self.expr(0), self.expr(0)),
            2 => format!("{value} NOT IN ({})", self.list(Self::expr, 0)),
            3 => format!("{value} LIKE 'a#%' ESCAPE '#'"),
            4 if depth > 0 => format!("{value} IN ({})", self.query(depth - 1)),
            5 if depth > 0 => format!("NOT EXISTS ({})", self.query(depth - 1)),
            6 => format!("({value} = {} OR {} < 3)", self.expr(0), self.name()),
            7 => format!("{value} IS NOT DISTINCT FROM {}", self.expr(0)),
            _ => format!("{value} <> {} AND {} >= 1", self.expr(0), self.name()),
        }
    }

    fn expr(&mut self, depth: usize) -> String {
        if depth == 0 {
            let own = self.name();
            let literals = ["1", "2.5", "1e10", "'it''s'", "NULL", "true", "X'0aff'", "DATE '2020-01-01'", "?"];
            let more = ["INTERVAL '1' DAY", "TIMESTAMP '2020-01-01 00:00:00 UTC'", "DECIMAL '1.50'", "current_date"];
            let literal = if self.chance(70) { self.one_of(&literals) } else { self.one_of(&more) };
            return if self.chance(50) { own.to_owned() } else { literal.to_owned() };
        }
        let (one, other) = (self.expr(depth - 1), self.expr(depth - 1));
        match self.0.random_range(0..16) {
            0 => format!("({one} {} {other})", self.one_of(&["+", "-", "*", "/", "%", "||"])),
            1 => format!("CASE WHEN {} THEN {one} ELSE {other} END", self.condition(0)),
            2 => format!(
                "CAST({one} AS {})",
                self.one_of(&["bigint", "row(a integer, b varchar(3))", "array(map(varchar, double))"])
            ),
            3 => format!("TRY_CAST({one} AS decimal(10, 2))"),
            4 => format!("transform(ARRAY[{one}, {other}], x -> x + 1)"),
            5 => format!("reduce({}, {one}, (s, x) -> s + x, s -> s)", self.name()),
            6 => format!("count(*) FILTER (WHERE {})", self.condition(0)),
            7 => format!(
                "sum({one}) OVER (PARTITION BY {} ORDER BY {other} ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
                self.name()
            ),
            8 => format!("lag({one}, 1) IGNORE NULLS OVER (ORDER BY {})", self.name()),
            9 => format!("({one}, {other})"),
            10 => format!("{}[{other}]", self.name()),
            11 => format!("if({}, {one}, {other})", self.condition(0)),
            12 => format!("array_agg(DISTINCT {one} ORDER BY {other} DESC)"),
            13 => format!("({})", self.query(depth - 1)),
            14 => format!("extract(YEAR FROM {one})"),
            _ => format!("{one} AT TIME ZONE 'Europe/Vienna'"),
        }
    }

    fn alias(&mut self) -> &'static str {
        self.one_of(&["a", "b", "t", "\"Some Name\"", "\"a\"\"b\"", "_x"])
    }

    fn name(&mut self) -> &'static str {
        self.one_of(&["a", "b", "t", "u.v", "\"Some Name\"", "\"a\"\"b\"", "value_1", "_x"])
    }
}
