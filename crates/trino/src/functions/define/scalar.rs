//! A function as DataFusion takes it.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use arrow::{
    array::ArrayRef,
    datatypes::{DataType, FieldRef},
};
use datafusion::{
    common::{ScalarValue, internal_err},
    error::Result,
    logical_expr::{
        ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature,
        Volatility,
    },
};

use super::Call;
use crate::{ErrorName, TrinoType, functions::PREFIX};

/// What a typing may look at.
pub(crate) struct Arguments<'a> {
    /// Types of the arguments.
    pub(crate) types: &'a [TrinoType],
    /// Values of the arguments that are literals.
    pub(crate) literals: &'a [Option<&'a ScalarValue>],
}

impl Arguments<'_> {
    /// The text of a literal argument.
    pub(crate) fn text(&self, at: usize) -> Option<&str> {
        self.literals.get(at).copied().flatten().and_then(|value| value.try_as_str().flatten())
    }

    /// The value of a literal integer argument.
    pub(crate) fn integer(&self, at: usize) -> Option<i64> {
        let value = self.literals.get(at).copied().flatten()?;
        match value.cast_to(&DataType::Int64) {
            Ok(ScalarValue::Int64(value)) => value,
            _ => None,
        }
    }
}

/// The type of the result, or `None` if the function does not take these arguments.
type Typing = fn(&Arguments<'_>) -> Result<Option<TrinoType>>;
/// The values of all rows. Whatever array it is, it is made to fit the type of the result.
type Evaluation = fn(&Call) -> Result<ArrayRef>;

struct Function {
    name: String,
    typing: Typing,
    evaluation: Evaluation,
    signature: Signature,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// A function whose value depends on its arguments alone.
pub(crate) fn define(name: &str, typing: Typing, evaluation: Evaluation) -> Arc<ScalarUDF> {
    with_volatility(name, typing, evaluation, Volatility::Immutable)
}

/// A function that may give another value at each call.
pub(crate) fn define_volatile(name: &str, typing: Typing, evaluation: Evaluation) -> Arc<ScalarUDF> {
    with_volatility(name, typing, evaluation, Volatility::Volatile)
}

fn with_volatility(name: &str, typing: Typing, evaluation: Evaluation, volatility: Volatility) -> Arc<ScalarUDF> {
    let signature = Signature::one_of(vec![TypeSignature::VariadicAny, TypeSignature::Nullary], volatility);
    Arc::new(ScalarUDF::from(Function { name: format!("{PREFIX}{name}"), typing, evaluation, signature }))
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("{} is typed by fields", self.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<_> = args.arg_fields.iter().map(|field| TrinoType::of_field(field)).collect();
        let arguments = Arguments { types: &types, literals: args.scalar_arguments };
        match (self.typing)(&arguments)? {
            Some(of) => Ok(of.field(&self.name, true)),
            None => Err(unfit(self.name.trim_start_matches(PREFIX), &types)),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let all_constant = args.args.iter().all(|value| matches!(value, ColumnarValue::Scalar(_)));
        let is_constant = all_constant && self.signature.volatility != Volatility::Volatile;
        let call = Call::of(args, is_constant)?;
        let array = call.fitted((self.evaluation)(&call)?)?;
        if is_constant {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

/// The error of arguments that no form of a function takes.
pub(crate) fn unfit(name: &str, types: &[TrinoType]) -> datafusion::error::DataFusionError {
    let types: Vec<_> = types.iter().map(ToString::to_string).collect();
    ErrorName::FunctionNotFound.error(format!("Unexpected parameters ({}) for function {name}", types.join(", ")))
}
