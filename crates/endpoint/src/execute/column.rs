//! What is said of a column of a result.

use athena::{values::column_info, wire::ColumnInfo};
use trino::TrinoType;

/// Name, type and precision of a column of a query, by its type of Trino's: what Arrow holds as texts or bytes may be
/// more than that.
pub(super) fn column_of(name: &str, of: &TrinoType) -> ColumnInfo {
    let column = column_info(&of.field(name, true));
    let length = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
    let (kind, precision) = match of {
        TrinoType::Varchar(Some(limit)) => ("varchar", length(*limit)),
        TrinoType::Char(limit) => ("char", length(*limit)),
        TrinoType::Json => ("json", 0),
        TrinoType::Uuid => ("uuid", 0),
        TrinoType::HyperLogLog => ("HyperLogLog", 0),
        TrinoType::TDigest => ("tdigest", 0),
        TrinoType::QDigest(_) => ("qdigest", 0),
        _ => return column,
    };
    ColumnInfo { kind: kind.to_owned(), precision, case_sensitive: matches!(kind, "varchar" | "char"), ..column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(of: TrinoType, expected: (&str, i32, i32, bool)) {
        let found = column_of("x", &of);
        assert_eq!((found.kind.as_str(), found.precision, found.scale, found.case_sensitive), expected);
        assert_eq!((found.name.as_str(), found.label.as_str()), ("x", "x"));
    }

    #[test]
    fn what_arrow_has_no_type_for_is_called_by_its_own_name() {
        check(TrinoType::Varchar(Some(5)), ("varchar", 5, 0, true));
        check(TrinoType::Varchar(None), ("varchar", i32::MAX, 0, true));
        check(TrinoType::Char(2), ("char", 2, 0, true));
        check(TrinoType::Json, ("json", 0, 0, false));
        check(TrinoType::Uuid, ("uuid", 0, 0, false));
        check(TrinoType::Real, ("float", 17, 0, false));
        check(TrinoType::Decimal { precision: 10, scale: 2 }, ("decimal", 10, 2, false));
        check(TrinoType::Array(Box::new(TrinoType::Json)), ("array", 0, 0, false));
    }
}
