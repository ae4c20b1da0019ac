//! Functions on the bits of integers in two's complement.

mod shift;

use arrow::array::{ArrayRef, Int64Array};
use datafusion::error::Result;

use super::scalar::{Call, Scalar};
use crate::ErrorName;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::of("bit_count", &["bigint, bigint -> bigint"], "How many bits are set, of so many.", bit_count),
    Scalar::of("bitwise_and", &["bigint, bigint -> bigint"], "Bits that both have.", and),
    Scalar::of("bitwise_or", &["bigint, bigint -> bigint"], "Bits that one of both has.", or),
    Scalar::of("bitwise_xor", &["bigint, bigint -> bigint"], "Bits that only one of both has.", xor),
    Scalar::of("bitwise_not", &["bigint -> bigint"], "The other bits.", not),
    Scalar::by_rule("bitwise_left_shift", shift::typing, "Shifted to the left, zeros from the right.", shift::left),
    Scalar::by_rule("bitwise_right_shift", shift::typing, "Shifted to the right, zeros from the left.", shift::right),
    Scalar::by_rule(
        "bitwise_right_shift_arithmetic",
        shift::typing,
        "Shifted to the right, the sign from the left.",
        shift::right_arithmetic,
    ),
];

fn bit_count(call: &Call) -> Result<ArrayRef> {
    call.map2::<Int64Array, Int64Array, _, Int64Array>(|value, bits| {
        let bad = |message: String| ErrorName::InvalidFunctionArgument.error(message);
        if !(2..=64).contains(&bits) {
            return Err(bad(format!("Bits specified in bit_count must be between 2 and 64, got {bits}")));
        }
        let unused = 64 - bits;
        if (value << unused) >> unused != value {
            let message = format!(
                "Number must be representable with the bits specified. {value} cannot be represented with {bits} bits"
            );
            return Err(bad(message));
        }
        Ok(Some(i64::from((value << unused).count_ones())))
    })
}

fn and(call: &Call) -> Result<ArrayRef> {
    call.map2::<Int64Array, Int64Array, _, Int64Array>(|a, b| Ok(Some(a & b)))
}

fn or(call: &Call) -> Result<ArrayRef> {
    call.map2::<Int64Array, Int64Array, _, Int64Array>(|a, b| Ok(Some(a | b)))
}

fn xor(call: &Call) -> Result<ArrayRef> {
    call.map2::<Int64Array, Int64Array, _, Int64Array>(|a, b| Ok(Some(a ^ b)))
}

fn not(call: &Call) -> Result<ArrayRef> {
    call.map1::<Int64Array, _, Int64Array>(|a| Ok(Some(!a)))
}
