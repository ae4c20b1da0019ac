//! From the command line to the command.

use anyhow::Result;

use super::{
    catalog, demo, doctor, evaluate, import, migrate, recommend, run, runs, sample, serve, sql, tables, vacuum, watch,
};
use crate::{arguments::Command, console::Console, interrupt::Interrupt, settings::Settings};

/// Does what was asked for.
pub(crate) async fn dispatch(command: Command, settings: &Settings, mut interrupt: Interrupt) -> Result<()> {
    let mut console = Console::new(settings);
    let out = &mut console;
    match command {
        // Runs record that they were interrupted; to serve ends in no other way.
        Command::Demo(args) => demo::run(args, settings, out, &mut interrupt).await?,
        Command::Run(args) => run::run(args, settings, out, &mut interrupt).await?,
        Command::Watch(args) => watch::run(*args, settings, out, &mut interrupt).await?,
        Command::Sql(args) => sql::run(*args, settings, out, &mut interrupt).await?,
        Command::Recommend(args) => interrupt.race(recommend::run(args, settings, out)).await?,
        Command::Evaluate(args) => interrupt.race(evaluate::run(args, settings)).await?,
        Command::Runs(args) => runs::run(args, settings, out, &mut interrupt).await?,
        Command::Tables(args) => interrupt.race(tables::run(args, settings, out)).await?,
        Command::Catalog(args) => interrupt.race(catalog::run(args, settings, out)).await?,
        Command::Vacuum(args) => interrupt.race(vacuum::run(args, settings, out)).await?,
        Command::Import(args) => interrupt.race(import::run(args, out)).await?,
        Command::Migrate(args) => interrupt.race(migrate::run(args, settings, out)).await?,
        Command::Sample(args) => interrupt.race(sample::run(args, out)).await?,
        Command::Serve(args) => serve::run(args, settings, out, &mut interrupt).await?,
        Command::Doctor(args) => interrupt.race(doctor::run(args, settings, out)).await?,
    }
    Ok(console.flush()?)
}
