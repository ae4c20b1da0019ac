//! Values from their texts.

use arrow::{
    compute::kernels::cast_utils::{Parser, parse_decimal, string_to_datetime},
    datatypes::{Date32Type, Decimal128Type},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::Utc;

pub(crate) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// An integer; a fraction of zeros is none.
pub(crate) fn integer<T: std::str::FromStr>(text: &str) -> Option<T> {
    let text = text.trim();
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => text,
    };
    whole.parse().ok()
}

pub(crate) fn float<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}

pub(crate) fn decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    parse_decimal::<Decimal128Type>(text.trim(), precision, scale).ok()
}

/// Days since 1970-01-01.
pub(crate) fn date(text: &str) -> Option<i32> {
    let text = text.trim();
    // A date, and no number of days, which Arrow would take, too.
    if text.contains('-') { Date32Type::parse(text) } else { None }
}

/// Milliseconds since 1970-01-01, without a zone.
pub(crate) fn timestamp(text: &str) -> Option<i64> {
    let text = text.trim();
    let is_date = text.contains('-');
    is_date.then(|| string_to_datetime(&Utc, text).ok()).flatten().map(|time| time.timestamp_millis())
}

/// Bytes in base64; what is not, is meant as itself.
pub(crate) fn binary(text: &[u8]) -> Vec<u8> {
    STANDARD.decode(text).unwrap_or_else(|_| text.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        assert_eq!(integer::<i32>(" 12 "), Some(12));
        assert_eq!(integer::<i8>("200"), None);
        assert_eq!((integer::<i64>("7.00"), integer::<i64>("7.5"), integer::<i64>("")), (Some(7), None, None));
        assert_eq!(float::<f64>("1.5E3"), Some(1500.0));
        assert_eq!(float::<f64>("NaN").map(f64::is_nan), Some(true));
        assert_eq!((decimal("12.5", 5, 2), decimal("-0.05", 5, 2)), (Some(1250), Some(-5)));
        assert_eq!(decimal("123456", 5, 2), None);
        assert_eq!((boolean("TRUE"), boolean("1")), (Some(true), None));
    }

    #[test]
    fn times_have_a_date() {
        assert_eq!((date("1970-01-03"), date("18276"), date("2020-13-01")), (Some(2), None, None));
        assert_eq!(timestamp("1970-01-01 00:00:01.5"), Some(1500));
        assert_eq!(timestamp("9999-12-31 23:59:59"), Some(253_402_300_799_000));
        assert_eq!((timestamp("1970-01-01"), timestamp("1500")), (Some(0), None));
    }
}
