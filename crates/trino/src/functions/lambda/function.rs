//! A call with lambdas, as a scalar function of its own.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, UInt32Array},
    compute::take,
    datatypes::{DataType, Field, FieldRef},
};
use datafusion::{
    common::internal_err,
    error::Result,
    logical_expr::{
        ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
    },
};

use super::body::Body;
use crate::{
    TrinoType,
    functions::{
        PREFIX,
        define::{Call, unfit},
    },
};

/// A function that takes lambdas.
pub(crate) struct HigherOrder {
    /// Its name without prefix.
    pub(crate) name: &'static str,
    /// The places of its lambdas.
    pub(super) lambdas: &'static [usize],
    /// The parameters of the lambda at a place, by the types of all arguments as far as they are known.
    pub(super) parameters: fn(&[TrinoType], usize) -> Option<Vec<TrinoType>>,
    /// The type of the result, by the types of values and of the results of lambdas.
    pub(super) returns: fn(&[TrinoType]) -> Option<TrinoType>,
    /// The values of all rows.
    pub(super) evaluate: fn(&LambdaCall<'_>) -> Result<ArrayRef>,
}

/// What stands at a place among the arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Value,
    Lambda(Arc<Body>),
}

impl Part {
    fn body(&self) -> Option<&Body> {
        match self {
            Self::Lambda(body) => Some(body.as_ref()),
            Self::Value => None,
        }
    }
}

/// One call with its lambdas.
pub(crate) struct Closure {
    function: &'static HigherOrder,
    name: String,
    parts: Vec<Part>,
    captured: Vec<FieldRef>,
    signature: Signature,
}

/// The arguments of a call in a batch.
pub(super) struct LambdaCall<'a> {
    /// The values.
    pub(super) values: Call,
    bodies: Vec<&'a Body>,
    captured: Vec<ArrayRef>,
}

impl LambdaCall<'_> {
    /// The results of a lambda, counted among lambdas, for values of its parameters that belong to these rows.
    pub(super) fn apply(&self, lambda: usize, parameters: Vec<ArrayRef>, rows: Vec<u32>) -> Result<ArrayRef> {
        let count = rows.len();
        let rows = UInt32Array::from(rows);
        let captured: Result<Vec<_>, _> = self.captured.iter().map(|array| take(array, &rows, None)).collect();
        self.bodies[lambda].evaluate(parameters, &captured?, count)
    }
}

impl Closure {
    pub(crate) fn new(function: &'static HigherOrder, parts: Vec<Part>, captured: Vec<FieldRef>) -> Self {
        let is_volatile = parts.iter().any(|part| matches!(part, Part::Lambda(body) if body.is_volatile()));
        let volatility = if is_volatile { Volatility::Volatile } else { Volatility::Immutable };
        let signature = Signature::one_of(vec![TypeSignature::VariadicAny, TypeSignature::Nullary], volatility);
        Self { function, name: format!("{PREFIX}{}", function.name), parts, captured, signature }
    }

    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub(crate) fn captured(&self) -> &[FieldRef] {
        &self.captured
    }

    fn shown(&self, args: &[Expr]) -> String {
        let mut values = args.iter();
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Value => values.next().map(ToString::to_string).unwrap_or_default(),
                Part::Lambda(body) => format!("({}) -> {}", body.parameters().len(), body.expr()),
            })
            .collect();
        let captured: Vec<_> = values.map(ToString::to_string).collect();
        format!("{}({})[{}]", self.name, parts.join(", "), captured.join(", "))
    }

    /// Types of all arguments, a lambda's being that of its result.
    fn types(&self, fields: &[FieldRef]) -> Vec<TrinoType> {
        let mut values = fields.iter();
        let of_part = |part: &Part| match part {
            Part::Value => values.next().map_or(TrinoType::Unknown, |field| TrinoType::of_field(field)),
            Part::Lambda(body) => TrinoType::of_field(body.returns()),
        };
        self.parts.iter().map(of_part).collect()
    }
}

impl PartialEq for Closure {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.parts == other.parts
    }
}

impl Eq for Closure {}

impl Hash for Closure {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.parts.hash(state);
    }
}

impl fmt::Debug for Closure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct(&self.name).field("parts", &self.parts).finish()
    }
}

impl ScalarUDFImpl for Closure {
    fn name(&self) -> &str {
        &self.name
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        Ok(self.shown(args))
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        Ok(self.shown(args))
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("{} is typed by fields", self.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types = self.types(args.arg_fields);
        let returns = (self.function.returns)(&types).ok_or_else(|| unfit(self.function.name, &types))?;
        Ok(Arc::new(Field::new(&self.name, returns.data_type(), true)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let mut values = Call::of(args, false)?;
        let count = self.parts.iter().filter(|part| matches!(part, Part::Value)).count();
        let captured = values.arrays.split_off(count);
        values.types.truncate(count);
        let call = LambdaCall { values, bodies: self.parts.iter().filter_map(Part::body).collect(), captured };
        let array = (self.function.evaluate)(&call)?;
        Ok(ColumnarValue::Array(call.values.fitted(array)?))
    }
}
