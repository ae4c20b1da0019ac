//! Operators on numbers, which fail where the result does not fit instead of wrapping around.

mod decimal;
mod operator;
mod typing;

use super::scalar::Scalar;

pub(crate) use decimal::{half_up, overflow, power_of_ten};

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::by_rule("add", typing::add, "Sum; integers and decimals that do not fit are an error.", operator::add),
    Scalar::by_rule("subtract", typing::add, "Difference, checked as the sum is.", operator::subtract),
    Scalar::by_rule("multiply", typing::multiply, "Product, checked as the sum is.", operator::multiply),
    Scalar::by_rule(
        "divide",
        typing::divide,
        "Quotient: of integers towards zero, of decimals rounded half up; a zero divisor of these is an error.",
        operator::divide,
    ),
    Scalar::by_rule("modulus", typing::modulus, "Remainder, with the sign of the dividend.", operator::modulus),
    Scalar::by_rule("mod", typing::modulus, "Remainder, with the sign of the dividend.", operator::modulus),
    Scalar::by_rule("negate", typing::negate, "The number with the other sign.", operator::negate),
];
