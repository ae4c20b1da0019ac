//! Floating-point numbers as Java writes them.

use std::fmt::LowerExp;

/// The form of `Double.toString`: the fewest digits that tell a number from its neighbours, plain from 10⁻³ up to 10⁷
/// and with an exponent elsewhere.
pub(crate) fn write_f64(value: f64, into: &mut String) {
    if !write_special(value, into) {
        write_shortest(&format!("{value:e}"), into);
    }
}

/// The form of `Float.toString`.
pub(crate) fn write_f32(value: f32, into: &mut String) {
    if !write_special(f64::from(value), into) {
        write_shortest(&format!("{value:e}"), into);
    }
}

/// The form that `CAST(… AS varchar)` gives since release 369: always with an exponent, as in `5.0E-1`, and `0E0`.
pub(super) fn write_scientific<T: LowerExp + Into<f64> + Copy>(value: T, into: &mut String) {
    let wide: f64 = value.into();
    if write_special(wide, into) {
        return;
    }
    if wide == 0.0 {
        return into.push_str(if wide.is_sign_negative() { "-0E0" } else { "0E0" });
    }
    let (mantissa, exponent) = split(&format!("{value:e}"));
    into.push_str(&mantissa);
    into.push_str(if mantissa.contains('.') { "E" } else { ".0E" });
    into.push_str(&exponent.to_string());
}

fn write_special(value: f64, into: &mut String) -> bool {
    if value.is_nan() {
        into.push_str("NaN");
    } else if value.is_infinite() {
        into.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    !value.is_finite()
}

fn split(scientific: &str) -> (String, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    (mantissa.to_owned(), exponent.parse().unwrap_or_default())
}

/// `scientific` has the shortest digits, such as `-1.25e-7`.
fn write_shortest(scientific: &str, into: &mut String) {
    let (mantissa, exponent) = split(scientific);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if mantissa.starts_with('-') {
        into.push('-');
    }
    match exponent {
        0..7 => {
            // The digits before the point are exponent + 1.
            let whole = usize::try_from(exponent).unwrap_or_default() + 1;
            let padded = format!("{digits:0<whole$}");
            let (before, after) = padded.split_at(whole);
            into.push_str(before);
            into.push('.');
            into.push_str(if after.is_empty() { "0" } else { after });
        }
        -3..0 => {
            into.push_str("0.");
            (exponent..-1).for_each(|_| into.push('0'));
            into.push_str(&digits);
        }
        _ => {
            let (first, rest) = digits.split_at(1);
            into.push_str(first);
            into.push('.');
            into.push_str(if rest.is_empty() { "0" } else { rest });
            into.push('E');
            into.push_str(&exponent.to_string());
        }
    }
}
