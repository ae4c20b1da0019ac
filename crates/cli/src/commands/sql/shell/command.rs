//! The shell's own commands, which begin with a backslash.

use clap::ValueEnum;

use crate::{commands::sql::statements::Dialect, formats::OutputFormat};

/// What `\?` shows.
pub(super) const HELP: &str = "\
  SELECT …;       any statement, over as many lines as it needs, up to a semicolon
  \\d              tables of the database
  \\d NAME         columns of a table or view
  \\l              databases
  \\u DATABASE     take names without a database for those of DATABASE, as USE does
  \\i FILE         run the statements of a file
  \\f FORMAT       form of rows: table, csv, tsv, json, jsonl, markdown
  \\n COUNT        most rows that a table shows, 0 for all
  \\t              show or hide how long statements take
  \\x DIALECT      trino or datafusion
  \\?              this help
  \\q              end; Ctrl-D does the same
Ctrl-C gives up what was typed, or cancels the statement that runs.";

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// Run this statement of Trino's dialect.
    Ask(String),
    Use(String),
    Include(String),
    Format(OutputFormat),
    LimitRows(Option<usize>),
    Timing,
    Dialect(Dialect),
    Help,
    Quit,
}

/// The command of a line, if it is one; the text says what is wrong with it.
pub(super) fn parse(line: &str) -> Option<Result<Command, String>> {
    let line = line.trim();
    let word = line.trim_end_matches(';').to_lowercase();
    if ["quit", "exit", "help"].contains(&word.as_str()) {
        return Some(Ok(if word == "help" { Command::Help } else { Command::Quit }));
    }
    let rest = line.strip_prefix('\\')?;
    let (name, argument) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    Some(of(name, argument.trim().trim_end_matches(';')))
}

fn of(name: &str, argument: &str) -> Result<Command, String> {
    let needed = |what: &str| match argument {
        "" => Err(format!("\\{name} needs {what}")),
        argument => Ok(argument.to_owned()),
    };
    let one_of = |names: &str| format!("\\{name} takes one of {names}");
    match name {
        "d" if argument.is_empty() => Ok(Command::Ask("SHOW TABLES".to_owned())),
        "d" => Ok(Command::Ask(format!("DESCRIBE {argument}"))),
        "l" => Ok(Command::Ask("SHOW DATABASES".to_owned())),
        "u" => Ok(Command::Use(needed("a database")?)),
        "i" => Ok(Command::Include(needed("a file")?)),
        "f" => match OutputFormat::from_str(argument, true) {
            Ok(format) if format != OutputFormat::Parquet => Ok(Command::Format(format)),
            _ => Err(one_of("table, csv, tsv, json, jsonl, markdown")),
        },
        "n" => match argument.parse::<usize>() {
            Ok(count) => Ok(Command::LimitRows((count > 0).then_some(count))),
            Err(_) => Err("\\n needs a number of rows, 0 for all".to_owned()),
        },
        "t" => Ok(Command::Timing),
        "x" => Dialect::from_str(argument, true).map(Command::Dialect).map_err(|_| one_of("trino, datafusion")),
        "?" | "h" => Ok(Command::Help),
        "q" => Ok(Command::Quit),
        _ => Err(format!("there is no command \\{name}; \\? shows those that there are")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Result<Command, &str>) {
        assert_eq!(parse(line), Some(expected.map_err(str::to_owned)), "{line}");
    }

    #[test]
    fn lines_with_a_backslash_are_commands() {
        check("\\d", Ok(Command::Ask("SHOW TABLES".to_owned())));
        check(" \\d marts.plays ;", Ok(Command::Ask("DESCRIBE marts.plays ".to_owned())));
        check("\\u marts", Ok(Command::Use("marts".to_owned())));
        check("\\f CSV", Ok(Command::Format(OutputFormat::Csv)));
        check("\\f parquet", Err("\\f takes one of table, csv, tsv, json, jsonl, markdown"));
        check("\\n 0", Ok(Command::LimitRows(None)));
        check("\\n many", Err("\\n needs a number of rows, 0 for all"));
        check("\\x datafusion", Ok(Command::Dialect(Dialect::Datafusion)));
        check("\\i", Err("\\i needs a file"));
        check("\\z", Err("there is no command \\z; \\? shows those that there are"));
        check("Exit;", Ok(Command::Quit));
        assert_eq!(parse("SELECT '\\q'"), None);
    }
}
