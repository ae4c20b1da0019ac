//! Floating-point numbers as Java writes them, which Trino and so Athena do.

/// Writes a number in the form of `Double.toString`: the fewest digits that tell it from its neighbours, plain from
/// 10⁻³ up to 10⁷ and with an exponent elsewhere.
pub(super) fn write_f64(value: f64, into: &mut String) {
    write_shortest(value.is_nan(), value, &format!("{value:e}"), into);
}

/// The same in the form of `Float.toString`.
pub(super) fn write_f32(value: f32, into: &mut String) {
    write_shortest(value.is_nan(), f64::from(value), &format!("{value:e}"), into);
}

/// `scientific` has the shortest digits, such as `-1.25e-7`.
fn write_shortest(is_nan: bool, value: f64, scientific: &str, into: &mut String) {
    if is_nan {
        return into.push_str("NaN");
    }
    if value.is_infinite() {
        return into.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: f64, expected: &str) {
        let mut text = String::new();
        write_f64(value, &mut text);
        assert_eq!(text, expected);
    }

    /// From the documentation of `java.lang.Double.toString` of Java 19 and later.
    #[test]
    fn numbers_have_javas_form() {
        check(0.0, "0.0");
        check(-0.0, "-0.0");
        check(0.5, "0.5");
        check(1.0, "1.0");
        check(-100.25, "-100.25");
        check(0.001, "0.001");
        check(0.000_999, "9.99E-4");
        check(9_999_999.0, "9999999.0");
        check(10_000_000.0, "1.0E7");
        check(1e20, "1.0E20");
        check(2e23, "2.0E23");
        check(1.234_567_8e-300, "1.2345678E-300");
        check(f64::NAN, "NaN");
        check(f64::NEG_INFINITY, "-Infinity");
    }

    #[test]
    fn floats_keep_their_own_digits() {
        let mut text = String::new();
        write_f32(0.1, &mut text);
        assert_eq!(text, "0.1");
    }
}
