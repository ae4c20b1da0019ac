//! The threads that the work runs on.

use std::{thread, time::Duration};

use anyhow::{Context, Result, anyhow};
use runtime::{
    telemetry,
    traces::{self, TraceOptions},
};

use tracing::{Instrument, Span, info_span};

use crate::{arguments::Cli, commands, failure::UsageError, interrupt::Interrupt};

/// Deep plans overflow the usual 2 MB; the scheduler takes the same.
const STACK_BYTES: usize = 32 * 1024 * 1024;
/// Longest wait for threads that cannot be interrupted, once the work is over.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// Does what was typed.
pub(crate) fn run(cli: Cli) -> Result<()> {
    // The main thread's stack has the usual size, so the work has a thread of its own.
    let work = thread::Builder::new().name("segue".to_owned()).stack_size(STACK_BYTES).spawn(move || work(cli));
    let outcome = work.context("cannot start a thread")?.join();
    outcome.unwrap_or_else(|_| Err(anyhow!("segue panicked, which is a defect of segue")))
}

fn work(cli: Cli) -> Result<()> {
    let traces = TraceOptions::new("segue", cli.settings.otlp_endpoint.as_deref()).map_err(UsageError)?;
    // To the end, as spans are told until then.
    let _telemetry =
        telemetry::init(cli.settings.log(), cli.settings.log_format, traces.as_ref()).map_err(UsageError)?;
    let threads = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK_BYTES)
        .build()
        .context("cannot start the async runtime")?;
    let outcome = threads.block_on(async {
        let interrupt = Interrupt::listen().context("cannot listen for signals")?;
        // What goes on for days has no span of its own: its runs and queries have.
        let span = match cli.command.name() {
            "watch" | "serve" => Span::none(),
            command => info_span!("segue", command),
        };
        if let Some(parent) = &cli.settings.trace_parent {
            traces::adopt(&span, parent);
        }
        let outcome = commands::dispatch(cli.command, &cli.settings, interrupt).instrument(span).await;
        // An interrupted command has jobs on its cluster that nobody waits for any more.
        cluster::settle().await;
        outcome
    });
    threads.shutdown_timeout(SHUTDOWN_TIMEOUT);
    outcome
}
