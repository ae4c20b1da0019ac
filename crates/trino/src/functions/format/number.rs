//! `format_number` and `human_readable_seconds`.

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use datafusion::error::Result;

use crate::{ErrorName, TrinoType, functions::scalar::Call};

const UNITS: [&str; 6] = ["", "K", "M", "B", "T", "Q"];

pub(super) fn format_number(call: &Call) -> Result<ArrayRef> {
    if call.types.parameters[0] == TrinoType::Bigint {
        #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
        return call.map1::<Int64Array, _, StringArray>(|value| Ok(Some(with_unit(value as f64))));
    }
    call.map1::<Float64Array, _, StringArray>(|value| Ok(Some(with_unit(value))))
}

/// Three digits, with the unit that leaves one to three of them before the point.
fn with_unit(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let (mut rest, mut unit) = (value.abs(), 0);
    while rest >= 1000.0 && unit + 1 < UNITS.len() {
        (rest, unit) = (rest / 1000.0, unit + 1);
    }
    let places = if rest < 10.0 {
        2
    } else if rest < 100.0 {
        1
    } else {
        0
    };
    // Java's DecimalFormat rounds halves to even, as Rust's formatting does.
    let shown = format!("{rest:.places$}");
    let shown = if shown.contains('.') { shown.trim_end_matches('0').trim_end_matches('.') } else { &shown };
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{shown}{}", UNITS[unit])
}

const SPANS: [(i64, &str); 4] = [(604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute")];

pub(super) fn human_readable_seconds(call: &Call) -> Result<ArrayRef> {
    call.map1::<Float64Array, _, StringArray>(|seconds| {
        if !seconds.is_finite() {
            let message = format!("Invalid argument found: {seconds}");
            return Err(ErrorName::InvalidFunctionArgument.error(message));
        }
        #[expect(clippy::cast_possible_truncation, reason = "a cast saturates")]
        let mut rest = seconds.abs() as i64;
        let mut parts = Vec::new();
        for (length, name) in SPANS.into_iter().chain([(1, "second")]) {
            let count = rest / length;
            rest %= length;
            if count > 0 || (length == 1 && parts.is_empty()) {
                parts.push(format!("{count} {name}{}", if count == 1 { "" } else { "s" }));
            }
        }
        Ok(Some(parts.join(", ")))
    })
}
