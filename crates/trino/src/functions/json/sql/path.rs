//! Paths as trees.

use serde_json::Value;

/// A path with its mode.
#[derive(Debug)]
pub(super) struct Path {
    /// Whether what does not fit is left out instead of an error, and arrays are unwrapped where they do not fit.
    pub(super) is_lax: bool,
    pub(super) root: Step,
}

/// What yields a sequence of items.
#[derive(Debug)]
pub(super) enum Step {
    /// `$`, the JSON itself.
    Context,
    /// `@`, the item that a filter looks at.
    Current,
    /// `last`, the greatest index of an array.
    Last,
    /// `$name`, a value of PASSING.
    Variable(String),
    Literal(Value),
    /// `.name`, or `.*` without a name.
    Member(Box<Step>, Option<String>),
    /// `..name`.
    Descendants(Box<Step>, String),
    /// `[a, b to c]`, or `[*]` without ranges.
    Elements(Box<Step>, Vec<(Step, Option<Step>)>),
    /// `?(…)`.
    Filter(Box<Step>, Box<Predicate>),
    /// `.method()`.
    Method(Box<Step>, Method),
    /// `+x` or `-x`.
    Signed(Box<Step>, bool),
    Arithmetic(Box<Step>, Operator, Box<Step>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Method {
    Type,
    Size,
    Double,
    Ceiling,
    Floor,
    Abs,
    KeyValue,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is true, false or unknown.
#[derive(Debug)]
pub(super) enum Predicate {
    Compare(Step, Comparison, Step),
    Exists(Step),
    StartsWith(Step, Step),
    IsUnknown(Box<Predicate>),
    Not(Box<Predicate>),
    And(Box<Predicate>, Box<Predicate>),
    Or(Box<Predicate>, Box<Predicate>),
}
