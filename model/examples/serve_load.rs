//! Loads an inference server and tells how fast it answers.
//!
//! ```sh
//! cargo run --release --workspace --example serve_load -- URL CONNECTIONS SECONDS < bodies.jsonl
//! ```
//!
//! Each line of standard input is the body of one request to `/invocations`; the lines are sent round and round by so
//! many connections, each of which waits for its answer before it asks again.

use std::{
    io::{self, BufRead, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What one connection saw.
#[derive(Debug, Default)]
struct Seen {
    seconds: Vec<f64>,
    refused: usize,
    failed: usize,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, connections, seconds] = &arguments[..] else {
        return Err("expected URL CONNECTIONS SECONDS, and bodies on standard input".into());
    };
    let (connections, seconds): (usize, u64) = (connections.parse()?, seconds.parse()?);
    let bodies: Vec<String> = io::stdin().lock().lines().collect::<Result<_, _>>()?;
    if bodies.is_empty() {
        return Err("standard input has no bodies".into());
    }
    let (bodies, next) = (Arc::new(bodies), Arc::new(AtomicUsize::new(0)));
    let end = Instant::now() + Duration::from_secs(seconds);
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build()?;
    let running: Vec<_> = (0..connections)
        .map(|_| {
            let url = format!("{url}/invocations");
            tokio::spawn(connection(client.clone(), url, Arc::clone(&bodies), Arc::clone(&next), end))
        })
        .collect();
    let mut all = Seen::default();
    for connection in running {
        let seen = connection.await?;
        all.seconds.extend(seen.seconds);
        all.refused += seen.refused;
        all.failed += seen.failed;
    }
    all.seconds.sort_unstable_by(f64::total_cmp);
    let milliseconds = |share: f64| quantile(&all.seconds, share) * 1e3;
    writeln!(
        io::stdout(),
        "{connections} connections, {seconds} s: {:.0} answers/s, p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms, \
         {} refused, {} failed",
        all.seconds.len() as f64 / seconds as f64,
        milliseconds(0.5),
        milliseconds(0.9),
        milliseconds(0.99),
        all.refused,
        all.failed,
    )?;
    Ok(())
}

async fn connection(
    client: reqwest::Client,
    url: String,
    bodies: Arc<Vec<String>>,
    next: Arc<AtomicUsize>,
    end: Instant,
) -> Seen {
    let mut seen = Seen::default();
    while Instant::now() < end {
        let body = bodies[next.fetch_add(1, Ordering::Relaxed) % bodies.len()].clone();
        let started = Instant::now();
        let sent = client.post(&url).header("content-type", "application/json").body(body).send().await;
        // The answer counts when all of it is there.
        let answered = match sent {
            Ok(response) => response.status().as_u16() * u16::from(response.bytes().await.is_ok()),
            Err(_) => 0,
        };
        match answered {
            200 => seen.seconds.push(started.elapsed().as_secs_f64()),
            503 => seen.refused += 1,
            _ => seen.failed += 1,
        }
    }
    seen
}

#[expect(clippy::cast_possible_truncation, reason = "a share of a number of answers")]
#[expect(clippy::cast_sign_loss, reason = "a share is not negative")]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}
