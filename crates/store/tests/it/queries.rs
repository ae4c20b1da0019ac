//! The history of queries.

use std::time::Duration;

use serde_json::json;
use store::{QueryStart, QueryStarted};

use crate::databases::on_each_database;

fn start(number: u32, token: Option<&str>) -> QueryStart {
    QueryStart {
        query_execution_id: format!("00000000-0000-4000-8000-{number:012}"),
        work_group: "primary".to_owned(),
        client_request_token: token.map(str::to_owned),
        state: "QUEUED".to_owned(),
        owner: "owner".to_owned(),
        submitted_at_us: i64::from(number / 2),
        record: json!({"number": number}),
    }
}

#[tokio::test]
async fn a_token_finds_the_query_that_it_started() {
    on_each_database(async |database| {
        let store = database.store().await;
        assert_eq!(store.start_query(&start(1, Some("token"))).await.unwrap(), QueryStarted::New);
        let QueryStarted::Known(known) = store.start_query(&start(2, Some("token"))).await.unwrap() else {
            panic!("the token is taken");
        };
        assert_eq!((known.query_execution_id, known.record), (start(1, None).query_execution_id, json!({"number": 1})));
        // Queries without a token do not meet.
        assert_eq!(store.start_query(&start(3, None)).await.unwrap(), QueryStarted::New);
        assert_eq!(store.start_query(&start(4, None)).await.unwrap(), QueryStarted::New);
        assert!(store.start_query(&start(4, None)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_first_end_stays() {
    on_each_database(async |database| {
        let store = database.store().await;
        store.start_query(&start(1, None)).await.unwrap();
        let id = start(1, None).query_execution_id;
        assert!(store.update_query(&id, "RUNNING", &json!(1), None).await.unwrap());
        assert!(store.update_query(&id, "CANCELLED", &json!(2), Some(7)).await.unwrap());
        assert!(!store.update_query(&id, "SUCCEEDED", &json!(3), Some(8)).await.unwrap());
        let found = store.query(&id).await.unwrap().unwrap();
        assert_eq!((found.state.as_str(), found.record, found.finished_at_us), ("CANCELLED", json!(2), Some(7)));
        assert_eq!(store.ended_queries("owner", 7).await.unwrap(), std::slice::from_ref(&id));
        assert!(store.ended_queries("owner", 8).await.unwrap().is_empty());
        assert_eq!(store.forget_queries(8).await.unwrap(), 1);
        assert_eq!(store.query(&id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn pages_from_the_newest_on_have_every_query_once() {
    on_each_database(async |database| {
        let store = database.store().await;
        for number in 0..7 {
            store.start_query(&start(number, None)).await.unwrap();
        }
        let mut seen = Vec::new();
        let mut after: Option<(i64, String)> = None;
        loop {
            let last = after.as_ref().map(|(time, id)| (*time, id.as_str()));
            let page = store.newest_queries("primary", last, 2).await.unwrap();
            let Some(end) = page.last() else { break };
            after = Some((end.submitted_at_us, end.query_execution_id.clone()));
            seen.extend(page.into_iter().map(|query| query.record["number"].as_u64().unwrap()));
        }
        assert_eq!(seen, [6, 5, 4, 3, 2, 1, 0]);
    })
    .await;
}

#[tokio::test]
async fn queries_of_a_silent_process_are_found() {
    on_each_database(async |database| {
        let store = database.store().await;
        store.start_query(&start(1, None)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
        let silent = async |limit| store.silent_queries(Duration::from_millis(limit)).await.unwrap().len();
        assert_eq!((silent(20).await, silent(60_000).await), (1, 0));
        store.beat_queries("owner").await.unwrap();
        assert_eq!(silent(60_000).await, 0);
        store.update_query(&start(1, None).query_execution_id, "FAILED", &json!(1), Some(5)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(silent(20).await, 0);
    })
    .await;
}
