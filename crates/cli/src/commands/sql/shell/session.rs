//! What a shell remembers from statement to statement.

use std::{
    io::Write,
    process::{Command as Process, Stdio},
    time::Instant,
};

use anyhow::{Context, Result};
use arrow::array::AsArray;
use clap::ValueEnum;
use endpoint::Answer;
use futures::TryStreamExt;

use super::{
    ShellArgs,
    command::{self, Command, HELP},
};
use crate::{
    commands::sql::{
        place::{Extras, Place},
        show::Form,
        statements::{self, Dialect, Statement},
    },
    console::Console,
    failure,
    formats::OutputFormat,
    interrupt::{Interrupt, Interrupted},
    settings::Settings,
};

/// Exit code of a command that ends with SIGINT.
const SIGINT: u8 = 130;

/// Whether the shell goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    More,
    End,
}

/// A shell's state.
pub(super) struct Session<'a> {
    place: Place,
    settings: &'a Settings,
    extras: &'a Extras<'a>,
    pager: Option<String>,
    dialect: Option<Dialect>,
    form: Form,
    timing: bool,
    /// Names for completion; [`None`] after what may have changed them.
    names: Option<Vec<String>>,
}

impl<'a> Session<'a> {
    pub(super) async fn open(
        args: &ShellArgs,
        dialect: Option<Dialect>,
        form: Form,
        settings: &'a Settings,
        extras: &'a Extras<'a>,
    ) -> Result<Self> {
        let place = Place::open(settings, extras).await?;
        Ok(Self { place, settings, extras, pager: args.pager.clone(), dialect, form, timing: true, names: None })
    }

    pub(super) fn prompt(&self) -> String {
        format!("{}> ", self.place.database())
    }

    /// The tables of the database.
    pub(super) async fn names(&mut self) -> Vec<String> {
        if self.names.is_none() {
            // Without them nothing is completed, which is no reason to complain.
            self.names = Some(self.tables().await.unwrap_or_default());
        }
        self.names.clone().unwrap_or_default()
    }

    async fn tables(&mut self) -> Result<Vec<String>> {
        let Answer::Rows(rows) = self.place.answer(Statement::Trino("SHOW TABLES".to_owned())).await? else {
            return Ok(Vec::new());
        };
        let batches: Vec<_> = rows.try_collect().await?;
        let names = batches.iter().flat_map(|batch| batch.column(0).as_string::<i32>().iter().flatten());
        Ok(names.map(str::to_owned).collect())
    }

    /// Does what was typed, and says what went wrong; an error ends the shell.
    pub(super) async fn typed(&mut self, text: &str, console: &mut Console, interrupt: &mut Interrupt) -> Result<Next> {
        let outcome = match command::parse(text) {
            Some(Ok(Command::Quit)) => return Ok(Next::End),
            Some(Ok(command)) => self.command(command, console, interrupt).await,
            Some(Err(reason)) => {
                console.notice(reason);
                return Ok(Next::More);
            }
            None => self.statements(text, self.dialect, console, interrupt).await,
        };
        let Err(error) = outcome else { return Ok(Next::More) };
        match error.downcast_ref::<Interrupted>() {
            Some(interrupted) if interrupted.exit_code == SIGINT => {
                console.notice("cancelled");
                self.recover(interrupt).await?;
            }
            Some(_) => return Err(error),
            None => {
                failure::report(&error);
            }
        }
        Ok(Next::More)
    }

    /// Waits until the job is cancelled. An executor in this process has ended with the signal, so another takes its
    /// place.
    async fn recover(&mut self, interrupt: &mut Interrupt) -> Result<()> {
        cluster::settle().await;
        if self.settings.remote().is_some() {
            return Ok(());
        }
        loop {
            let opened = Place::open(self.settings, self.extras).await;
            // Whoever is impatient has ended the new one, too.
            if interrupt.forget() {
                continue;
            }
            let database = self.place.database().to_owned();
            self.place = opened?;
            return self.place.use_database(&database).await;
        }
    }

    async fn command(&mut self, command: Command, console: &mut Console, interrupt: &mut Interrupt) -> Result<()> {
        match command {
            Command::Ask(sql) => return self.statements(&sql, Some(Dialect::Trino), console, interrupt).await,
            Command::Include(file) => {
                let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read `{file}`"))?;
                return self.statements(&text, self.dialect, console, interrupt).await;
            }
            Command::Use(database) => {
                self.place.use_database(&database).await?;
                self.names = None;
                console.notice(format_args!("database: {}", self.place.database()));
            }
            Command::Format(format) => {
                self.form.format = format;
                console.notice(format_args!("format: {}", named(format)));
            }
            Command::LimitRows(limit) => {
                self.form.limit_rows = limit;
                console.notice(format_args!(
                    "rows of a table: {}",
                    limit.map_or("all".to_owned(), |rows| rows.to_string())
                ));
            }
            Command::Timing => {
                self.timing = !self.timing;
                console.notice(format_args!("timing: {}", if self.timing { "on" } else { "off" }));
            }
            Command::Dialect(dialect) => {
                self.dialect = Some(dialect);
                console.notice(format_args!("dialect: {}", named(dialect)));
            }
            Command::Help => console.line(HELP)?,
            Command::Quit => {}
        }
        Ok(console.flush()?)
    }

    async fn statements(
        &mut self,
        text: &str,
        dialect: Option<Dialect>,
        console: &mut Console,
        interrupt: &mut Interrupt,
    ) -> Result<()> {
        for statement in statements::parse(text, dialect)? {
            interrupt.forget();
            let answering = self.statement(statement, console);
            interrupt.race(answering).await?;
        }
        Ok(())
    }

    async fn statement(&mut self, statement: Statement, console: &mut Console) -> Result<()> {
        let started = Instant::now();
        let answer = self.place.answer(statement).await?;
        if !matches!(answer, Answer::Rows(_)) {
            self.names = None;
        }
        let said = match &self.pager {
            Some(pager) if self.form.format == OutputFormat::Table => {
                let mut page = Vec::new();
                let said = self.form.show(answer, started, &mut page).await?;
                through(pager, &page)?;
                said
            }
            _ => self.form.show(answer, started, console.out()).await?,
        };
        console.flush()?;
        if self.timing {
            console.notice(said);
        }
        Ok(())
    }
}

/// A value as it is typed.
fn named(value: impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Shows text with a program that a person has chosen, which may end before it has read all of it.
fn through(pager: &str, text: &[u8]) -> Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let failed = || format!("cannot run the pager `{pager}`");
    let mut process = Process::new("sh").args(["-c", pager]).stdin(Stdio::piped()).spawn().with_context(failed)?;
    if let Some(mut stdin) = process.stdin.take() {
        let _ = stdin.write_all(text);
    }
    process.wait().with_context(failed)?;
    Ok(())
}
