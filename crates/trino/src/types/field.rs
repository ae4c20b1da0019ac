//! Trino's types as fields of Arrow, and back.

use std::{collections::HashMap, sync::Arc};

use arrow::datatypes::{DataType, Field, FieldRef, Fields, IntervalUnit, TimeUnit};

use super::TrinoType;

/// Key of the metadata of a field that says what its Arrow type does not.
pub const METADATA_KEY: &str = "trino.type";

impl TrinoType {
    /// The Arrow type that holds values of this type, without notes.
    #[must_use]
    pub fn data_type(&self) -> DataType {
        self.held_by(&|of, name, nullable| Arc::new(Field::new(name, of.data_type(), nullable)))
    }

    /// The Arrow type, the fields within made by a function.
    fn held_by(&self, field: &dyn Fn(&Self, &str, bool) -> FieldRef) -> DataType {
        match self {
            Self::Unknown => DataType::Null,
            Self::Boolean => DataType::Boolean,
            Self::Tinyint => DataType::Int8,
            Self::Smallint => DataType::Int16,
            Self::Integer => DataType::Int32,
            Self::Bigint => DataType::Int64,
            Self::Real => DataType::Float32,
            Self::Double => DataType::Float64,
            Self::Decimal { precision, scale } => DataType::Decimal128(*precision, *scale),
            Self::Varchar(_) | Self::Char(_) | Self::Json => DataType::Utf8,
            Self::Varbinary | Self::HyperLogLog | Self::TDigest | Self::QDigest(_) => DataType::Binary,
            Self::Uuid => DataType::FixedSizeBinary(16),
            Self::Date => DataType::Date32,
            Self::Time(_) => DataType::Time64(TimeUnit::Microsecond),
            Self::Timestamp(digits) => DataType::Timestamp(unit_of(*digits), None),
            Self::TimestampWithTimeZone(digits, zone) => {
                DataType::Timestamp(unit_of(*digits), Some(Arc::from(zone.as_str())))
            }
            Self::IntervalYearToMonth => DataType::Interval(IntervalUnit::YearMonth),
            Self::IntervalDayToSecond => DataType::Duration(TimeUnit::Millisecond),
            Self::Array(of) => DataType::List(field(of, "item", true)),
            Self::Map(keys, values) => {
                let entries = Fields::from(vec![field(keys, "key", false), field(values, "value", true)]);
                DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entries), false)), false)
            }
            Self::Row(fields) => {
                let named = fields.iter().enumerate().map(|(at, (name, of))| match name {
                    Some(name) => field(of, name, true),
                    None => field(of, &format!("{UNNAMED}{at}"), true),
                });
                DataType::Struct(named.collect())
            }
        }
    }

    /// A field of this type, with notes on it and on the fields within.
    #[must_use]
    pub fn field(&self, name: &str, nullable: bool) -> FieldRef {
        let noted = self.held_by(&|of, name, nullable| of.field(name, nullable));
        let field = Field::new(name, noted, nullable);
        Arc::new(match self.noted() {
            Some(noted) => field.with_metadata(HashMap::from([(METADATA_KEY.to_owned(), noted)])),
            None => field,
        })
    }

    /// The type of a field. Types that Trino does not have, such as unsigned integers, are the next larger that it has.
    #[must_use]
    pub fn of_field(field: &Field) -> Self {
        let noted = field.metadata().get(METADATA_KEY).map(String::as_str);
        match (noted.and_then(Self::from_note), field.data_type()) {
            (Some(noted), _) => noted,
            (None, data_type) => Self::of_data_type(data_type),
        }
    }

    /// The type that an Arrow type without metadata stands for.
    #[must_use]
    pub fn of_data_type(data_type: &DataType) -> Self {
        match data_type {
            DataType::Null => Self::Unknown,
            DataType::Boolean => Self::Boolean,
            DataType::Int8 => Self::Tinyint,
            DataType::Int16 | DataType::UInt8 => Self::Smallint,
            DataType::Int32 | DataType::UInt16 => Self::Integer,
            DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Self::Bigint,
            DataType::Float16 | DataType::Float32 => Self::Real,
            DataType::Float64 => Self::Double,
            DataType::Decimal32(precision, scale)
            | DataType::Decimal64(precision, scale)
            | DataType::Decimal128(precision, scale)
            | DataType::Decimal256(precision, scale) => Self::Decimal { precision: *precision, scale: *scale },
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Varchar(None),
            DataType::FixedSizeBinary(16) => Self::Uuid,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                Self::Varbinary
            }
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Time32(_) | DataType::Time64(_) => Self::Time(3),
            DataType::Timestamp(unit, None) => Self::Timestamp(digits_of(*unit)),
            DataType::Timestamp(unit, Some(zone)) => Self::TimestampWithTimeZone(digits_of(*unit), zone.to_string()),
            DataType::Interval(IntervalUnit::YearMonth) => Self::IntervalYearToMonth,
            DataType::Interval(_) | DataType::Duration(_) => Self::IntervalDayToSecond,
            DataType::List(of)
            | DataType::LargeList(of)
            | DataType::FixedSizeList(of, _)
            | DataType::ListView(of)
            | DataType::LargeListView(of) => Self::Array(Box::new(Self::of_field(of))),
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(fields) if fields.len() == 2 => {
                    Self::Map(Box::new(Self::of_field(&fields[0])), Box::new(Self::of_field(&fields[1])))
                }
                _ => Self::Unknown,
            },
            DataType::Struct(fields) => Self::Row(fields.iter().map(|field| row_member(field)).collect()),
            DataType::Union(..) => Self::Unknown,
            DataType::Dictionary(_, values) => Self::of_data_type(values),
            DataType::RunEndEncoded(_, values) => Self::of_field(values),
        }
    }

    /// Whether Arrow's type does not say it all, of this type or of one within.
    #[must_use]
    pub fn is_noted(&self) -> bool {
        match self {
            Self::Array(of) => of.is_noted(),
            Self::Map(keys, values) => keys.is_noted() || values.is_noted(),
            Self::Row(fields) => fields.iter().any(|(_, of)| of.is_noted()),
            _ => self.noted().is_some(),
        }
    }

    /// What the metadata have to say, if the Arrow type does not say it all.
    fn noted(&self) -> Option<String> {
        match self {
            Self::Varchar(Some(_))
            | Self::Char(_)
            | Self::Json
            | Self::HyperLogLog
            | Self::TDigest
            | Self::QDigest(_) => Some(self.to_string()),
            Self::Time(digits) if *digits != 3 => Some(self.to_string()),
            _ => None,
        }
    }

    fn from_note(note: &str) -> Option<Self> {
        let length = |prefix: &str| -> Option<u32> {
            note.strip_prefix(prefix)?.strip_prefix('(')?.strip_suffix(')')?.parse().ok()
        };
        Some(match note {
            "json" => Self::Json,
            "HyperLogLog" => Self::HyperLogLog,
            "tdigest" => Self::TDigest,
            "qdigest(bigint)" => Self::QDigest(Box::new(Self::Bigint)),
            "qdigest(double)" => Self::QDigest(Box::new(Self::Double)),
            "qdigest(real)" => Self::QDigest(Box::new(Self::Real)),
            _ => length("varchar")
                .map(|length| Self::Varchar(Some(length)))
                .or_else(|| length("char").map(Self::Char))
                .or_else(|| length("time").and_then(|digits| u8::try_from(digits).ok()).map(Self::Time))?,
        })
    }
}

