//! What a path leads to.

use std::{borrow::Cow, collections::HashMap};

use serde_json::Value;

use super::{
    compare, method,
    path::{Operator, Path, Predicate, Step},
};

/// Items in a row: parts of the JSON, or values that were computed.
pub(super) type Items<'v> = Vec<Cow<'v, Value>>;
/// Why a path has no value.
pub(super) type Failure = String;
type Found<'v> = Result<Items<'v>, Failure>;

impl Path {
    /// The items for a JSON and values of PASSING.
    ///
    /// # Errors
    /// If items do not fit what the path does with them, in strict mode also if there are none.
    pub(super) fn items<'v>(&'v self, context: &'v Value, variables: &'v HashMap<String, Value>) -> Found<'v> {
        let look = Look { is_lax: self.is_lax, context, variables };
        look.step(&self.root, &Around { current: None, last: None })
    }
}

/// What does not change while a path is followed.
pub(super) struct Look<'v> {
    pub(super) is_lax: bool,
    context: &'v Value,
    variables: &'v HashMap<String, Value>,
}

/// What `@` and `last` stand for.
struct Around<'a> {
    current: Option<&'a Value>,
    last: Option<usize>,
}

impl<'v> Look<'v> {
    fn step(&self, step: &'v Step, around: &Around<'_>) -> Found<'v> {
        match step {
            Step::Context => Ok(vec![Cow::Borrowed(self.context)]),
            Step::Current => match around.current {
                Some(current) => Ok(vec![Cow::Owned(current.clone())]),
                None => Err("there is no item that @ stands for".to_owned()),
            },
            Step::Last => match around.last {
                Some(last) => Ok(vec![Cow::Owned(Value::from(last))]),
                None => Err("there is no array that last is of".to_owned()),
            },
            Step::Variable(name) => match self.variables.get(name) {
                Some(value) => Ok(vec![Cow::Borrowed(value)]),
                None => Err(format!("no value was passed as {name}")),
            },
            Step::Literal(value) => Ok(vec![Cow::Borrowed(value)]),
            Step::Member(of, name) => self.members(self.step(of, around)?, name.as_deref()),
            Step::Descendants(of, name) => {
                let mut found = Vec::new();
                self.step(of, around)?.into_iter().for_each(|item| descendants(item, name, &mut found));
                Ok(found)
            }
            Step::Elements(of, ranges) => self.elements(self.step(of, around)?, ranges, around),
            Step::Filter(of, predicate) => {
                let items = self.unwrapped(self.step(of, around)?);
                let fits = |item: &Value| {
                    self.holds(predicate, &Around { current: Some(item), last: around.last }) == Some(true)
                };
                Ok(items.into_iter().filter(|item| fits(item)).collect())
            }
            Step::Method(of, method) => method::apply(self, self.step(of, around)?, *method),
            Step::Signed(of, is_negative) => {
                let items = self.unwrapped(self.step(of, around)?);
                let zero = Value::from(0);
                let operator = if *is_negative { Operator::Subtract } else { Operator::Add };
                items.iter().map(|item| method::arithmetic(&zero, operator, item).map(Cow::Owned)).collect()
            }
            Step::Arithmetic(left, operator, right) => {
                let (left, right) = (self.step(left, around)?, self.step(right, around)?);
                let (left, right) = (self.unwrapped(left), self.unwrapped(right));
                let ([left], [right]) = (left.as_slice(), right.as_slice()) else {
                    return Err("arithmetic takes one item on each side".to_owned());
                };
                Ok(vec![Cow::Owned(method::arithmetic(left, *operator, right)?)])
            }
        }
    }

    /// In lax mode, arrays replaced by their elements.
    pub(super) fn unwrapped(&self, items: Items<'v>) -> Items<'v> {
        if !self.is_lax || !items.iter().any(|item| item.is_array()) {
            return items;
        }
        items.into_iter().flat_map(elements_of).collect()
    }

    fn members(&self, items: Items<'v>, name: Option<&str>) -> Found<'v> {
        let mut found = Vec::new();
        for item in self.unwrapped(items) {
            let before = found.len();
            match (item, name) {
                (Cow::Borrowed(Value::Object(fields)), None) => found.extend(fields.values().map(Cow::Borrowed)),
                (Cow::Borrowed(Value::Object(fields)), Some(name)) => {
                    found.extend(fields.get(name).map(Cow::Borrowed));
                }
                (Cow::Owned(Value::Object(fields)), None) => {
                    found.extend(fields.into_iter().map(|(_, value)| Cow::Owned(value)));
                }
                (Cow::Owned(Value::Object(mut fields)), Some(name)) => {
                    found.extend(fields.remove(name).map(Cow::Owned));
                }
                _ if self.is_lax => continue,
                _ => return Err("a member of what is no object".to_owned()),
            }
            if found.len() == before
                && !self.is_lax
                && let Some(name) = name
            {
                return Err(format!("there is no member {name}"));
            }
        }
        Ok(found)
    }

    fn elements(&self, items: Items<'v>, ranges: &'v [(Step, Option<Step>)], around: &Around<'_>) -> Found<'v> {
        let mut found = Vec::new();
        for item in items {
            if !item.is_array() && !self.is_lax {
                return Err("an element of what is no array".to_owned());
            }
            let elements: Vec<_> = if item.is_array() { elements_of(item).collect() } else { vec![item] };
            if ranges.is_empty() {
                found.extend(elements);
                continue;
            }
            let around = Around { current: around.current, last: elements.len().checked_sub(1) };
            for (from, to) in ranges {
                let from = self.index(from, &around)?;
                let to = to.as_ref().map_or(Ok(from), |to| self.index(to, &around))?;
                let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
                if !self.is_lax && (from < 0 || from > to || to >= length) {
                    return Err(format!("no elements {from} to {to} in an array of {length}"));
                }
                let (from, to) = (usize::try_from(from.max(0)).unwrap_or(0), usize::try_from(to + 1).unwrap_or(0));
                found.extend(elements.iter().take(to).skip(from).cloned());
            }
        }
        Ok(found)
    }

    /// A number without its fraction.
    #[expect(clippy::cast_possible_truncation, reason = "a subscript")]
    fn index(&self, step: &'v Step, around: &Around<'_>) -> Result<i64, Failure> {
        let items = self.step(step, around)?;
        let number = match items.as_slice() {
            [item] => item.as_i64().or_else(|| item.as_f64().map(|number| number as i64)),
            _ => None,
        };
        number.ok_or_else(|| "a subscript is no number".to_owned())
    }

    /// Whether a predicate is true; `None` if it is unknown.
    fn holds(&self, predicate: &'v Predicate, around: &Around<'_>) -> Option<bool> {
        match predicate {
            Predicate::Compare(left, comparison, right) => {
                let (left, right) = (self.operands(left, around)?, self.operands(right, around)?);
                let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
                self.any(pairs.map(|(left, right)| compare::compare(left, *comparison, right)))
            }
            Predicate::StartsWith(whole, start) => {
                let (whole, start) = (self.operands(whole, around)?, self.operands(start, around)?);
                let [start] = start.as_slice() else { return None };
                let start = start.as_str()?;
                self.any(whole.iter().map(|whole| whole.as_str().map(|whole| whole.starts_with(start))))
            }
            Predicate::Exists(step) => self.step(step, around).ok().map(|items| !items.is_empty()),
            Predicate::IsUnknown(inner) => Some(self.holds(inner, around).is_none()),
            Predicate::Not(inner) => self.holds(inner, around).map(|holds| !holds),
            Predicate::And(left, right) => match (self.holds(left, around), self.holds(right, around)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (left, right) => left.zip(right).map(|_| true),
            },
            Predicate::Or(left, right) => match (self.holds(left, around), self.holds(right, around)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (left, right) => left.zip(right).map(|_| false),
            },
        }
    }

    fn operands(&self, step: &'v Step, around: &Around<'_>) -> Option<Items<'v>> {
        self.step(step, around).ok().map(|items| self.unwrapped(items))
    }

    /// Whether one is true; in strict mode unknown if one is.
    fn any(&self, results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
        let (mut is_true, mut is_unknown) = (false, false);
        for result in results {
            is_true |= result == Some(true);
            is_unknown |= result.is_none();
            if self.is_lax && (is_true || is_unknown) {
                break;
            }
        }
        if is_unknown { None } else { Some(is_true) }
    }
}

/// The elements of an array, anything else as it is.
fn elements_of<'v>(item: Cow<'v, Value>) -> Box<dyn Iterator<Item = Cow<'v, Value>> + 'v> {
    match item {
        Cow::Borrowed(Value::Array(elements)) => Box::new(elements.iter().map(Cow::Borrowed)),
        Cow::Owned(Value::Array(elements)) => Box::new(elements.into_iter().map(Cow::Owned)),
        other => Box::new(std::iter::once(other)),
    }
}

/// The members of a name in an item and in all that is within, from the outside in.
fn descendants<'v>(item: Cow<'v, Value>, name: &str, found: &mut Items<'v>) {
    match item {
        Cow::Borrowed(Value::Object(fields)) => {
            found.extend(fields.get(name).map(Cow::Borrowed));
            fields.values().for_each(|value| descendants(Cow::Borrowed(value), name, found));
        }
        Cow::Borrowed(Value::Array(values)) => {
            values.iter().for_each(|value| descendants(Cow::Borrowed(value), name, found));
        }
        Cow::Owned(Value::Object(fields)) => {
            found.extend(fields.get(name).map(|value| Cow::Owned(value.clone())));
            fields.into_iter().for_each(|(_, value)| descendants(Cow::Owned(value), name, found));
        }
        Cow::Owned(Value::Array(values)) => {
            values.into_iter().for_each(|value| descendants(Cow::Owned(value), name, found));
        }
        _ => {}
    }
}
