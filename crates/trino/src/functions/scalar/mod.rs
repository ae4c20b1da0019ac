//! Functions of one value a row, declared by their forms.
//!
//! A [`Scalar`] says under which name it is known, which forms it has (`"varchar(x), bigint -> varchar(x)"`), what it
//! means, and how its values come from [`Call`]. Typing, coercion of arguments, constants and NULLs are the same for all
//! and stand here once: unless a function reads NULLs itself, it yields NULL where an argument is NULL.

mod call;
mod coerce;
mod column;
mod fit;
mod form;
mod function;

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion::{common::ScalarValue, error::Result, logical_expr::ScalarUDF};

pub(crate) use call::Call;
pub(crate) use coerce::{coerces, common_type, integer_digits};
pub(crate) use column::Column;
pub(crate) use fit::fit;

use crate::TrinoType;

/// A function as its family declares it.
#[derive(Debug)]
pub(crate) struct Scalar {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    /// What it means, in one sentence: for people who look functions up.
    pub(crate) about: &'static str,
    pub(crate) gives: fn(&Call) -> Result<ArrayRef>,
    pub(crate) is_volatile: bool,
}

/// Which arguments a function takes.
#[derive(Debug)]
pub(crate) enum Takes {
    /// Any of these, the one with the fewest coercions.
    Forms(&'static [&'static str]),
    /// What cannot be written as a form.
    Rule(fn(&Arguments<'_>) -> Result<Option<Fit>>),
}

/// What a rule may look at.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    pub(crate) types: &'a [TrinoType],
    /// Values of the arguments that are constant.
    pub(crate) constants: &'a [Option<&'a ScalarValue>],
}

/// How arguments fit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    /// What each argument is coerced to.
    pub(crate) parameters: Vec<TrinoType>,
    pub(crate) result: TrinoType,
}

impl Scalar {
    pub(crate) const fn of(
        name: &'static str,
        forms: &'static [&'static str],
        about: &'static str,
        gives: fn(&Call) -> Result<ArrayRef>,
    ) -> Self {
        Self { name, takes: Takes::Forms(forms), about, gives, is_volatile: false }
    }

    pub(crate) const fn by_rule(
        name: &'static str,
        rule: fn(&Arguments<'_>) -> Result<Option<Fit>>,
        about: &'static str,
        gives: fn(&Call) -> Result<ArrayRef>,
    ) -> Self {
        Self { name, takes: Takes::Rule(rule), about, gives, is_volatile: false }
    }

    pub(crate) const fn volatile(self) -> Self {
        Self { is_volatile: true, ..self }
    }

    /// The function as sessions register it.
    pub(crate) fn udf(&'static self) -> Arc<ScalarUDF> {
        Arc::new(ScalarUDF::from(function::Function::of(self)))
    }
}
