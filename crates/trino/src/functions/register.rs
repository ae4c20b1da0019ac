//! All functions, as a session takes them.

use std::sync::{Arc, OnceLock};

use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};

use super::{
    arithmetic, binary, bitwise, conditional, conversion, format, math, regex,
    scalar::{Scalar, Takes},
    text, url,
};

/// Functions of all kinds.
#[derive(Debug, Default, Clone)]
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
    /// Its forms, such as `bigint, bigint -> bigint`; none if its types follow a rule.
    pub forms: &'static [&'static str],
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
///
/// They are made once in a process: each session takes them, and there is one for every query.
#[must_use]
pub fn functions() -> FunctionSet {
    static ALL: OnceLock<FunctionSet> = OnceLock::new();
    ALL.get_or_init(made).clone()
}

fn made() -> FunctionSet {
    let by_form = FAMILIES.iter().flat_map(|(_, functions)| functions.iter().map(Scalar::udf)).collect();
    let scalar = [
        by_form,
        super::array::functions(),
        super::grammar::functions(),
        super::map::functions(),
        super::time::functions(),
        super::json::functions(),
        super::sketch::scalars(),
    ]
    .concat();
    let aggregate = [super::aggregate::functions(), super::sketch::functions()].concat();
    FunctionSet { scalar, aggregate, window: super::window::functions() }
}

/// What documentation says of the functions that are declared by their forms.
pub fn catalogue() -> impl Iterator<Item = Entry> {
    FAMILIES.iter().flat_map(|(family, functions)| {
        functions.iter().map(|function| Entry {
            family,
            name: function.name,
            about: function.about,
            forms: match function.takes {
                Takes::Forms(forms) => forms,
                Takes::Rule(_) => &[],
            },
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_function_is_known_once_and_described() {
        let mut names = HashSet::new();
        for entry in catalogue() {
            assert!(names.insert(entry.name), "{} is declared twice", entry.name);
            assert!(entry.about.ends_with('.'), "{} has no description", entry.name);
        }
        assert!(names.len() <= functions().scalar.len());
    }
}