/// Beginning of the Arrow name of a field that has none. DataFusion's `named_struct` and Ballista's shuffle keep it.
const UNNAMED: &str = "$field";

fn row_member(field: &Field) -> (Option<String>, TrinoType) {
    let is_named = !field.name().starts_with(UNNAMED);
    (is_named.then(|| field.name().clone()), TrinoType::of_field(field))
}

fn unit_of(digits: u8) -> TimeUnit {
    match digits {
        0..=3 => TimeUnit::Millisecond,
        4..=6 => TimeUnit::Microsecond,
        _ => TimeUnit::Nanosecond,
    }
}

fn digits_of(unit: TimeUnit) -> u8 {
    match unit {
        TimeUnit::Second | TimeUnit::Millisecond => 3,
        TimeUnit::Microsecond => 6,
        TimeUnit::Nanosecond => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(of: TrinoType, name: &str) {
        assert_eq!(of.to_string(), name);
        let field = of.field("x", true);
        assert_eq!(TrinoType::of_field(&field), of, "{name}");
        assert!(field.data_type().equals_datatype(&of.data_type()), "{name}");
        assert_eq!(of.is_noted(), TrinoType::of_data_type(&of.data_type()) != of, "{name}");
    }

    #[test]
    fn types_survive_their_way_through_arrow() {
        check(TrinoType::Integer, "integer");
        check(TrinoType::Varchar(Some(3)), "varchar(3)");
        check(TrinoType::Char(2), "char(2)");
        check(TrinoType::Time(6), "time(6)");
        check(TrinoType::Decimal { precision: 3, scale: 2 }, "decimal(3,2)");
        check(TrinoType::TimestampWithTimeZone(3, "Europe/Vienna".to_owned()), "timestamp(3) with time zone");
        check(TrinoType::Array(Box::new(TrinoType::Varchar(Some(1)))), "array(varchar(1))");
        check(TrinoType::Map(Box::new(TrinoType::Json), Box::new(TrinoType::Uuid)), "map(json, uuid)");
        let row = vec![(Some("a".to_owned()), TrinoType::Date), (None, TrinoType::IntervalDayToSecond)];
        check(TrinoType::Row(row), "row(a date, interval day to second)");
    }
}
