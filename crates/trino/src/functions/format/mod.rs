//! Numbers and sizes as people write them.

mod number;
mod printf;
mod size;
mod specifier;
mod value;

use super::scalar::Scalar;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::by_rule("format", printf::typing, "The arguments in a format of Java's `Formatter`.", printf::format),
    Scalar::of(
        "format_number",
        &["bigint -> varchar", "double -> varchar"],
        "A number with a unit: `K`, `M`, `B`, `T` or `Q`.",
        number::format_number,
    ),
    Scalar::of(
        "human_readable_seconds",
        &["double -> varchar"],
        "Seconds in weeks, days, hours, minutes and seconds.",
        number::human_readable_seconds,
    ),
    Scalar::of(
        "parse_data_size",
        &["varchar -> decimal(38,0)"],
        "The bytes of a size such as `2.3MB`.",
        size::parse_data_size,
    ),
    Scalar::of(
        "parse_presto_data_size",
        &["varchar -> decimal(38,0)"],
        "The bytes of a size such as `2.3MB`.",
        size::parse_data_size,
    ),
];
