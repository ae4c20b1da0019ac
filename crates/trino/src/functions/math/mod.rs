//! Mathematical functions.

mod base;
mod bucket;
mod constant;
mod distribution;
mod random;
mod real;
mod round;
mod sign;

use super::scalar::Scalar;

const UNARY: &[&str] = &["double -> double"];
const BINARY: &[&str] = &["double, double -> double"];
const NONE: &[&str] = &["-> double"];
const TEST: &[&str] = &["double -> boolean"];

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::by_rule("abs", sign::typing, "The magnitude; that of the least integer is an error.", sign::abs),
    Scalar::by_rule("sign", sign::typing_sign, "-1, 0 or 1, or NaN.", sign::sign),
    Scalar::by_rule("ceil", round::typing_whole, "The least whole number that is not less.", round::ceil),
    Scalar::by_rule("ceiling", round::typing_whole, "The least whole number that is not less.", round::ceil),
    Scalar::by_rule("floor", round::typing_whole, "The largest whole number that is not more.", round::floor),
    Scalar::by_rule("round", round::typing_round, "Rounded to digits, halves away from zero.", round::round),
    Scalar::by_rule("truncate", round::typing_truncate, "Without the digits behind the last.", round::truncate),
    Scalar::of("sqrt", UNARY, "Square root.", real::sqrt),
    Scalar::of("cbrt", UNARY, "Cube root.", real::cbrt),
    Scalar::of("exp", UNARY, "e to the power of the argument.", real::exp),
    Scalar::of("ln", UNARY, "Natural logarithm.", real::ln),
    Scalar::of("log2", UNARY, "Logarithm to base 2.", real::log2),
    Scalar::of("log10", UNARY, "Logarithm to base 10.", real::log10),
    Scalar::of("log", BINARY, "Logarithm of the second argument to the base that is the first.", real::log),
    Scalar::of("power", BINARY, "The first argument to the power of the second.", real::power),
    Scalar::of("pow", BINARY, "The first argument to the power of the second.", real::power),
    Scalar::of("degrees", UNARY, "Radians in degrees.", real::degrees),
    Scalar::of("radians", UNARY, "Degrees in radians.", real::radians),
    Scalar::of("sin", UNARY, "Sine.", real::sin),
    Scalar::of("cos", UNARY, "Cosine.", real::cos),
    Scalar::of("tan", UNARY, "Tangent.", real::tan),
    Scalar::of("asin", UNARY, "Arc sine.", real::asin),
    Scalar::of("acos", UNARY, "Arc cosine.", real::acos),
    Scalar::of("atan", UNARY, "Arc tangent.", real::atan),
    Scalar::of("atan2", BINARY, "Arc tangent of y / x, in the quadrant of both.", real::atan2),
    Scalar::of("sinh", UNARY, "Hyperbolic sine.", real::sinh),
    Scalar::of("cosh", UNARY, "Hyperbolic cosine.", real::cosh),
    Scalar::of("tanh", UNARY, "Hyperbolic tangent.", real::tanh),
    Scalar::of("pi", NONE, "π.", constant::pi),
    Scalar::of("e", NONE, "Euler's number.", constant::e),
    Scalar::of("infinity", NONE, "Positive infinity.", constant::infinity),
    Scalar::of("nan", NONE, "Not a number.", constant::nan),
    Scalar::of("is_nan", TEST, "Whether it is no number.", real::is_nan),
    Scalar::of("is_finite", TEST, "Whether it is a finite number.", real::is_finite),
    Scalar::of("is_infinite", TEST, "Whether it is an infinity.", real::is_infinite),
    Scalar::by_rule("random", random::typing, "A random number below a bound, or from 0 to 1.", random::random)
        .volatile(),
    Scalar::by_rule("rand", random::typing, "A random number below a bound, or from 0 to 1.", random::random)
        .volatile(),
    Scalar::of("from_base", &["varchar, bigint -> bigint"], "A number from its digits to a base.", base::from_base),
    Scalar::of("to_base", &["bigint, bigint -> varchar"], "The digits of a number to a base.", base::to_base),
    Scalar::of(
        "width_bucket",
        &["double, double, double, bigint -> bigint", "double, array(double) -> bigint"],
        "Which of the buckets between two bounds, or of those between sorted bounds, a number falls into.",
        bucket::width_bucket,
    ),
    Scalar::of(
        "cosine_similarity",
        &["array(double), array(double) -> double"],
        "The cosine of the angle between two vectors.",
        bucket::cosine_similarity,
    ),
    Scalar::of(
        "cosine_distance",
        &["array(double), array(double) -> double"],
        "1 less the cosine similarity.",
        bucket::cosine_distance,
    ),
    Scalar::of(
        "normal_cdf",
        distribution::THREE,
        "Normal distribution function of mean, deviation and value.",
        distribution::normal_cdf,
    ),
    Scalar::of(
        "inverse_normal_cdf",
        distribution::THREE,
        "The value of a probability, of mean and deviation.",
        distribution::inverse_normal_cdf,
    ),
    Scalar::of(
        "beta_cdf",
        distribution::THREE,
        "Beta distribution function of a, b and value.",
        distribution::beta_cdf,
    ),
    Scalar::of(
        "inverse_beta_cdf",
        distribution::THREE,
        "The value of a probability, of a and b.",
        distribution::inverse_beta_cdf,
    ),
    Scalar::of(
        "t_cdf",
        BINARY,
        "Student's distribution function of value and degrees of freedom.",
        distribution::t_cdf,
    ),
    Scalar::of(
        "wilson_interval_lower",
        distribution::WILSON,
        "Lower bound of a share of successes.",
        distribution::wilson_lower,
    ),
    Scalar::of(
        "wilson_interval_upper",
        distribution::WILSON,
        "Upper bound of a share of successes.",
        distribution::wilson_upper,
    ),
];
