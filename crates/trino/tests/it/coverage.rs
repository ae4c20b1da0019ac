//! `COVERAGE.md`: what of Trino's documentation is supported, what differs, what is refused, and where it is tested.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;
use trino::functions::{PREFIX, functions};

use crate::behaviours::files;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A line of the table of behaviours, and the file that it stands in.
struct Line {
    file: String,
    text: String,
}

impl Line {
    fn fails(&self) -> bool {
        ["NOT_SUPPORTED", "FUNCTION_NOT_FOUND"].iter().any(|name| self.text.contains(&format!("=> !{name}")))
    }
}

fn lines() -> Vec<Line> {
    let folder = root().join("tests/behaviours");
    let of_file = |path: PathBuf| {
        let file = path.strip_prefix(&folder).unwrap().display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("--"));
        lines.map(|line| Line { file: file.clone(), text: line.to_owned() }).collect::<Vec<_>>()
    };
    files(&folder).into_iter().flat_map(of_file).collect()
}

/// Entries of a file below their headings, taken apart at bars.
fn entries(file: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let text = fs::read_to_string(root().join("tests/coverage").join(file)).unwrap();
    let mut found: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("--")) {
        match (line.strip_prefix("# "), found.last_mut()) {
            (Some(heading), _) => found.push((heading.to_owned(), Vec::new())),
            (None, Some((_, entries))) => entries.push(line.split('|').map(|part| part.trim().to_owned()).collect()),
            (None, None) => panic!("{file} begins with a heading"),
        }
    }
    found
}

/// Files whose lines are these.
fn tests<'l>(lines: impl Iterator<Item = &'l Line>) -> String {
    let files: BTreeSet<_> = lines.map(|line| line.file.as_str()).collect();
    let generated = files.iter().filter(|file| file.starts_with("generated/")).count();
    let own: Vec<_> = files.iter().filter(|file| !file.starts_with("generated/")).copied().collect();
    // Some functions stand in nearly every file.
    match (own.len(), generated) {
        (0, 0) => String::new(),
        (0, _) => files.into_iter().take(2).collect::<Vec<_>>().join(", "),
        (count, _) if count > 3 => format!("{}, and more", own[..3].join(", ")),
        _ => own.join(", "),
    }
}

/// Names that can be called.
fn known() -> HashSet<String> {
    let set = functions();
    let scalar = set.scalar.iter().map(|function| function.name().to_owned());
    let aggregate = set.aggregate.iter().map(|function| function.name().to_owned());
    let window = set.window.iter().map(|function| function.name().to_owned());
    let own = scalar.chain(aggregate).chain(window).filter_map(|name| name.strip_prefix(PREFIX).map(str::to_owned));
    own.chain(trino::sql::BUILT_IN.iter().map(|name| (*name).to_owned())).collect()
}

fn function_tables(page: &mut String, lines: &[Line], problems: &mut Vec<String>) {
    let known = known();
    for (topic, entries) in entries("functions.txt") {
        writeln!(page, "\n### {topic}\n\n| function | state | tests |\n|---|---|---|").unwrap();
        for entry in entries {
            let (name, note) = (&entry[0], entry.get(1).map_or("", String::as_str));
            let call = Regex::new(&format!(r"(?i)\b{name}\b\s*\(")).unwrap();
            let word = Regex::new(&format!(r"(?i)\b{name}\b")).unwrap();
            let is_word =
                name.starts_with("current_") || name.starts_with("local") || name == "if" || name == "any_value";
            let calls = |line: &&Line| {
                let expression = line.text.rsplit_once(" =>").map_or(line.text.as_str(), |(expression, _)| expression);
                call.is_match(expression) || is_word && word.is_match(expression)
            };
            let found: Vec<_> = lines.iter().filter(calls).collect();
            let works: Vec<_> = found.iter().copied().filter(|line| !line.fails()).collect();
            // Functions that take lambdas are not registered under a name.
            let is_known = known.contains(name) || !works.is_empty();
            let state = match (is_known, note) {
                (true, "") => "supported".to_owned(),
                (true, note) => format!("differs: {note}"),
                (false, "") => "refused".to_owned(),
                (false, note) => format!("refused: {note}"),
            };
            let tests = tests(if is_known { works } else { found }.into_iter());
            if is_known && tests.is_empty() {
                problems.push(format!("no line of the table of behaviours calls {name}"));
            }
            writeln!(page, "| `{name}` | {state} | {tests} |").unwrap();
        }
    }
}

fn statement_tables(page: &mut String, lines: &[Line], problems: &mut Vec<String>) {
    for (topic, entries) in entries("statements.txt") {
        writeln!(page, "\n### {topic}\n\n| | state | tests |\n|---|---|---|").unwrap();
        for entry in entries {
            let [name, state, note, test] = entry.as_slice() else { panic!("{entry:?} has four parts") };
            assert!(["supported", "differs", "refused"].contains(&state.as_str()), "{entry:?}");
            let shown = match test.strip_prefix("behaviours: ") {
                Some(text) => tests(lines.iter().filter(|line| line.text.contains(text))),
                None => format!("[{test}](../../{test})"),
            };
            if shown.is_empty() || !test.starts_with("behaviours: ") && !root().join("../..").join(test).exists() {
                problems.push(format!("{name} has no test"));
            }
            let state = if note.is_empty() { state.clone() } else { format!("{state}: {note}") };
            writeln!(page, "| {name} | {state} | {shown} |").unwrap();
        }
    }
}

#[test]
fn the_page_of_coverage_is_as_the_code_is() {
    let lines = lines();
    let mut problems = Vec::new();
    let mut page = String::from(
        "# What of Trino's SQL is there\n\nMade by the test `coverage` from the registered functions, the table of \
         behaviours and [tests/coverage](tests/coverage).\nTests are files of [tests/behaviours](tests/behaviours) unless \
         they are links.\n\n## Language\n",
    );
    statement_tables(&mut page, &lines, &mut problems);
    page.push_str("\n## Functions\n");
    function_tables(&mut page, &lines, &mut problems);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let kept = root().join("COVERAGE.md");
    if fs::read_to_string(&kept).unwrap_or_default() != page {
        let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("COVERAGE.md");
        fs::write(&fresh, &page).unwrap();
        panic!("the page is stale: cp {} {}", fresh.display(), kept.display());
    }
}
