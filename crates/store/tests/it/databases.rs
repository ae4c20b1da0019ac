//! Databases for tests: each test has its own and drops it.

use std::path::Path;

use sqlx::mysql::MySqlConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Row, raw_sql};
use store::{DatabaseUrl, Store, StoreOptions};
use tempfile::TempDir;
use uuid::Uuid;

/// An empty database of one test.
pub(crate) struct TestDatabase {
    pub(crate) kind: Kind,
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    MySql,
}

/// A connection past the store, to look at the tables and to tamper with them.
pub(crate) enum Raw {
    Sqlite(SqliteConnection),
    MySql(MySqlConnection),
}

/// Runs a test on a fresh SQLite file and, where there is a server, on a fresh database there.
pub(crate) async fn on_each_database(test: impl AsyncFn(&TestDatabase)) {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder.path().join("segue.db"));
    test(&TestDatabase { kind: Kind::Sqlite, url, _folder: Some(folder) }).await;
    on_mysql(test).await;
}

/// Runs a test on a fresh database of the server at `TEST_MYSQL_URL`, and drops the database. A test that panics leaves
/// its database behind for inspection.
pub(crate) async fn on_mysql(test: impl AsyncFn(&TestDatabase)) {
    let Some(server) = mysql_server() else {
        return;
    };
    let name = format!("segue_test_{}", Uuid::new_v4().simple());
    let database = TestDatabase { kind: Kind::MySql, url: format!("{server}/{name}"), _folder: None };
    test(&database).await;
    let mut server = MySqlConnection::connect(&server).await.unwrap();
    raw_sql(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name}"))).execute(&mut server).await.unwrap();
}

/// The address of the server without a database and without a slash at its end.
#[expect(clippy::disallowed_methods, reason = "tests find services by environment variables")]
fn mysql_server() -> Option<String> {
    if let Ok(url) = std::env::var("TEST_MYSQL_URL") {
        return Some(url.trim_end_matches('/').to_owned());
    }
    assert!(std::env::var("CI").is_err(), "TEST_MYSQL_URL is not set, and CI must test MySQL");
    eprintln!("skipped on MySQL: set TEST_MYSQL_URL, for example to mysql://root@127.0.0.1:3306/");
    None
}

pub(crate) fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}", path.display())
}

/// Opens a store and expects that it works.
pub(crate) async fn connect(url: &str) -> Store {
    Store::connect(&url.parse().unwrap(), &StoreOptions::default()).await.unwrap()
}

/// Opens a store and expects that it does not work.
pub(crate) async fn connect_error(url: &str, options: &StoreOptions) -> store::Error {
    let url: DatabaseUrl = url.parse().unwrap();
    Store::connect(&url, options).await.unwrap_err()
}

impl TestDatabase {
    pub(crate) async fn store(&self) -> Store {
        connect(&self.url).await
    }

    pub(crate) async fn raw(&self) -> Raw {
        match self.kind {
            Kind::Sqlite => Raw::Sqlite(SqliteConnection::connect(&self.url).await.unwrap()),
            Kind::MySql => Raw::MySql(MySqlConnection::connect(&self.url).await.unwrap()),
        }
    }
}

impl Raw {
    /// Executes a statement.
    pub(crate) async fn execute(&mut self, sql: &str) {
        match self {
            Self::Sqlite(connection) => raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop).unwrap(),
            Self::MySql(connection) => raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop).unwrap(),
        }
    }

    /// Executes a statement that yields one text in each row.
    pub(crate) async fn texts(&mut self, sql: &str) -> Vec<String> {
        match self {
            Self::Sqlite(connection) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap();
                rows.iter().map(|row| row.get_unchecked(0)).collect()
            }
            Self::MySql(connection) => {
                let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap();
                rows.iter().map(|row| row.get_unchecked(0)).collect()
            }
        }
    }

    /// Executes a statement that yields one number.
    pub(crate) async fn number(&mut self, sql: &str) -> i64 {
        match self {
            Self::Sqlite(connection) => {
                sqlx::query(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap().get_unchecked(0)
            }
            Self::MySql(connection) => {
                sqlx::query(AssertSqlSafe(sql)).fetch_one(connection).await.unwrap().get_unchecked(0)
            }
        }
    }

    /// All rows that readers see, as `playlist/rank/uri`, in one statement.
    pub(crate) async fn current_predictions(&mut self) -> Vec<String> {
        let shown = match self {
            Self::Sqlite(_) => "playlist_id || '/' || rank_no || '/' || track_uri",
            Self::MySql(_) => "CONCAT(playlist_id, '/', rank_no, '/', track_uri)",
        };
        self.texts(&format!("SELECT {shown} FROM current_predictions ORDER BY playlist_id, rank_no")).await
    }
}
