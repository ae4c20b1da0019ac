//! Forms such as `"varchar(x), bigint -> varchar(x)"`.

use super::{Fit, coerces};
use crate::TrinoType;

/// One form of a function.
///
/// Parameters are types; `any` takes every type as it is; `varchar(x)` and `char(x)` take every length, which the result
/// may have, too; `…` behind the last one repeats it.
#[derive(Debug)]
pub(super) struct Form {
    parameters: Vec<Parameter>,
    repeats_last: bool,
    result: Parameter,
}

#[derive(Debug, Clone)]
enum Parameter {
    Any,
    Varchar,
    Char,
    ArrayOfVarchar,
    Exactly(TrinoType),
}

impl Parameter {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.trim() {
            "any" => Self::Any,
            "varchar(x)" => Self::Varchar,
            "char(x)" => Self::Char,
            "array(varchar(x))" => Self::ArrayOfVarchar,
            other => Self::Exactly(TrinoType::parse(other).ok()?),
        })
    }

    /// What an argument of a type is coerced to.
    fn takes(&self, of: &TrinoType) -> Option<TrinoType> {
        match (self, of) {
            (Self::Any, _) => Some(of.clone()),
            (Self::Varchar, TrinoType::Varchar(_)) | (Self::Char, TrinoType::Char(_)) => Some(of.clone()),
            (Self::Varchar, TrinoType::Char(length)) => Some(TrinoType::Varchar(Some(*length))),
            (Self::Varchar, TrinoType::Unknown) => Some(TrinoType::Varchar(Some(0))),
            (Self::Varchar | Self::Char | Self::ArrayOfVarchar, _) => None,
            (Self::Exactly(to), from) => coerces(from, to).then(|| to.clone()),
        }
    }
}

impl Form {
    /// `None` for a text that is no form.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (parameters, result) = text.split_once("->")?;
        let repeats_last = parameters.trim_end().ends_with('…');
        let parameters = parameters.trim_end().trim_end_matches('…');
        let parameters: Option<Vec<_>> = split(parameters).into_iter().map(Parameter::parse).collect();
        Some(Self { parameters: parameters?, repeats_last, result: Parameter::parse(result)? })
    }

    /// How arguments fit and how many of them must be coerced.
    pub(super) fn fit(&self, types: &[TrinoType]) -> Option<(usize, Fit)> {
        let least = self.parameters.len() - usize::from(self.repeats_last);
        if types.len() < least || (types.len() > least && !self.repeats_last) {
            return None;
        }
        let parameter = |at: usize| self.parameters.get(at).or(self.parameters.last());
        let parameters: Vec<TrinoType> =
            types.iter().enumerate().map(|(at, of)| parameter(at)?.takes(of)).collect::<Option<_>>()?;
        let coerced = types.iter().zip(&parameters).filter(|(from, to)| from != to).count();
        let length = parameters.iter().find_map(|of| match of {
            TrinoType::Varchar(length) => Some(*length),
            TrinoType::Char(length) => Some(Some(*length)),
            _ => None,
        });
        let varchar = TrinoType::Varchar(length.flatten());
        let result = match &self.result {
            Parameter::Varchar => varchar,
            Parameter::ArrayOfVarchar => TrinoType::Array(Box::new(varchar)),
            Parameter::Char => TrinoType::Char(length.flatten()?),
            Parameter::Exactly(of) => of.clone(),
            Parameter::Any => parameters.first()?.clone(),
        };
        Some((coerced, Fit { parameters, result }))
    }
}

/// Splits at commas outside of parentheses.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        found.push(&text[start..]);
    }
    found
}
