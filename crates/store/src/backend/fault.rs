//! What went wrong in one attempt, before anyone has decided whether to try again.

use std::time::Duration;

use sqlx::Error as SqlxError;
use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlDatabaseError;

use crate::Error;

/// The outcome of an attempt that did not succeed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The store itself refuses; trying again would not help.
    Refused(Error),
    /// The driver or the server failed.
    Database(SqlxError),
    /// The attempt took too long.
    TimedOut(Duration),
    /// Another attempt may succeed a little later. The error is for when none does.
    TryAgain(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<SqlxError> for Fault {
    fn from(error: SqlxError) -> Self {
        Self::Database(error)
    }
}

/// Errors of MySQL and MariaDB after which the same statement may succeed: too many connections, shutdown, lock wait,
/// deadlock, interrupted, connection killed, session killed, disconnected for inactivity.
const MYSQL_TRANSIENT: [u16; 8] = [1040, 1053, 1205, 1213, 1317, 1927, 3169, 4031];

/// Primary codes of SQLite after which the same statement may succeed: busy, locked.
const SQLITE_TRANSIENT: [i32; 2] = [5, 6];

/// Whether the same work may succeed when it is done again.
pub(super) fn is_transient(error: &SqlxError) -> bool {
    match error {
        SqlxError::Io(_) => true,
        SqlxError::Database(error) => match (mysql_number(error.as_ref()), sqlite_code(error.as_ref())) {
            (Some(number), _) => MYSQL_TRANSIENT.contains(&number),
            (None, Some(code)) => SQLITE_TRANSIENT.contains(&code),
            (None, None) => false,
        },
        _ => false,
    }
}

/// Whether the connection can be used further: the server answered, with rows or with an error.
pub(super) fn leaves_connection_usable(error: &SqlxError) -> bool {
    matches!(
        error,
        SqlxError::Database(_)
            | SqlxError::ColumnDecode { .. }
            | SqlxError::ColumnNotFound(_)
            | SqlxError::Decode(_)
            | SqlxError::RowNotFound
    )
}

/// The server refuses the user: 1044 database, 1045 password, 1698 authentication plug-in, 1142 table.
pub(super) fn is_access_denied(error: &SqlxError) -> bool {
    number_of(error).is_some_and(|number| [1044, 1045, 1142, 1698].contains(&number))
}

pub(super) fn is_unknown_database(error: &SqlxError) -> bool {
    number_of(error) == Some(1049)
}

/// The two ends do not agree on encryption, for want of a certificate that is trusted for example.
pub(super) fn is_untrusted(error: &SqlxError) -> bool {
    match error {
        SqlxError::Tls(_) => true,
        // How rustls says it.
        SqlxError::Io(error) => error.kind() == std::io::ErrorKind::InvalidData,
        _ => false,
    }
}

/// The file is not a SQLite database.
pub(super) fn is_not_a_database(error: &SqlxError) -> bool {
    error.as_database_error().and_then(sqlite_code) == Some(26)
}

fn number_of(error: &SqlxError) -> Option<u16> {
    error.as_database_error().and_then(mysql_number)
}

fn mysql_number(error: &dyn DatabaseError) -> Option<u16> {
    error.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
}

/// The primary result code, which is the lowest byte of the extended one.
fn sqlite_code(error: &dyn DatabaseError) -> Option<i32> {
    let code: i32 = error.code()?.parse().ok()?;
    Some(code & 0xff)
}
