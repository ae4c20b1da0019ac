//! Bringing schemas up to date.

use std::path::Path;

use store::{Error, StoreOptions};

use crate::databases::{Kind, TestDatabase, connect, connect_error, on_each_database, on_mysql};
use crate::samples::{publish, shown};

/// Everything that a migration could have changed, as texts.
async fn schema(database: &TestDatabase) -> Vec<String> {
    let mut raw = database.raw().await;
    let tables = match database.kind {
        Kind::Sqlite => "SELECT name || ': ' || sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name",
        Kind::MySql => {
            "SELECT CONCAT(table_name, '.', column_name, ': ', column_type) FROM information_schema.columns \
             WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"
        }
    };
    let applied = match database.kind {
        Kind::Sqlite => "SELECT version || ' ' || installed_on || ' ' || execution_time FROM _sqlx_migrations",
        Kind::MySql => "SELECT CONCAT(version, ' ', installed_on, ' ', execution_time) FROM _sqlx_migrations",
    };
    let mut texts = raw.texts(tables).await;
    texts.extend(raw.texts(applied).await);
    texts
}

#[tokio::test]
async fn migrating_a_migrated_database_changes_nothing() {
    on_each_database(async |database| {
        let rows = publish(&database.store().await, "s1", 2, 2).await;
        let before = schema(database).await;
        assert!(before.len() > 20, "{before:?}");
        let store = database.store().await;
        assert_eq!(schema(database).await, before);
        assert_eq!(store.recommendations(0, 9).await.unwrap().len(), 2);
        assert_eq!(database.raw().await.current_predictions().await, shown(&rows));
    })
    .await;
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    on_each_database(async |database| {
        database.store().await.close().await;
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES (99990101000000, 'from the future', TRUE, X'00', 0)";
        database.raw().await.execute(newer).await;
        let error = connect_error(&database.url, &StoreOptions::default()).await;
        assert!(matches!(error, Error::SchemaTooNew { found: 99_990_101_000_000, .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("is at version 99990101000000, newer than version 2026"), "{text}");
        assert!(text.ends_with("use a newer program, or restore the database as it was before"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn an_edited_migration_is_noticed() {
    on_each_database(async |database| {
        database.store().await.close().await;
        let mut raw = database.raw().await;
        let version = raw.number("SELECT MIN(version) FROM _sqlx_migrations").await;
        raw.execute(&format!("UPDATE _sqlx_migrations SET checksum = X'00' WHERE version = {version}")).await;
        let error = connect_error(&database.url, &StoreOptions::default()).await;
        assert!(matches!(error, Error::SchemaDrift { version: found, .. } if found == version), "{error:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_migrate_once() {
    on_each_database(async |database| {
        let starts: Vec<_> = (0..5)
            .map(|_| {
                let url = database.url.clone();
                tokio::spawn(async move { connect(&url).await })
            })
            .collect();
        for start in starts {
            start.await.unwrap().ping().await.unwrap();
        }
        let doubled = "SELECT COUNT(*) - COUNT(DISTINCT version) FROM _sqlx_migrations";
        assert_eq!(database.raw().await.number(doubled).await, 0);
    })
    .await;
}

/// MySQL commits every statement of a schema at once, so a process can die between a migration and its being noted.
#[tokio::test]
async fn an_interrupted_migration_runs_again() {
    on_mysql(async |database| {
        database.store().await.close().await;
        let mut raw = database.raw().await;
        let versions = raw.number("SELECT COUNT(*) FROM _sqlx_migrations").await;
        for nth in 0..versions {
            let version = raw
                .number(&format!("SELECT version FROM _sqlx_migrations ORDER BY version LIMIT 1 OFFSET {nth}"))
                .await;
            raw.execute(&format!("DELETE FROM _sqlx_migrations WHERE version > {version}")).await;
            raw.execute(&format!("UPDATE _sqlx_migrations SET success = FALSE WHERE version = {version}")).await;
            let store = database.store().await;
            publish(&store, &format!("s{nth}"), 1, 1).await;
            assert_eq!(raw.number("SELECT COUNT(*) FROM _sqlx_migrations WHERE success").await, versions);
        }
    })
    .await;
}

#[test]
fn both_databases_have_the_same_migrations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sql/migrations");
    let names = |database: &str| {
        let entries = std::fs::read_dir(folder.join(database)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let sqlite = names("sqlite");
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, names("mysql"));
}

#[test]
fn every_mysql_migration_is_one_statement() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sql/migrations/mysql");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let sql = std::fs::read_to_string(&path).unwrap();
        let code: String = sql.lines().filter(|line| !line.starts_with("--")).collect();
        assert_eq!(code.matches(';').count(), 1, "{}", path.display());
        assert!(code.ends_with(';'), "{}", path.display());
    }
}
