//! A MySQL server, and databases that last as long as their test.

use std::{fmt, thread};

use anyhow::{Context, Result};
use sqlx::mysql::MySqlConnection;
use sqlx::{AssertSqlSafe, Connection};
use url::Url;
use uuid::Uuid;

use super::require::{refuse, required};

const URL_VARIABLE: &str = "TEST_MYSQL_URL";

/// Finds the server that `TEST_MYSQL_URL` names, such as `mysql://root@127.0.0.1:3306/`.
///
/// # Panics
/// If the variable holds no URL, or is not set although `CI` is.
pub fn mysql() -> Option<MySqlServer> {
    let text = required(URL_VARIABLE)?;
    match Url::parse(&text) {
        Ok(url) if url.scheme() == "mysql" => Some(MySqlServer { url }),
        Ok(url) => refuse(URL_VARIABLE, format!("expected mysql://, found {}://", url.scheme())),
        Err(error) => refuse(URL_VARIABLE, error),
    }
}

/// A MySQL server on which the tests may create databases.
#[derive(Clone)]
pub struct MySqlServer {
    url: Url,
}

impl MySqlServer {
    /// Creates an empty database that no other test knows.
    ///
    /// # Errors
    /// If the server refuses the connection or the statement.
    pub async fn fresh_database(&self) -> Result<FreshDatabase> {
        let name = format!("segue_test_{}", Uuid::now_v7().simple());
        self.execute(format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).await?;
        let mut url = self.url.clone();
        url.set_path(&name);
        Ok(FreshDatabase { server: self.clone(), name, url })
    }

    async fn execute(&self, statement: String) -> Result<()> {
        let mut connection =
            MySqlConnection::connect(self.url.as_str()).await.context("connecting to the server of TEST_MYSQL_URL")?;
        sqlx::raw_sql(AssertSqlSafe(statement.as_str()))
            .execute(&mut connection)
            .await
            .with_context(|| format!("executing {statement}"))?;
        connection.close().await?;
        Ok(())
    }
}

impl fmt::Debug for MySqlServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a password.
        formatter.debug_struct("MySqlServer").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

/// A database that is dropped with this value.
#[derive(Debug)]
pub struct FreshDatabase {
    server: MySqlServer,
    name: String,
    url: Url,
}

impl FreshDatabase {
    /// Returns the name, unique among all test runs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the URL to connect to it with.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        let server = self.server.clone();
        let statement = format!("DROP DATABASE IF EXISTS {}", self.name);
        // A thread of its own: this may run inside a runtime, which cannot be blocked on.
        let dropped = thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(server.execute(statement))
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            report_leftover(&self.name);
        }
    }
}

#[expect(clippy::print_stderr, reason = "a destructor can neither fail nor log to a test")]
fn report_leftover(name: &str) {
    eprintln!("could not drop the database {name}: it stays until the server is stopped");
}
