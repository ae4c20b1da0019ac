//! What is said of a column.

use arrow::datatypes::{DataType, Field, IntervalUnit};

use crate::wire::ColumnInfo;

/// Length of a varchar that has none.
const UNBOUNDED: i32 = i32::MAX;
/// Length of a varbinary.
const BINARY: i32 = 1 << 30;

/// Type name, precision and scale of an Arrow type.
fn described(data_type: &DataType) -> (&'static str, i32, i32) {
    match data_type {
        DataType::Null => ("unknown", 0, 0),
        DataType::Boolean => ("boolean", 0, 0),
        DataType::Int8 => ("tinyint", 3, 0),
        DataType::Int16 | DataType::UInt8 => ("smallint", 5, 0),
        DataType::Int32 | DataType::UInt16 => ("integer", 10, 0),
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => ("bigint", 19, 0),
        DataType::Float16 | DataType::Float32 => ("float", 17, 0),
        DataType::Float64 => ("double", 17, 0),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => ("decimal", i32::from(*precision), i32::from(*scale)),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ("varchar", UNBOUNDED, 0),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            ("varbinary", BINARY, 0)
        }
        DataType::Date32 | DataType::Date64 => ("date", 0, 0),
        DataType::Timestamp(_, None) => ("timestamp", 3, 0),
        DataType::Timestamp(_, Some(_)) => ("timestamp with time zone", 3, 0),
        DataType::Time32(_) | DataType::Time64(_) => ("time", 3, 0),
        DataType::Duration(_) => ("interval day to second", 0, 0),
        DataType::Interval(IntervalUnit::YearMonth) => ("interval year to month", 0, 0),
        DataType::Interval(_) => ("interval day to second", 0, 0),
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => ("array", 0, 0),
        DataType::Map(..) => ("map", 0, 0),
        DataType::Struct(_) | DataType::Union(..) => ("row", 0, 0),
        DataType::Dictionary(_, values) => described(values),
        DataType::RunEndEncoded(_, values) => described(values.data_type()),
    }
}

/// What is said of a column of a query's result.
#[must_use]
pub fn column_info(field: &Field) -> ColumnInfo {
    let (kind, precision, scale) = described(field.data_type());
    ColumnInfo {
        catalog_name: "hive".to_owned(),
        schema_name: String::new(),
        table_name: String::new(),
        name: field.name().clone(),
        label: field.name().clone(),
        kind: kind.to_owned(),
        precision,
        scale,
        nullable: "UNKNOWN".to_owned(),
        case_sensitive: kind == "varchar" || kind == "char",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::datatypes::TimeUnit;

    use super::*;

    #[track_caller]
    fn check(data_type: DataType, expected: (&str, i32, i32, bool)) {
        let found = column_info(&Field::new("x", data_type, true));
        assert_eq!((found.kind.as_str(), found.precision, found.scale, found.case_sensitive), expected);
        assert_eq!((found.name, found.label, found.nullable), ("x".to_owned(), "x".to_owned(), "UNKNOWN".to_owned()));
    }

    /// Rows of the table of types of Athena's documentation and of measurements of the service.
    #[test]
    fn types_have_athenas_names_and_precisions() {
        check(DataType::Boolean, ("boolean", 0, 0, false));
        check(DataType::Int8, ("tinyint", 3, 0, false));
        check(DataType::Int32, ("integer", 10, 0, false));
        check(DataType::Int64, ("bigint", 19, 0, false));
        check(DataType::Float32, ("float", 17, 0, false));
        check(DataType::Float64, ("double", 17, 0, false));
        check(DataType::Decimal128(10, 2), ("decimal", 10, 2, false));
        check(DataType::Utf8View, ("varchar", 2_147_483_647, 0, true));
        check(DataType::Binary, ("varbinary", 1_073_741_824, 0, false));
        check(DataType::Timestamp(TimeUnit::Nanosecond, None), ("timestamp", 3, 0, false));
        check(
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            ("varchar", 2_147_483_647, 0, true),
        );
        check(DataType::List(Arc::new(Field::new("item", DataType::Int32, true))), ("array", 0, 0, false));
    }
}
