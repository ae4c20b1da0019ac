//! Which types Trino takes for which without a cast.

use crate::TrinoType;

/// Digits of the largest value of a type of integers.
pub(crate) fn integer_digits(of: &TrinoType) -> Option<u8> {
    Some(match of {
        TrinoType::Tinyint => 3,
        TrinoType::Smallint => 5,
        TrinoType::Integer => 10,
        TrinoType::Bigint => 19,
        _ => return None,
    })
}

/// Whether a value of one type is taken where another is wanted.
pub(crate) fn coerces(from: &TrinoType, to: &TrinoType) -> bool {
    use TrinoType::{
        Array, Char, Date, Decimal, Double, Map, Real, Row, Time, Timestamp, TimestampWithTimeZone, Unknown, Varchar,
    };
    if from == to || *from == Unknown {
        return true;
    }
    let whole = |precision: u8, scale: i8| i16::from(precision) - i16::from(scale);
    match (from, to) {
        (Real, Double) | (Decimal { .. }, Real | Double) | (Date, Timestamp(_) | TimestampWithTimeZone(..)) => true,
        (Decimal { precision: p, scale: s }, Decimal { precision: q, scale: t }) => {
            s <= t && whole(*p, *s) <= whole(*q, *t)
        }
        (Varchar(_), Varchar(None)) | (Char(_), Varchar(None)) => true,
        (Varchar(Some(length)) | Char(length), Varchar(Some(most))) | (Char(length), Char(most)) => length <= most,
        (Time(digits), Time(most)) | (Timestamp(digits), Timestamp(most) | TimestampWithTimeZone(most, _)) => {
            digits <= most
        }
        (TimestampWithTimeZone(digits, _), TimestampWithTimeZone(most, _)) => digits <= most,
        (Array(from), Array(to)) => coerces(from, to),
        (Map(keys, values), Map(to_keys, to_values)) => coerces(keys, to_keys) && coerces(values, to_values),
        (Row(from), Row(to)) => from.len() == to.len() && from.iter().zip(to).all(|(a, b)| coerces(&a.1, &b.1)),
        _ => match (integer_digits(from), to) {
            (Some(digits), Decimal { precision, scale }) => i16::from(digits) <= whole(*precision, *scale),
            (Some(_), Real | Double) => true,
            (Some(digits), _) => integer_digits(to).is_some_and(|most| digits <= most),
            _ => false,
        },
    }
}

/// The least type that values of both types are coerced to.
pub(crate) fn common_type(left: &TrinoType, right: &TrinoType) -> Option<TrinoType> {
    use TrinoType::{Array, Decimal, Map, Timestamp, TimestampWithTimeZone, Varchar};
    if coerces(left, right) {
        return Some(right.clone());
    }
    if coerces(right, left) {
        return Some(left.clone());
    }
    let as_decimal = |of: &TrinoType| match of {
        Decimal { precision, scale } => Some((*precision, *scale)),
        other => integer_digits(other).map(|digits| (digits, 0)),
    };
    Some(match (left, right) {
        (Varchar(_) | TrinoType::Char(_), Varchar(_) | TrinoType::Char(_)) => Varchar(None),
        (Timestamp(a), TimestampWithTimeZone(b, zone)) | (TimestampWithTimeZone(b, zone), Timestamp(a)) => {
            TimestampWithTimeZone(*a.max(b), zone.clone())
        }
        (Array(a), Array(b)) => Array(Box::new(common_type(a, b)?)),
        (Map(a, b), Map(c, d)) => Map(Box::new(common_type(a, c)?), Box::new(common_type(b, d)?)),
        _ => {
            let ((p, s), (q, t)) = (as_decimal(left)?, as_decimal(right)?);
            let scale = s.max(t);
            let whole = (i16::from(p) - i16::from(s)).max(i16::from(q) - i16::from(t));
            let precision = u8::try_from((whole + i16::from(scale)).min(38)).ok()?;
            Decimal { precision, scale }
        }
    })
}
