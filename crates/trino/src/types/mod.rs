//! Trino's types.
//!
//! | Trino | Arrow | metadata `trino.type` |
//! |---|---|---|
//! | `boolean`, `tinyint`, `smallint`, `integer`, `bigint`, `real`, `double` | `Boolean`, `Int8` to `Int64`, `Float32`, `Float64` | |
//! | `decimal(p, s)` | `Decimal128(p, s)` | |
//! | `varchar`, `varchar(n)`, `char(n)` | `Utf8`; `Utf8View` and `LargeUtf8` are read | `varchar(n)`, `char(n)` |
//! | `varbinary` | `Binary` | |
//! | `date`, `time(p)` | `Date32`, `Time64(Microsecond)` | `time(p)` unless p is 3 |
//! | `timestamp(p)` | `Timestamp` of milliseconds (p ≤ 3), microseconds (p ≤ 6) or nanoseconds, without zone | |
//! | `timestamp(p) with time zone` | the same with a zone, one for all rows | |
//! | `interval year to month`, `interval day to second` | `Interval(YearMonth)`, `Duration(Millisecond)` | |
//! | `array(t)`, `map(k, v)`, `row(…)` | `List`, `Map`, `Struct` | |
//! | `json`, `uuid`, `HyperLogLog`, `tdigest`, `qdigest(t)` | `Utf8`, `FixedSizeBinary(16)`, `Binary` | the name |
//! | `unknown` | `Null` | |

mod field;
mod name;
mod parse;
mod tokens;

pub use field::METADATA_KEY;

/// A type of Trino's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are Trino's")]
pub enum TrinoType {
    /// The type of a bare NULL.
    Unknown,
    Boolean,
    Tinyint,
    Smallint,
    Integer,
    Bigint,
    Real,
    Double,
    Decimal {
        precision: u8,
        scale: i8,
    },
    /// With its greatest length in characters, if it has one.
    Varchar(Option<u32>),
    /// With its length in characters.
    Char(u32),
    Varbinary,
    Date,
    /// With the digits of its fraction of a second.
    Time(u8),
    /// With the digits of its fraction of a second.
    Timestamp(u8),
    /// With the digits of its fraction of a second and the zone of all its values.
    TimestampWithTimeZone(u8, String),
    IntervalYearToMonth,
    IntervalDayToSecond,
    Json,
    Uuid,
    HyperLogLog,
    TDigest,
    QDigest(Box<TrinoType>),
    Array(Box<TrinoType>),
    Map(Box<TrinoType>, Box<TrinoType>),
    /// Fields, with their names if they have some.
    Row(Vec<(Option<String>, TrinoType)>),
}
