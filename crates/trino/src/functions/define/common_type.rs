//! The type that values of two types have in common, as in `ARRAY[1, 2.5]`.

use crate::TrinoType;

/// Whether a type holds integers.
pub(crate) fn is_integer(of: &TrinoType) -> bool {
    matches!(of, TrinoType::Tinyint | TrinoType::Smallint | TrinoType::Integer | TrinoType::Bigint)
}

/// Whether a type holds text.
pub(crate) fn is_text(of: &TrinoType) -> bool {
    matches!(of, TrinoType::Varchar(_) | TrinoType::Char(_) | TrinoType::Unknown)
}

fn rank(of: &TrinoType) -> Option<u8> {
    Some(match of {
        TrinoType::Tinyint => 1,
        TrinoType::Smallint => 2,
        TrinoType::Integer => 3,
        TrinoType::Bigint => 4,
        TrinoType::Real => 6,
        TrinoType::Double => 7,
        _ => return None,
    })
}

/// Integers as decimals: the precision that holds all their values.
fn as_decimal(of: &TrinoType) -> Option<(u8, i8)> {
    Some(match of {
        TrinoType::Tinyint => (3, 0),
        TrinoType::Smallint => (5, 0),
        TrinoType::Integer => (10, 0),
        TrinoType::Bigint => (19, 0),
        TrinoType::Decimal { precision, scale } => (*precision, *scale),
        _ => return None,
    })
}

/// The least type that both can be coerced to, by Trino's rules, or `None` if there is none.
pub(crate) fn common_type(left: &TrinoType, right: &TrinoType) -> Option<TrinoType> {
    use TrinoType::{Array, Char, Decimal, Map, Row, Timestamp, TimestampWithTimeZone, Unknown, Varchar};
    if left == right {
        return Some(left.clone());
    }
    if let (Some(a), Some(b)) = (rank(left), rank(right)) {
        return Some(if a >= b { left.clone() } else { right.clone() });
    }
    Some(match (left, right) {
        (Unknown, other) | (other, Unknown) => other.clone(),
        (Decimal { .. }, TrinoType::Real | TrinoType::Double) => right.clone(),
        (TrinoType::Real | TrinoType::Double, Decimal { .. }) => left.clone(),
        (Decimal { .. }, _) | (_, Decimal { .. }) => {
            let ((p, s), (q, t)) = (as_decimal(left)?, as_decimal(right)?);
            let scale = s.max(t);
            let whole = (i16::from(p) - i16::from(s)).max(i16::from(q) - i16::from(t));
            Decimal { precision: u8::try_from(whole + i16::from(scale)).ok()?.min(38), scale }
        }
        (Varchar(a), Varchar(b)) => Varchar(a.zip(*b).map(|(a, b)| a.max(b))),
        (Varchar(a), Char(b)) | (Char(b), Varchar(a)) => a.map_or(Char(*b), |a| Char(a.max(*b))),
        (Char(a), Char(b)) => Char(*a.max(b)),
        (TrinoType::Date, Timestamp(_) | TimestampWithTimeZone(..)) => right.clone(),
        (Timestamp(_) | TimestampWithTimeZone(..), TrinoType::Date) => left.clone(),
        (Timestamp(a), Timestamp(b)) => Timestamp(*a.max(b)),
        (TimestampWithTimeZone(a, zone), TimestampWithTimeZone(b, other)) if zone == other => {
            TimestampWithTimeZone(*a.max(b), zone.clone())
        }
        (Array(a), Array(b)) => Array(Box::new(common_type(a, b)?)),
        (Map(k, v), Map(l, w)) => Map(Box::new(common_type(k, l)?), Box::new(common_type(v, w)?)),
        (Row(a), Row(b)) if a.len() == b.len() => {
            let fields = a.iter().zip(b).map(|((name, a), (other, b))| {
                let name = if name == other { name.clone() } else { None };
                Some((name, common_type(a, b)?))
            });
            Row(fields.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: TrinoType, right: TrinoType, expected: Option<&str>) {
        assert_eq!(common_type(&left, &right).map(|of| of.to_string()).as_deref(), expected);
        assert_eq!(common_type(&right, &left).map(|of| of.to_string()).as_deref(), expected);
    }

    #[test]
    fn types_meet_at_the_least_one_that_holds_both() {
        check(TrinoType::Integer, TrinoType::Bigint, Some("bigint"));
        check(TrinoType::Bigint, TrinoType::Real, Some("real"));
        check(TrinoType::Integer, TrinoType::Decimal { precision: 5, scale: 2 }, Some("decimal(12,2)"));
        check(TrinoType::Decimal { precision: 5, scale: 2 }, TrinoType::Double, Some("double"));
        check(TrinoType::Varchar(Some(2)), TrinoType::Varchar(None), Some("varchar"));
        check(TrinoType::Varchar(Some(2)), TrinoType::Varchar(Some(5)), Some("varchar(5)"));
        check(TrinoType::Varchar(None), TrinoType::Integer, None);
        check(TrinoType::Unknown, TrinoType::Json, Some("json"));
    }
}
