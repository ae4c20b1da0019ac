//! Numbers by their digits to a base.

use arrow::array::{ArrayRef, Int64Array, StringArray};
use datafusion::error::Result;

use crate::{ErrorName, functions::scalar::Call};

fn radix(of: i64) -> Result<u32> {
    let radix = u32::try_from(of).ok().filter(|radix| (2..=36).contains(radix));
    radix.ok_or_else(|| ErrorName::InvalidFunctionArgument.error("Radix must be between 2 and 36"))
}

pub(super) fn from_base(call: &Call) -> Result<ArrayRef> {
    call.map2::<StringArray, Int64Array, _, Int64Array>(|digits, base| {
        let bad = |_| {
            let message = format!("Not a valid base-{base} number: {digits}");
            ErrorName::InvalidFunctionArgument.error(message)
        };
        i64::from_str_radix(digits, radix(base)?).map(Some).map_err(bad)
    })
}

pub(super) fn to_base(call: &Call) -> Result<ArrayRef> {
    call.map2::<Int64Array, Int64Array, _, StringArray>(|value, base| {
        let radix = radix(base)?;
        let (mut rest, mut digits) = (value.unsigned_abs(), Vec::new());
        while rest > 0 || digits.is_empty() {
            let digit = u32::try_from(rest % u64::from(radix)).ok().and_then(|digit| char::from_digit(digit, radix));
            digits.extend(digit);
            rest /= u64::from(radix);
        }
        let sign = if value < 0 { "-" } else { "" };
        Ok(Some(format!("{sign}{}", digits.iter().rev().collect::<String>())))
    })
}
