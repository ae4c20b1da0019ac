//! Functions that choose among their arguments.

mod extreme;
mod type_name;

use super::scalar::Scalar;

pub(super) const FUNCTIONS: &[Scalar] = &[
    Scalar::by_rule("greatest", extreme::typing, "The largest argument; NULL if any is NULL.", extreme::greatest),
    Scalar::by_rule("least", extreme::typing, "The smallest argument; NULL if any is NULL.", extreme::least),
    Scalar::of("typeof", &["any -> varchar"], "The name of the argument's type.", type_name::type_name),
];
