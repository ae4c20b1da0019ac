//! Bringing the schema up to date when a database is opened.
//!
//! The files are in `sql/migrations/{sqlite,mysql}` and are part of the program. Processes that start together migrate
//! one after the other: SQLite's write lock and a named lock of MySQL see to that.

use std::time::Duration;

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::mysql::MySqlConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, query, query_scalar};
use tokio::time::error::Elapsed;
use tokio::time::timeout;

use crate::{DatabaseUrl, Error};

/// Lock names are shared by all databases of a server and at most 64 characters long, hence the hash. `MD5` would do as
/// well, but MySQL 9.6 removed it.
const LOCK: &str = "SELECT GET_LOCK(CONCAT('segue.', SHA2(DATABASE(), 224)), ?)";
const UNLOCK: &str = "SELECT RELEASE_LOCK(CONCAT('segue.', SHA2(DATABASE(), 224)))";

fn sqlite_migrator() -> Migrator {
    sqlx::migrate!("../../sql/migrations/sqlite")
}

fn mysql_migrator() -> Migrator {
    sqlx::migrate!("../../sql/migrations/mysql")
}

/// Runs what is missing, all of it in one transaction.
pub(crate) async fn run_on_sqlite(
    url: &DatabaseUrl,
    connection: &mut SqliteConnection,
    limit: Duration,
) -> Result<(), Error> {
    let migrator = sqlite_migrator();
    let running = async {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        run(&migrator, &mut *transaction).await?;
        transaction.commit().await?;
        Ok(Progress::Done)
    };
    outcome(url, &migrator, limit, timeout(limit, running).await)
}

/// Runs what is missing, one statement after the other; MySQL commits each at once.
pub(crate) async fn run_on_mysql(
    url: &DatabaseUrl,
    connection: &mut MySqlConnection,
    limit: Duration,
) -> Result<(), Error> {
    let mut migrator = mysql_migrator();
    // The migrator's own lock waits without limit; ours takes its place.
    migrator.set_locking(false);
    let running = async {
        if !lock(connection, limit).await? {
            return Ok(Progress::LockedByAnother);
        }
        forget_interrupted(connection).await?;
        run(&migrator, &mut *connection).await?;
        query(UNLOCK).execute(&mut *connection).await?;
        Ok(Progress::Done)
    };
    outcome(url, &migrator, limit, timeout(limit, running).await)
}

/// Runs what is missing on this very connection. `Migrator::run` would do so, too, but its future cannot be proven
/// `Send` for a borrowed connection (the compiler finds `Acquire` "not general enough"), and callers spawn this one.
async fn run<C: Migrate>(migrator: &Migrator, connection: &mut C) -> Result<(), MigrateError> {
    migrator.run_direct(None, connection, false).await
}

/// How far a migration came without an error.
enum Progress {
    Done,
    LockedByAnother,
}

/// Takes the lock that only one migrating process holds. It is freed when the connection closes.
async fn lock(connection: &mut MySqlConnection, limit: Duration) -> Result<bool, MigrateError> {
    let seconds = i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
    let locked: Option<i64> = query_scalar(LOCK).bind(seconds).fetch_one(connection).await?;
    Ok(locked == Some(1))
}

/// Removes the mark of a migration during which the process died, so that it runs again.
///
/// A MySQL migration is one statement that can be executed twice (`sql/migrations/README.md`), so it does not matter
/// how far it came.
async fn forget_interrupted(connection: &mut MySqlConnection) -> Result<(), MigrateError> {
    let tables: i64 = query_scalar(
        "SELECT COUNT(*) FROM information_schema.tables \
         WHERE table_schema = DATABASE() AND table_name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *connection)
    .await?;
    if tables > 0 {
        query("DELETE FROM _sqlx_migrations WHERE success = FALSE").execute(connection).await?;
    }
    Ok(())
}

fn outcome(
    url: &DatabaseUrl,
    migrator: &Migrator,
    limit: Duration,
    result: Result<Result<Progress, MigrateError>, Elapsed>,
) -> Result<(), Error> {
    let url = url.to_string();
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    match result {
        Ok(Ok(Progress::Done)) => Ok(()),
        Ok(Ok(Progress::LockedByAnother)) | Err(_) => Err(Error::MigrationTimeout { url, limit }),
        Ok(Err(MigrateError::VersionMissing(found))) if found > known => Err(Error::SchemaTooNew { url, found, known }),
        Ok(Err(MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version))) => {
            Err(Error::SchemaDrift { url, version })
        }
        Ok(Err(source)) => Err(Error::Migration { url, source }),
    }
}
