//! The servers are real: what they should refuse, they refuse.

use object_store::path::Path;
use object_store::{ObjectStoreExt, PutMode, PutOptions, PutPayload};
use sqlx::Connection;
use sqlx::mysql::MySqlConnection;
use testkit::services::{mysql, s3};
use url::Url;

#[tokio::test]
async fn a_database_lasts_as_long_as_its_value() {
    let Some(server) = mysql() else { return };
    let first = server.fresh_database().await.unwrap();
    let second = server.fresh_database().await.unwrap();
    assert_ne!(first.name(), second.name());
    assert_eq!(first.url().path(), format!("/{}", first.name()));
    let mut connection = MySqlConnection::connect(first.url().as_str()).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let url = first.url().clone();
    drop(first);
    let error = MySqlConnection::connect(url.as_str()).await.unwrap_err().to_string();
    assert!(error.contains("Unknown database"), "{error}");
    MySqlConnection::connect(second.url().as_str()).await.unwrap();
}

#[tokio::test]
async fn objects_are_kept_and_created_only_once() {
    let Some(server) = s3() else { return };
    let store = server.object_store().unwrap();
    let key = key_in(&server.fresh_prefix(), "a b+é.json");
    store.put(&key, PutPayload::from_static(b"one")).await.unwrap();
    assert_eq!(store.get(&key).await.unwrap().bytes().await.unwrap(), "one");
    let create = PutOptions::from(PutMode::Create);
    let error = store.put_opts(&key, PutPayload::from_static(b"two"), create).await.unwrap_err();
    assert!(matches!(error, object_store::Error::AlreadyExists { .. }), "{error}");
}

#[tokio::test]
async fn a_wrong_secret_is_refused() {
    let Some(server) = s3() else { return };
    let key = key_in(&server.fresh_prefix(), "key");
    let stranger = server.with_secret_access_key("wrong").object_store().unwrap();
    let error = stranger.put(&key, PutPayload::from_static(b"one")).await.unwrap_err().to_string();
    assert!(error.contains("SignatureDoesNotMatch"), "{error}");
}

#[test]
fn a_server_is_described_without_its_secrets() {
    let (Some(mysql), Some(s3)) = (mysql(), s3()) else {
        return;
    };
    let pairs = s3.env_pairs();
    let secret = &pairs.iter().find(|(name, _)| name == "AWS_SECRET_ACCESS_KEY").unwrap().1;
    assert!(!format!("{s3:?}").contains(secret));
    assert!(!format!("{mysql:?}").contains("mysql://"));
    assert!(pairs.contains(&("AWS_ALLOW_HTTP".to_owned(), "true".to_owned())));
}

fn key_in(prefix: &str, name: &str) -> Path {
    let folder = Url::parse(prefix).unwrap().path().trim_matches('/').to_owned();
    Path::from(folder).join(name)
}
