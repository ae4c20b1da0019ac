//! The shell: a person types statements, and each is answered.
//!
//! Statements may have many lines and end with a semicolon; lines that begin with a backslash are the shell's own
//! commands ([`command`]). Ctrl-C at the prompt gives up what was typed, and during a statement cancels its job on the
//! cluster; the shell stays in either case.

mod command;
mod prompt;
mod session;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use self::{
    prompt::{Prompt, Typed},
    session::{Next, Session},
};
use crate::{
    commands::sql::{place::Extras, show::Form, statements::Dialect},
    console::Console,
    interrupt::Interrupt,
    settings::Settings,
};

/// Arguments of the shell.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "The shell")]
pub(crate) struct ShellArgs {
    /// File of what was typed before [default: .segue_history in the home folder]
    #[arg(long, env = "SEGUE_HISTORY", value_name = "FILE")]
    history: Option<PathBuf>,
    /// Program that tables are shown with, such as `less -FRSX`; none by default
    #[arg(long, env = "SEGUE_PAGER", value_name = "COMMAND")]
    pager: Option<String>,
}

impl ShellArgs {
    fn history(&self) -> Option<PathBuf> {
        self.history.clone().or_else(|| Some(std::env::home_dir()?.join(".segue_history")))
    }
}

/// Answers until the person goes.
pub(super) async fn run(
    args: &ShellArgs,
    dialect: Option<Dialect>,
    form: Form,
    settings: &Settings,
    extras: &Extras<'_>,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    let mut session = interrupt.race(Session::open(args, dialect, form, settings, extras)).await?;
    let mut prompt = Prompt::open(args.history())?;
    console.notice("Statements end with a semicolon; \\? shows what else there is, \\q or Ctrl-D ends.");
    loop {
        prompt.set_names(session.names().await);
        let typed;
        (prompt, typed) = prompt.read(session.prompt()).await?;
        let next = match typed {
            Typed::Text(text) => session.typed(&text, console, interrupt).await?,
            Typed::GivenUp => Next::More,
            Typed::Ended => Next::End,
        };
        if next == Next::End {
            return Ok(());
        }
    }
}
