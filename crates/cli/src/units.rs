//! Numbers for people.

use std::time::Duration;

use indicatif::{DecimalBytes, HumanCount};

/// What stands where a number is not known.
const UNKNOWN: &str = "–";

/// `1,234,567`.
pub(crate) fn count(value: impl Into<Option<u64>>) -> String {
    value.into().map_or_else(|| UNKNOWN.to_owned(), |value| HumanCount(value).to_string())
}

/// `1 row`, `1,234 rows`.
pub(crate) fn rows(value: u64) -> String {
    format!("{} {}", HumanCount(value), if value == 1 { "row" } else { "rows" })
}

/// `1.23 MB`.
pub(crate) fn bytes(value: impl Into<Option<u64>>) -> String {
    value.into().map_or_else(|| UNKNOWN.to_owned(), |value| DecimalBytes(value).to_string())
}

/// `1.2 s`, or `3 min 20 s` from two minutes on.
pub(crate) fn duration(value: Duration) -> String {
    let seconds = value.as_secs();
    if seconds < 120 {
        format!("{:.1} s", value.as_secs_f64())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}

/// [`duration`] of milliseconds.
pub(crate) fn milliseconds(value: impl Into<Option<u64>>) -> String {
    value.into().map_or_else(|| UNKNOWN.to_owned(), |value| duration(Duration::from_millis(value)))
}

/// `2026-11-23 07:15:02`, UTC, of microseconds since 1970.
pub(crate) fn time(microseconds: impl Into<Option<i64>>) -> String {
    let time = microseconds.into().and_then(arrow::temporal_conversions::timestamp_us_to_datetime);
    time.map_or_else(|| UNKNOWN.to_owned(), |time| time.format("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(shown: String, expected: &str) {
        assert_eq!(shown, expected);
    }

    #[test]
    fn shows_numbers_for_people() {
        check(count(1_234_567), "1,234,567");
        check(count(None), "–");
        check(rows(1), "1 row");
        check(rows(1_000), "1,000 rows");
        check(bytes(33_100_000), "33.10 MB");
        check(bytes(512), "512 B");
        check(milliseconds(1_249), "1.2 s");
        check(milliseconds(119_900), "119.9 s");
        check(milliseconds(200_000), "3 min 20 s");
        check(time(1_795_418_102_000_000), "2026-11-23 07:15:02");
        check(time(None), "–");
        check(time(i64::MAX), "–");
    }
}
