//! Rows that statements yield.

use sqlx::mysql::MySqlRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Error as SqlxError, Row as _};

/// A row of either driver. Columns are read by name.
///
/// The reads are unchecked in sqlx's sense: the declared type need not match to the letter, because MySQL tells signed
/// from unsigned and `FLOAT` from `DOUBLE` while SQLite tells neither. Values that do not decode are errors all the
/// same.
#[derive(Debug)]
pub(crate) enum Row {
    Sqlite(SqliteRow),
    MySql(MySqlRow),
}

impl Row {
    pub(crate) fn optional_int(&self, column: &'static str) -> Result<Option<i64>, SqlxError> {
        match self {
            Self::Sqlite(row) => row.try_get_unchecked(column),
            Self::MySql(row) => row.try_get_unchecked(column),
        }
    }

    pub(crate) fn int(&self, column: &'static str) -> Result<i64, SqlxError> {
        self.optional_int(column)?.ok_or_else(|| unexpected_null(column))
    }

    /// A count or a size, which is never negative.
    pub(crate) fn count(&self, column: &'static str) -> Result<u64, SqlxError> {
        u64::try_from(self.int(column)?).map_err(|source| undecodable(column, source))
    }

    /// A number of a column that is 32 bits wide or less.
    pub(crate) fn small_count<T: TryFrom<i64, Error = std::num::TryFromIntError>>(
        &self,
        column: &'static str,
    ) -> Result<T, SqlxError> {
        T::try_from(self.int(column)?).map_err(|source| undecodable(column, source))
    }

    pub(crate) fn optional_small_count<T: TryFrom<i64, Error = std::num::TryFromIntError>>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, SqlxError> {
        let int = self.optional_int(column)?;
        int.map(T::try_from).transpose().map_err(|source| undecodable(column, source))
    }

    pub(crate) fn optional_count(&self, column: &'static str) -> Result<Option<u64>, SqlxError> {
        let int = self.optional_int(column)?;
        int.map(u64::try_from).transpose().map_err(|source| undecodable(column, source))
    }

    pub(crate) fn real(&self, column: &'static str) -> Result<f32, SqlxError> {
        match self {
            // SQLite knows doubles only; every score was a single before it was stored.
            #[expect(clippy::cast_possible_truncation, reason = "the value was widened from f32, so nothing is lost")]
            Self::Sqlite(row) => row.try_get_unchecked::<f64, _>(column).map(|double| double as f32),
            Self::MySql(row) => row.try_get_unchecked(column),
        }
    }

    pub(crate) fn optional_text(&self, column: &'static str) -> Result<Option<String>, SqlxError> {
        match self {
            Self::Sqlite(row) => row.try_get_unchecked(column),
            Self::MySql(row) => row.try_get_unchecked(column),
        }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, SqlxError> {
        self.optional_text(column)?.ok_or_else(|| unexpected_null(column))
    }

    /// A text that is parsed further.
    pub(crate) fn parsed<T, E>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, SqlxError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        parse(&self.text(column)?).map_err(|source| undecodable(column, source))
    }
}

/// The error of a value that is not what the column should hold.
pub(crate) fn undecodable(
    column: &'static str,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> SqlxError {
    SqlxError::ColumnDecode { index: column.to_owned(), source: source.into() }
}

fn unexpected_null(column: &'static str) -> SqlxError {
    undecodable(column, "unexpected null")
}
