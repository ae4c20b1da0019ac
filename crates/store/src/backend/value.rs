//! Values that statements bind.

use sqlx::query::Query;
use sqlx::{Database, Encode, Type};

/// A parameter of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'v> {
    Int(Option<i64>),
    Real(f64),
    Text(Option<&'v str>),
}

/// Binds all values, in order.
pub(super) fn bind_all<'q, DB>(
    mut query: Query<'q, DB, DB::Arguments>,
    values: &[Value<'_>],
) -> Query<'q, DB, DB::Arguments>
where
    DB: Database,
    Option<i64>: for<'t> Encode<'t, DB> + Type<DB>,
    f64: for<'t> Encode<'t, DB> + Type<DB>,
    for<'t> Option<&'t str>: Encode<'t, DB> + Type<DB>,
{
    for value in values {
        query = match *value {
            Value::Int(int) => query.bind(int),
            Value::Real(real) => query.bind(real),
            Value::Text(text) => query.bind(text),
        };
    }
    query
}

impl From<i64> for Value<'_> {
    fn from(int: i64) -> Self {
        Self::Int(Some(int))
    }
}

impl From<u32> for Value<'_> {
    fn from(int: u32) -> Self {
        Self::Int(Some(i64::from(int)))
    }
}

/// Counts of rows, bytes or milliseconds. One beyond 2^63 cannot occur; it would be stored as 2^63 - 1.
impl From<u64> for Value<'_> {
    fn from(count: u64) -> Self {
        Self::Int(Some(i64::try_from(count).unwrap_or(i64::MAX)))
    }
}

impl From<Option<u64>> for Value<'_> {
    fn from(count: Option<u64>) -> Self {
        count.map_or(Self::Int(None), Self::from)
    }
}

impl From<f32> for Value<'_> {
    fn from(real: f32) -> Self {
        Self::Real(f64::from(real))
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(Some(text))
    }
}

impl<'v> From<Option<&'v str>> for Value<'v> {
    fn from(text: Option<&'v str>) -> Self {
        Self::Text(text)
    }
}
