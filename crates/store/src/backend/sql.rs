//! Statement texts.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

/// Which SQL a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    /// MySQL and MariaDB.
    MySql,
}

/// The text of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Sql {
    /// One text for both dialects.
    Same(&'static str),
    /// A text for each.
    Each { sqlite: &'static str, mysql: &'static str },
    /// A text made at run time out of literals and placeholders, never out of data.
    Built(Arc<str>),
}

impl Sql {
    pub(crate) fn text(&self, dialect: Dialect) -> SqlStr {
        match (self, dialect) {
            (Self::Same(text), _) => text.into_sql_str(),
            (Self::Each { sqlite, .. }, Dialect::Sqlite) => sqlite.into_sql_str(),
            (Self::Each { mysql, .. }, Dialect::MySql) => mysql.into_sql_str(),
            (Self::Built(text), _) => AssertSqlSafe(Arc::clone(text)).into_sql_str(),
        }
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self::Same(text)
    }
}
