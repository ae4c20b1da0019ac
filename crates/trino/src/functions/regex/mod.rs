//! Regular expressions in Java's syntax.
//!
//! Expressions without look-around and backreferences run in linear time. The others are matched by backtracking, and a
//! match that takes too many steps is an error rather than a query that does not end.

mod extract;
mod find;
mod pattern;
mod replace;

use super::scalar::Scalar;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::of("regexp_like", &["varchar, varchar -> boolean"], "Whether the pattern fits anywhere.", find::like),
    Scalar::of("regexp_count", &["varchar, varchar -> bigint"], "How often the pattern fits.", find::count),
    Scalar::of(
        "regexp_position",
        &[
            "varchar, varchar -> integer",
            "varchar, varchar, bigint -> integer",
            "varchar, varchar, bigint, bigint -> integer",
        ],
        "Where the n-th match from a position on begins; -1 if there is none.",
        find::position,
    ),
    Scalar::of(
        "regexp_extract",
        &["varchar(x), varchar -> varchar(x)", "varchar(x), varchar, bigint -> varchar(x)"],
        "The first match, or a group of it; NULL if there is none.",
        extract::extract,
    ),
    Scalar::of(
        "regexp_extract_all",
        &["varchar(x), varchar -> array(varchar(x))", "varchar(x), varchar, bigint -> array(varchar(x))"],
        "All matches, or a group of each.",
        extract::extract_all,
    ),
    Scalar::of(
        "regexp_split",
        &["varchar(x), varchar -> array(varchar(x))"],
        "What stands between the matches, empty texts at both ends included.",
        extract::split,
    ),
    Scalar::of(
        "regexp_replace",
        &["varchar, varchar -> varchar", "varchar, varchar, varchar -> varchar"],
        "With all matches removed or replaced; `$1` and `${name}` stand for groups.",
        replace::replace,
    ),
];
