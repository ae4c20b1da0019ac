//! Where the statements come from.

use std::{
    io::{self, IsTerminal, Read},
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::Args;

/// Stands for standard input.
const STDIN: &str = "-";

/// The statements, or where they are.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub(crate) struct Source {
    /// Statements, separated by semicolons; - reads them from standard input, and so does nothing at all, where a
    /// terminal gets a shell
    #[arg(value_name = "STATEMENT", allow_hyphen_values = true)]
    statement: Option<String>,
    /// File of statements; - is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Source {
    /// Whether somebody at a terminal will type the statements.
    pub(crate) fn is_a_person(&self) -> bool {
        self.statement.is_none() && self.file.is_none() && io::stdin().is_terminal()
    }

    /// The statements' text.
    pub(crate) async fn read(self) -> Result<String> {
        // Both files and standard input may block, the latter for as long as a person thinks.
        tokio::task::spawn_blocking(move || self.read_blocking()).await.context("the reading of statements panicked")?
    }

    fn read_blocking(self) -> Result<String> {
        if let Some(statement) = self.statement.filter(|statement| statement != STDIN) {
            return Ok(statement);
        }
        match self.file.filter(|file| file.as_os_str() != STDIN) {
            Some(file) => {
                let text =
                    std::fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
                Ok(without_mark(text))
            }
            None => {
                let mut text = String::new();
                io::stdin().read_to_string(&mut text).context("cannot read statements from standard input")?;
                Ok(without_mark(text))
            }
        }
    }
}

/// Editors begin files with a byte order mark, which is nothing that anybody wrote.
fn without_mark(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    text
}
