//! `CAST` and `TRY_CAST`, from and to all types.
//!
//! Both are functions of a value and the text of a type. What has no cast in Trino is refused when a query is planned; a
//! value that does not fit ends the query or, under `TRY_CAST`, is NULL.

mod boolean;
mod calendar;
mod cast;
mod decimal;
mod failures;
mod float;
mod from_json;
mod integer;
mod java_number;
mod nested;
mod temporal;
mod temporal_text;
mod text;
mod uuid;

use super::scalar::Scalar;

pub(crate) use cast::try_cast_values;
pub(crate) use decimal::{parse_decimal, text_of_decimal};
pub(crate) use java_number::{write_f32, write_f64};
pub(crate) use text::texts;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::by_rule("cast", cast::typing, "The value in another type; an error if it does not fit.", cast::cast),
    Scalar::by_rule("try_cast", cast::typing, "The value in another type; NULL if it does not fit.", cast::try_cast),
];
