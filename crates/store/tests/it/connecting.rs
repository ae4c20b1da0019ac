//! Reaching databases, and saying clearly why one cannot be reached.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use store::{Error, Store, StoreOptions};
use url::Url;
use uuid::Uuid;

use crate::databases::{connect, connect_error, on_each_database, on_mysql, sqlite_url};
use crate::samples::{publish, run_start, start};

fn impatient() -> StoreOptions {
    StoreOptions { acquire_timeout: Duration::from_millis(300), max_attempts: 2, ..StoreOptions::default() }
}

/// A port at which nothing listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The whole of an error, as a log would show it.
fn chain(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let port = closed_port();
    let started = Instant::now();
    let error = connect_error(&format!("mysql://segue:hunter2@127.0.0.1:{port}/segue"), &impatient()).await;
    assert_eq!(
        error.to_string(),
        format!(
            "cannot reach the database `mysql://segue:***@127.0.0.1:{port}/segue`: \
             check that it runs and that the address is right"
        ),
    );
    let all = chain(&error);
    assert!(all.contains("Connection refused") && !all.contains("hunter2"), "{all}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mysql://segue:hunter2@{}/segue", silent.local_addr().unwrap());
    let error = connect_error(&url, &impatient()).await;
    assert!(matches!(error, Error::NoAnswer { .. }), "{error:?}");
    assert!(error.to_string().contains("did not answer within 300ms"), "{error}");
    assert!(!chain(&error).contains("hunter2"));
}

#[tokio::test]
async fn users_with_passwords_are_told_apart_and_passwords_are_not_shown() {
    on_mysql(async |database| {
        let user = format!("segue_{}", &Uuid::new_v4().simple().to_string()[..8]);
        drop(database.store().await);
        let mut raw = database.raw().await;
        // Both hosts, because an anonymous local account would come before a named one from anywhere.
        for host in ["%", "localhost"] {
            raw.execute(&format!("CREATE USER '{user}'@'{host}' IDENTIFIED BY 'hunter2'")).await;
        }
        let mut url: Url = database.url.parse().unwrap();
        url.set_username(&user).unwrap();
        url.set_password(Some("hunter2")).unwrap();
        // Without TLS, MySQL hands out a public key to send the password with.
        url.set_query(Some("ssl-mode=DISABLED"));
        let error = connect_error(url.as_str(), &impatient()).await;
        assert!(matches!(error, Error::AccessDenied { .. }), "it has no grants: {error:?}");
        assert!(!chain(&error).contains("hunter2"), "{error:?}");

        let name = url.path().trim_start_matches('/');
        for host in ["%", "localhost"] {
            raw.execute(&format!("GRANT ALL ON {name}.* TO '{user}'@'{host}'")).await;
        }
        let store = connect(url.as_str()).await;
        start(&store, &run_start("r1")).await;
        let shown = format!("{store:?} {} {:?}", store.url(), store.url());
        assert!(shown.contains(&format!("mysql://{user}:***@")), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");

        url.set_password(Some("hunter3")).unwrap();
        let error = connect_error(url.as_str(), &impatient()).await;
        assert!(matches!(error, Error::AccessDenied { .. }), "the password is wrong: {error:?}");
        assert!(error.to_string().ends_with("check the user, the password and the user's grants"));
        assert!(!chain(&error).contains("hunter3"), "{error:?}");
        raw.execute(&format!("DROP USER '{user}'@'%', '{user}'@'localhost'")).await;
    })
    .await;
}

#[tokio::test]
async fn a_server_without_a_certificate_that_is_trusted_is_told_nothing() {
    on_mysql(async |database| {
        let mut url: Url = database.url.parse().unwrap();
        url.set_query(Some("ssl-mode=VERIFY_IDENTITY"));
        let error = connect_error(url.as_str(), &impatient()).await;
        assert!(matches!(error, Error::Untrusted { .. }), "{error:?}");
        assert!(error.to_string().contains("ssl-ca=FILE"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_missing_database_is_created_only_where_that_is_allowed() {
    on_each_database(async |database| {
        let forbidden = StoreOptions { create_database: false, ..impatient() };
        let error = connect_error(&database.url, &forbidden).await;
        assert!(matches!(error, Error::UnknownDatabase { .. }), "{error:?}");
        assert!(error.to_string().ends_with("does not exist: create it, or allow the store to create it"));
        database.store().await.ping().await.unwrap();
        let url = database.url.parse().unwrap();
        Store::connect(&url, &forbidden).await.unwrap().ping().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn files_that_are_no_databases_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let junk = folder.path().join("notes.txt");
    let content = "not a database, but long enough to have a header. ".repeat(10);
    std::fs::write(&junk, &content).unwrap();
    let error = connect_error(&sqlite_url(&junk), &impatient()).await;
    assert!(matches!(error, Error::NotADatabase { .. }), "{error:?}");
    assert_eq!(std::fs::read_to_string(&junk).unwrap(), content);
    let error = connect_error(&sqlite_url(folder.path()), &impatient()).await;
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_sqlite_file_gets_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    let store = connect(&sqlite_url(&folder.path().join("a/b/segue.db"))).await;
    start(&store, &run_start("r1")).await;
    assert!(folder.path().join("a/b/segue.db").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_start_at_once_share_a_new_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..40 {
        let url = sqlite_url(&folder.path().join(format!("{round}.db")));
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { connect(&url).await.list_runs(1).await.unwrap() })
            })
            .collect();
        for started in starts {
            assert_eq!(started.await.unwrap(), []);
        }
    }
}

#[tokio::test]
async fn a_database_in_memory_lives_as_long_as_its_store() {
    let store = connect("sqlite::memory:").await;
    publish(&store, "s1", 3, 2).await;
    let writers = (0..4).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { start(&store, &run_start(&format!("r{n}"))).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(store.list_runs(10).await.unwrap().len(), 4);
    assert_eq!(store.recommendations(2, 5).await.unwrap().len(), 2);
    let other = connect("sqlite::memory:").await;
    assert!(other.list_runs(10).await.unwrap().is_empty(), "every store in memory is its own");
}
