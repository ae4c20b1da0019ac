//! Where results and notices go.

use std::{
    fmt,
    io::{self, BufWriter, IsTerminal, Write},
};

use anyhow::Result;
use comfy_table::Table;
use serde::Serialize;

use crate::{data_out::DataOut, settings::Settings};

/// Standard output for data, standard error for notices.
#[derive(Debug)]
pub(crate) struct Console {
    stdout: BufWriter<DataOut>,
    quiet: bool,
    emphasis: bool,
}

impl Console {
    pub(crate) fn new(settings: &Settings) -> Self {
        let emphasis = settings.allows_colour() && io::stdout().is_terminal();
        Self { stdout: BufWriter::new(DataOut::new()), quiet: settings.quiet, emphasis }
    }

    /// Standard output; what is written is seen after [`Self::flush`].
    pub(crate) fn out(&mut self) -> &mut (dyn Write + Send) {
        &mut self.stdout
    }

    /// Writes text to standard output and ends the line.
    pub(crate) fn line(&mut self, text: impl fmt::Display) -> io::Result<()> {
        writeln!(self.stdout, "{text}")
    }

    /// Writes a table.
    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        table.lines().try_for_each(|line| writeln!(self.stdout, "{}", line.trim_end()))
    }

    /// Writes a heading after an empty line.
    pub(crate) fn heading(&mut self, text: &str) -> io::Result<()> {
        let (on, off) = if self.emphasis { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        writeln!(self.stdout, "\n{on}{text}{off}\n")
    }

    /// Writes one JSON document.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        Ok(self.line(text)?)
    }

    /// Tells the person something that is not data.
    pub(crate) fn notice(&mut self, text: impl fmt::Display) {
        if !self.quiet {
            // A notice that nobody can read is no reason to fail.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }
}
