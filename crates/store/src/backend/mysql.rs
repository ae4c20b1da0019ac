//! MySQL and MariaDB.

use std::net::IpAddr;

use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, raw_sql};
use tracing::info;
use url::Url;

use crate::backend::access::{connected, reached};
use crate::backend::pool::Connections;
use crate::database_url::DatabaseUrl;
use crate::{Error, StoreOptions, migrations};

/// What every connection is told first.
///
/// READ COMMITTED takes no gap locks, so parallel loads do not block each other. Strict mode refuses a value that does
/// not fit instead of cutting it. The lock wait ends before the call that waits does.
const SESSION_SETTINGS: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
     SET SESSION innodb_lock_wait_timeout = 10, SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')";

pub(super) async fn open(url: &DatabaseUrl, server: &Url, options: &StoreOptions) -> Result<Connections, Error> {
    let settings = connect_options(url, server)?;
    let mut first = match reached(url, options, || settings.connect()).await {
        Err(Error::UnknownDatabase { .. }) if options.create_database => {
            create_database(url, server, options).await?;
            reached(url, options, || settings.connect()).await?
        }
        result => result?,
    };
    migrations::run_on_mysql(url, &mut first, options.migration_timeout).await?;
    // A failure to close politely leaves nothing behind: the server drops the session with its socket.
    let _ = first.close().await;
    let pool = MySqlPoolOptions::new()
        .max_connections(options.max_connections.max(1))
        .acquire_timeout(options.acquire_timeout)
        .after_connect(|connection, _| {
            Box::pin(async move { raw_sql(SESSION_SETTINGS).execute(connection).await.map(drop) })
        })
        .connect_lazy_with(settings);
    Ok(Connections::MySql(pool))
}

async fn create_database(url: &DatabaseUrl, server: &Url, options: &StoreOptions) -> Result<(), Error> {
    let name = server.path().trim_start_matches('/');
    let mut server_alone = server.clone();
    server_alone.set_path("");
    let settings = connect_options(url, &server_alone)?;
    let mut connection = connected(url, options.acquire_timeout, settings.connect()).await?;
    // The URL's parser has refused names with a backtick in them.
    let statement = format!("CREATE DATABASE IF NOT EXISTS `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci");
    let creating = async { raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.map(drop) };
    connected(url, options.acquire_timeout, creating).await?;
    info!(database = name, "database created");
    let _ = connection.close().await;
    Ok(())
}

fn connect_options(url: &DatabaseUrl, server: &Url) -> Result<MySqlConnectOptions, Error> {
    let settings = MySqlConnectOptions::from_url(server)
        .map_err(|error| Error::InvalidUrl { url: url.to_string(), reason: error.to_string() })?;
    // The driver's own default encrypts where it can, and asks nobody who they are.
    let settings = if needs_proof(server) { settings.ssl_mode(MySqlSslMode::VerifyIdentity) } else { settings };
    Ok(settings.disable_statement_logging())
}

/// Whether a server has to show a certificate: on another machine, unless the address says otherwise.
fn needs_proof(server: &Url) -> bool {
    let host = server.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    !is_here && !server.query_pairs().any(|(option, _)| ["ssl-mode", "sslmode", "socket"].contains(&option.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: bool) {
        assert_eq!(needs_proof(&url.parse().unwrap()), expected, "{url}");
    }

    #[test]
    fn servers_elsewhere_have_to_prove_who_they_are() {
        check("mysql://segue@db.example/segue", true);
        check("mysql://segue@10.0.0.7:3306/segue?ssl-ca=/etc/ca.pem", true);
        check("mysql://segue@db.example/segue?ssl-mode=DISABLED", false);
        check("mysql://segue@db/segue?socket=/run/mysqld.sock", false);
        check("mysql://segue@localhost/segue", false);
        check("mysql://segue@127.0.0.1:3306/segue", false);
        check("mysql://segue@[::1]/segue", false);
    }
}
