//! Broken connections, locks that others hold, and cancelled calls.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use store::{Error, RunStatus, Store, StoreOptions};
use url::Url;

use crate::chaos_proxy::ChaosProxy;
use crate::databases::{Kind, on_each_database, on_mysql};
use crate::samples::{prediction_set, predictions, publish, run_start, set_id, shown, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_survives_connections_that_break() {
    on_mysql(async |database| {
        drop(database.store().await);
        let mut url: Url = database.url.parse().unwrap();
        let server = (url.host_str().unwrap().to_owned(), url.port().unwrap_or(3306));
        let proxy = ChaosProxy::start(server).await;
        url.set_ip_host(proxy.address.ip()).unwrap();
        url.set_port(Some(proxy.address.port())).unwrap();
        let patient = StoreOptions { max_attempts: 50, ..StoreOptions::default() };
        let store = Store::connect(&url.as_str().parse().unwrap(), &patient).await.unwrap();

        let rows = predictions("s1", 20_000, 5);
        let work = tokio::spawn({
            let rows = rows.clone();
            async move {
                store.begin_set(&prediction_set("s1")).await?;
                store.load(&set_id("s1"), &rows).await?;
                store.publish(&set_id("s1"), 100_000, 20_000).await
            }
        });
        let mut cut = 0;
        let mut ticks = tokio::time::interval(Duration::from_millis(150));
        while !work.is_finished() && cut < 8 {
            ticks.tick().await;
            cut += proxy.cut();
        }
        assert!(work.await.unwrap().unwrap().changed);
        assert!(cut > 0, "no connection was cut");
        assert_eq!(database.raw().await.current_predictions().await, shown(&rows));
    })
    .await;
}

#[tokio::test]
async fn a_call_does_not_wait_for_ever_and_the_store_works_on() {
    on_each_database(async |database| {
        let owner = start(&database.store().await, &run_start("r1")).await;
        let limits = StoreOptions {
            acquire_timeout: Duration::from_secs(1),
            call_timeout: Duration::from_millis(200),
            max_connections: 1,
            ..StoreOptions::default()
        };
        let store = Store::connect(&database.url.parse().unwrap(), &limits).await.unwrap();
        let mut other = database.raw().await;
        other.execute(if database.kind == Kind::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await;
        other.execute("UPDATE runs SET triggered_by = 'someone else' WHERE run_id = 'r1'").await;

        let started = Instant::now();
        let error = store.finish_run(&owner, RunStatus::Failed, None).await.unwrap_err();
        assert!(matches!(error, Error::Timeout { operation: "finish run", .. }), "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(5));
        assert_eq!(store.list_runs(9).await.unwrap()[0].status, RunStatus::Running);

        other.execute("ROLLBACK").await;
        store.finish_run(&owner, RunStatus::Failed, None).await.unwrap();
        assert_eq!(store.list_runs(9).await.unwrap()[0].status, RunStatus::Failed);
    })
    .await;
}

/// A publication is dropped after every number of its steps: it has happened whole or not at all, and the store works on.
#[tokio::test]
async fn cancelled_publications_leave_one_whole_set() {
    on_each_database(async |database| {
        let store = database.store().await;
        let mut current = publish(&store, "s0", 3, 3).await;
        let mut raw = database.raw().await;
        let mut cancelled = 0;
        for steps in 1..=30 {
            let id = format!("s{steps}");
            let rows = predictions(&id, 20, 10);
            store.begin_set(&prediction_set(&id)).await.unwrap();
            store.load(&set_id(&id), &rows).await.unwrap();
            if at_most_polled(steps, store.publish(&set_id(&id), 200, 20)).await.is_none() {
                cancelled += 1;
                let seen = raw.current_predictions().await;
                assert!(seen == shown(&current) || seen == shown(&rows), "{seen:?}");
                store.publish(&set_id(&id), 200, 20).await.unwrap();
            }
            assert_eq!(raw.current_predictions().await, shown(&rows));
            current = rows;
        }
        assert!(cancelled > 0, "no publication was cancelled");
    })
    .await;
}

/// Polls a future so many times; it is dropped when it is not ready by then.
async fn at_most_polled<F: Future>(times: u32, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        if polls == times {
            return Poll::Ready(None);
        }
        polls += 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
