//! Which types become which without a cast.

use crate::TrinoType;

/// The least type that values of both have, if there is one.
pub(super) fn common(left: &TrinoType, right: &TrinoType) -> Option<TrinoType> {
    use TrinoType as T;
    if left == right {
        return Some(left.clone());
    }
    Some(match (left, right) {
        (T::Unknown, other) | (other, T::Unknown) => other.clone(),
        (T::Varchar(a), T::Varchar(b)) => T::Varchar(a.zip(*b).map(|(a, b)| a.max(b))),
        (T::Char(a), T::Char(b)) => T::Char(*a.max(b)),
        (T::Char(a), T::Varchar(Some(b))) | (T::Varchar(Some(b)), T::Char(a)) => T::Char(*a.max(b)),
        (T::Date, T::Timestamp(digits)) | (T::Timestamp(digits), T::Date) => T::Timestamp(*digits),
        (T::Time(a), T::Time(b)) => T::Time(*a.max(b)),
        (T::Timestamp(a), T::Timestamp(b)) => T::Timestamp(*a.max(b)),
        (T::TimestampWithTimeZone(a, zone), T::Timestamp(b) | T::TimestampWithTimeZone(b, _))
        | (T::Timestamp(b), T::TimestampWithTimeZone(a, zone)) => T::TimestampWithTimeZone(*a.max(b), zone.clone()),
        (zoned @ T::TimestampWithTimeZone(..), T::Date) | (T::Date, zoned @ T::TimestampWithTimeZone(..)) => {
            zoned.clone()
        }
        (T::Array(a), T::Array(b)) => T::Array(Box::new(common(a, b)?)),
        (T::Map(a, b), T::Map(c, d)) => T::Map(Box::new(common(a, c)?), Box::new(common(b, d)?)),
        (T::Row(a), T::Row(b)) if a.len() == b.len() => {
            let fields = a.iter().zip(b).map(|((name, of), (other_name, other))| {
                let name = if name == other_name { name.clone() } else { None };
                Some((name, common(of, other)?))
            });
            T::Row(fields.collect::<Option<_>>()?)
        }
        _ => return number(left, right),
    })
}

/// The least number type for both.
fn number(left: &TrinoType, right: &TrinoType) -> Option<TrinoType> {
    use TrinoType as T;
    if let (Some(a), Some(b)) = (rank(left), rank(right)) {
        return Some(if a > b { left.clone() } else { right.clone() });
    }
    match (left, right) {
        (float @ (T::Real | T::Double), other) | (other, float @ (T::Real | T::Double)) => match other {
            T::Real | T::Double => Some(T::Double),
            T::Decimal { .. } => Some(float.clone()),
            other => rank(other).map(|_| float.clone()),
        },
        (T::Decimal { precision, scale }, other) | (other, T::Decimal { precision, scale }) => {
            let (p, s) = decimal(other)?;
            let whole = (i16::from(*precision) - i16::from(*scale)).max(i16::from(p) - i16::from(s));
            let scale = (*scale).max(s);
            let precision = u8::try_from((whole + i16::from(scale)).min(38)).ok()?;
            Some(T::Decimal { precision, scale })
        }
        _ => None,
    }
}

/// Order of the whole numbers.
fn rank(of: &TrinoType) -> Option<u8> {
    match of {
        TrinoType::Tinyint => Some(0),
        TrinoType::Smallint => Some(1),
        TrinoType::Integer => Some(2),
        TrinoType::Bigint => Some(3),
        _ => None,
    }
}

/// Precision and scale of the decimals that a number becomes.
fn decimal(of: &TrinoType) -> Option<(u8, i8)> {
    match of {
        TrinoType::Tinyint => Some((3, 0)),
        TrinoType::Smallint => Some((5, 0)),
        TrinoType::Integer => Some((10, 0)),
        TrinoType::Bigint => Some((19, 0)),
        TrinoType::Decimal { precision, scale } => Some((*precision, *scale)),
        _ => None,
    }
}

pub(super) fn is_number(of: &TrinoType) -> bool {
    decimal(of).is_some() || matches!(of, TrinoType::Real | TrinoType::Double)
}

pub(super) fn is_floating(of: &TrinoType) -> bool {
    matches!(of, TrinoType::Double | TrinoType::Real)
}

pub(super) fn is_integer(of: &TrinoType) -> bool {
    rank(of).is_some()
}

pub(super) fn is_text(of: &TrinoType) -> bool {
    matches!(of, TrinoType::Varchar(_) | TrinoType::Char(_))
}

/// Times, dates and intervals.
pub(super) fn is_temporal(of: &TrinoType) -> bool {
    matches!(
        of,
        TrinoType::Date
            | TrinoType::Time(_)
            | TrinoType::Timestamp(_)
            | TrinoType::TimestampWithTimeZone(..)
            | TrinoType::IntervalDayToSecond
            | TrinoType::IntervalYearToMonth
    )
}

/// Whether `<` and its like are defined.
pub(super) fn is_orderable(of: &TrinoType) -> bool {
    match of {
        TrinoType::Array(of) => is_orderable(of),
        TrinoType::Row(fields) => fields.iter().all(|(_, of)| is_orderable(of)),
        other => !matches!(other, TrinoType::Map(..)) && is_comparable(other),
    }
}

/// Whether `=` is defined.
pub(super) fn is_comparable(of: &TrinoType) -> bool {
    match of {
        TrinoType::Array(of) => is_comparable(of),
        TrinoType::Map(keys, values) => is_comparable(keys) && is_comparable(values),
        TrinoType::Row(fields) => fields.iter().all(|(_, of)| is_comparable(of)),
        other => !matches!(other, TrinoType::HyperLogLog | TrinoType::TDigest | TrinoType::QDigest(_)),
    }
}

/// Whether two types differ in what is known of a value's zone only.
pub(super) fn differ_in_zone(left: &TrinoType, right: &TrinoType) -> bool {
    matches!((left, right), (TrinoType::TimestampWithTimeZone(_, a), TrinoType::TimestampWithTimeZone(_, b)) if a != b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: &str, right: &str, expected: Option<&str>) {
        let (left, right) = (TrinoType::parse(left).unwrap(), TrinoType::parse(right).unwrap());
        assert_eq!(common(&left, &right).map(|of| of.to_string()).as_deref(), expected);
        assert_eq!(common(&right, &left).map(|of| of.to_string()).as_deref(), expected);
    }

    #[test]
    fn types_meet_where_trino_lets_them() {
        check("integer", "bigint", Some("bigint"));
        check("bigint", "decimal(5,2)", Some("decimal(21,2)"));
        check("decimal(5,2)", "real", Some("real"));
        check("real", "double", Some("double"));
        check("varchar(3)", "varchar(5)", Some("varchar(5)"));
        check("varchar(3)", "varchar", Some("varchar"));
        check("date", "timestamp(3)", Some("timestamp(3)"));
        check("array(integer)", "array(double)", Some("array(double)"));
        check("integer", "varchar(1)", None);
        check("boolean", "integer", None);
        check("date", "varchar", None);
    }
}
