//! Lines as they are typed: editing, history, completion.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use rustyline::{
    Config, Context, Editor, Helper,
    completion::Completer,
    error::ReadlineError,
    highlight::Highlighter,
    hint::Hinter,
    history::FileHistory,
    validate::{ValidationContext, ValidationResult, Validator},
};
use tracing::debug;

use super::command;

/// Statements that are remembered.
const HISTORY_ENTRIES: usize = 10_000;
/// Words that are completed beside the names of tables.
const WORDS: &[&str] = &[
    "ALTER",
    "AND",
    "ARRAY",
    "BETWEEN",
    "CASE",
    "CAST",
    "CREATE",
    "CROSS JOIN",
    "DATABASE",
    "DESCRIBE",
    "DISTINCT",
    "DROP",
    "EXPLAIN",
    "EXTERNAL",
    "FROM",
    "GROUP BY",
    "HAVING",
    "INSERT INTO",
    "JOIN",
    "LEFT JOIN",
    "LIMIT",
    "ORDER BY",
    "OVER",
    "PARTITION BY",
    "SELECT",
    "SHOW",
    "TABLE",
    "TABLES",
    "UNION ALL",
    "UNLOAD",
    "UNNEST",
    "VALUES",
    "WHERE",
    "WITH",
];

/// What a person did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A statement or a command.
    Text(String),
    /// What was typed does not count.
    GivenUp,
    /// There is nothing to come.
    Ended,
}

/// Reads what is typed.
pub(super) struct Prompt {
    editor: Editor<Names, FileHistory>,
    history: Option<PathBuf>,
}

impl Prompt {
    pub(super) fn open(history: Option<PathBuf>) -> Result<Self> {
        let config = Config::builder().max_history_size(HISTORY_ENTRIES)?.auto_add_history(false).build();
        let mut editor = Editor::with_config(config).context("cannot use the terminal")?;
        editor.set_helper(Some(Names::default()));
        if let Some(path) = &history
            && path.is_file()
            && let Err(error) = editor.load_history(path)
        {
            debug!(error = %error, "cannot read the history");
        }
        Ok(Self { editor, history })
    }

    /// Sets the names that are completed.
    pub(super) fn set_names(&mut self, names: Vec<String>) {
        if let Some(helper) = self.editor.helper_mut() {
            helper.names = names;
        }
    }

    /// Waits for a statement or a command.
    pub(super) async fn read(mut self, prompt: String) -> Result<(Self, Typed)> {
        // A person may think for as long as they like, which must not hold a thread of the runtime.
        let read = tokio::task::spawn_blocking(move || {
            let typed = self.read_blocking(&prompt);
            typed.map(|typed| (self, typed))
        });
        read.await.context("the reading of statements panicked")?
    }

    fn read_blocking(&mut self, prompt: &str) -> Result<Typed> {
        match self.editor.readline(prompt) {
            Ok(text) if text.trim().is_empty() => Ok(Typed::GivenUp),
            Ok(text) => {
                self.remember(&text);
                Ok(Typed::Text(text))
            }
            Err(ReadlineError::Interrupted) => Ok(Typed::GivenUp),
            Err(ReadlineError::Eof) => Ok(Typed::Ended),
            Err(error) => Err(error).context("cannot read from the terminal"),
        }
    }

    /// Adds to the history, at once, so that nothing is lost whatever happens. Without a file it is that of this session.
    fn remember(&mut self, text: &str) {
        let added = self.editor.add_history_entry(text.trim_end());
        let Some(path) = self.history.as_ref().filter(|_| added.is_ok_and(|added| added)) else { return };
        if let Err(error) = self.editor.append_history(path) {
            debug!(error = %error, "cannot write the history");
        }
    }
}

/// Knows when a statement is complete, and how its last word may go on.
#[derive(Debug, Default)]
struct Names {
    names: Vec<String>,
}

impl Helper for Names {}
impl Highlighter for Names {}

impl Hinter for Names {
    type Hint = String;
}

impl Validator for Names {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let complete = is_complete(context.input());
        Ok(if complete { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Completer for Names {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..at).unwrap_or_default();
        let is_part = |character: char| character.is_alphanumeric() || "_.".contains(character);
        let start = before
            .rfind(|character| !is_part(character))
            .map_or(0, |place| place + before[place..].chars().next().map_or(0, char::len_utf8));
        Ok((start, completions(&before[start..], &self.names)))
    }
}

/// What a word may become, names before words of SQL.
fn completions(word: &str, names: &[String]) -> Vec<String> {
    if word.is_empty() {
        return names.to_vec();
    }
    let lower = word.to_lowercase();
    let names = names.iter().filter(|name| name.starts_with(&lower)).cloned();
    let words = WORDS.iter().filter(|known| known.to_lowercase().starts_with(&lower)).map(|known| (*known).to_owned());
    names.chain(words).collect()
}

/// Whether nothing has to follow: a command of the shell, nothing at all, or statements up to their semicolon.
fn is_complete(text: &str) -> bool {
    let trimmed = text.trim();
    if trimmed.is_empty() || command::parse(trimmed).is_some() {
        return true;
    }
    // Behind a semicolon that counts, another word begins another statement. Within a quote nothing can be counted.
    let count = |text: &str| trino::sql::statements(text).map_or(0, |statements| statements.len());
    let statements = count(trimmed);
    statements > 0 && count(&format!("{trimmed}\nx")) > statements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_complete(text), expected, "{text}");
    }

    #[test]
    fn statements_go_on_to_their_semicolon() {
        check("", true);
        check("\\d", true);
        check("exit", true);
        check("SELECT 1", false);
        check("SELECT 1;", true);
        check("SELECT\n  1\n;", true);
        check("SELECT ';", false);
        check("SELECT ';';", true);
        check("SELECT 1 -- not yet;", false);
        check("SELECT 1 /* not yet;", false);
        check("SELECT 1; -- done\nSELECT 2;", true);
        check("SELECT 1; -- done", true);
        check("-- nothing yet", false);
    }

    #[test]
    fn words_are_completed_where_they_stand() {
        let names = ["tracks".to_owned(), "track_cooccurrence".to_owned(), "playlists".to_owned()];
        assert_eq!(completions("TRA", &names), ["tracks", "track_cooccurrence"]);
        assert_eq!(completions("sel", &names), ["SELECT"]);
        assert_eq!(completions("t", &names), ["tracks", "track_cooccurrence", "TABLE", "TABLES"]);
        assert_eq!(completions("", &names).len(), 3);
    }
}
