//! All functions, as a session takes them.

use std::sync::Arc;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};

use super::{arithmetic, binary, bitwise, conditional, conversion, format, math, regex, scalar::Scalar, text, url};

/// Functions of all kinds.
#[derive(Debug, Default)]
pub struct FunctionSet {
    /// One value from the values of a row.
    pub scalar: Vec<Arc<ScalarUDF>>,
    /// One value from the values of a group.
    pub aggregate: Vec<Arc<AggregateUDF>>,
    /// A value for each row of a window.
    pub window: Vec<Arc<WindowUDF>>,
}

/// What is known of a function without calling it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The group of functions that Trino's documentation describes it with.
    pub family: &'static str,
    /// Its name, without prefix.
    pub name: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
}

/// Families of functions that are declared by their forms.
const FAMILIES: &[(&str, &[Scalar])] = &[
    ("arithmetic", arithmetic::FUNCTIONS),
    ("conditional", conditional::FUNCTIONS),
    ("conversion", conversion::FUNCTIONS),
    ("string", text::FUNCTIONS),
    ("format", format::FUNCTIONS),
    ("regular expression", regex::FUNCTIONS),
    ("mathematical", math::FUNCTIONS),
    ("bitwise", bitwise::FUNCTIONS),
    ("binary", binary::FUNCTIONS),
    ("url and uuid", url::FUNCTIONS),
];

/// All functions of Trino's that Segue knows, each under its name behind [`super::PREFIX`].
#[must_use]
pub fn functions() -> FunctionSet {
    let scalar = FAMILIES.iter().flat_map(|(_, functions)| functions.iter().map(Scalar::udf)).collect();
    FunctionSet { scalar, ..FunctionSet::default() }
}

/// What documentation says of the functions that are declared by their forms.
pub fn catalogue() -> impl Iterator<Item = Entry> {
    FAMILIES.iter().flat_map(|(family, functions)| {
        functions.iter().map(|function| Entry { family, name: function.name, about: function.about })
    })
}
