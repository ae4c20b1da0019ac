//! `segue watch`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use clap::Args;
use pipeline::Step;
use runtime::tls::ServerTls;
use watch::{Alarms, Schedule, WatchSettings, Watcher};

use super::run::RunSettings;
use crate::{
    channels::Channels, console::Console, failure::UsageError, interrupt::Interrupt, progress::RunProgress,
    settings::Settings,
};

const EXAMPLES: &str = "\
Examples:
  segue watch --input s3://bucket/mpd --schedule '0 2 * * *'
  segue watch --input s3://bucket/mpd --poll-minutes 5 --events-bind 0.0.0.0:8090
  segue watch --input data/raw --poll-minutes 1 --notify https://hooks.example/segue

Events are POSTed to /events: S3 and Ceph notifications, EventBridge, SNS, SQS messages. They are
hints; each version of a slice is worked in once, whether events come twice, late or never.
The admin port has /healthz, /readyz and /metrics.";

/// Arguments of `watch`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    run: RunSettings,
    #[command(flatten)]
    channels: Channels,
    /// Times to run at, in the five fields of cron, UTC
    #[arg(long, env = "SEGUE_SCHEDULE", value_name = "CRON")]
    schedule: Option<Schedule>,
    /// Minutes between two listings of the input, which find what no event told of
    #[arg(long, env = "SEGUE_POLL_MINUTES", value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..))]
    poll_minutes: Option<u32>,
    /// Where to listen for events
    #[arg(long, env = "SEGUE_EVENTS_BIND", value_name = "ADDRESS")]
    events_bind: Option<SocketAddr>,
    /// What events must bring as `Authorization: Bearer TOKEN`; better in the environment
    #[arg(long, env = "SEGUE_EVENTS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    events_token: Option<String>,
    /// Seconds without news after which a run begins
    #[arg(long, env = "SEGUE_SETTLE_SECONDS", value_name = "SECONDS", default_value_t = 60)]
    settle_seconds: u32,
    /// Seconds after which a run begins although news goes on
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    longest_settle_seconds: u32,
    /// Hours without a success after which people are told
    #[arg(long, env = "SEGUE_DEADLINE_HOURS", value_name = "HOURS", default_value_t = 26.0)]
    deadline_hours: f64,
    /// Hours after which the newest slice is too old, and people are told [default: of the pipeline's file, 50]
    #[arg(long, env = "SEGUE_STALE_INPUT_HOURS", value_name = "HOURS")]
    stale_input_hours: Option<f64>,
    /// Hours without a run that brought predictions up to date after which people are told [default: of the pipeline's
    /// file, 50]
    #[arg(long, env = "SEGUE_STALE_PREDICTIONS_HOURS", value_name = "HOURS")]
    stale_predictions_hours: Option<f64>,
    /// Where health and metrics are asked for
    #[arg(long, env = "SEGUE_ADMIN_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:50055")]
    admin_bind: SocketAddr,
    /// Certificates (PEM) with which events, health and metrics are encrypted, read again when they change; needs --tls-key
    #[arg(long, env = "SEGUE_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Key (PEM) of --tls-cert
    #[arg(long, env = "SEGUE_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
}

pub(crate) async fn run(
    args: WatchArgs,
    settings: &Settings,
    console: &mut Console,
    interrupt: &mut Interrupt,
) -> Result<()> {
    if args.schedule.is_none() && args.poll_minutes.is_none() && args.events_bind.is_none() {
        let reason = "nothing would ever start a run: give --schedule, --poll-minutes or --events-bind";
        return Err(UsageError(reason.to_owned()).into());
    }
    let options = args.run.options(settings, "segue watch")?;
    let publish_freshness = options.dag.node(Step::Publish).and_then(|node| node.freshness);
    let tls = ServerTls::of_files(args.tls_cert.as_deref(), args.tls_key.as_deref()).map_err(UsageError)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let watched = WatchSettings {
        schedule: args.schedule,
        poll: args.poll_minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
        events: args.events_bind,
        events_tls: tls.clone(),
        events_token: args.events_token.filter(|token| !token.is_empty()),
        settle: Duration::from_secs(args.settle_seconds.into()),
        longest_settle: Duration::from_secs(args.longest_settle_seconds.into()),
        deadline: hours(args.deadline_hours)?,
        stale_predictions: args.stale_predictions_hours.map(hours).transpose()?.or(publish_freshness),
        stale_input: args.stale_input_hours.map(hours).transpose()?.or(options.dag.slices_freshness()),
    };
    let notifier = args.channels.notifier()?;
    let workspace = interrupt.race(settings.open_workspace()).await?;
    let alarms = Alarms::new(workspace.store.clone(), workspace.lake.url(), notifier);
    let (watcher, events) = Watcher::try_new(workspace, options, watched, alarms).await?;
    let admin = runtime::admin::serve(args.admin_bind, tls.as_ref(), || true).await;
    let admin = admin.with_context(|| format!("cannot listen at {}", args.admin_bind))?;
    console.notice(format_args!("watching; health and metrics at {scheme}://{admin}"));
    if let Some(events) = events {
        console.notice(format_args!("events are taken at {scheme}://{events}/events"));
    }
    let progress = RunProgress::start(console.is_quiet());
    interrupt.race(async { Ok(watcher.watch(&progress, std::future::pending()).await?) }).await
}

fn hours(hours: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(hours * 3600.0).map_err(|_| UsageError(format!("`{hours}` are no hours")).into())
}
