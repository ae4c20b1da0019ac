//! Calls that know the types of their arguments.
//!
//! Arrow's types do not say all that Trino's do: a `char(3)`, a `json` and a `varchar` are texts, a `time(6)` and a
//! `time(3)` are microseconds. Notes on fields would say it, but they are lost on the way to an executor, and make
//! types of arrays and maps unequal to the engine. So fields of plans have none; a function that needs to know is bound
//! to what it was typed with, and carries that along.

use std::{fmt, sync::Arc};

use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::{
    common::{ScalarValue, internal_err},
    error::Result,
    logical_expr::{ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature},
};

use super::define::fit;
use crate::TrinoType;

/// Types of a call's arguments and of its result, as fields with notes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Types {
    pub(crate) arguments: Vec<FieldRef>,
    pub(crate) returns: FieldRef,
}

impl Types {
    /// `None` if Arrow's types say as much.
    pub(crate) fn noted<'t>(arguments: impl IntoIterator<Item = &'t TrinoType>, returns: &TrinoType) -> Option<Self> {
        let arguments: Vec<_> = arguments.into_iter().collect();
        let is_noted = returns.is_noted() || arguments.iter().any(|of| of.is_noted());
        is_noted.then(|| Self {
            arguments: arguments.into_iter().map(|of| of.field("value", true)).collect(),
            returns: returns.field("value", true),
        })
    }

    /// The field of the result without notes.
    pub(crate) fn bare_result(&self, name: &str) -> FieldRef {
        Arc::new(Field::new(name, TrinoType::of_field(&self.returns).data_type(), true))
    }
}

/// The function, bound to types if Arrow's do not say as much.
pub(crate) fn bind<'t>(
    function: &Arc<ScalarUDF>,
    arguments: impl IntoIterator<Item = &'t TrinoType>,
    returns: &TrinoType,
) -> Arc<ScalarUDF> {
    match Types::noted(arguments, returns) {
        Some(types) => Arc::new(ScalarUDF::from(Bound { function: Arc::clone(function), types })),
        None => Arc::clone(function),
    }
}

/// Another function of the same arguments and result.
pub(crate) fn bind_as(bound: &ScalarUDF, function: &Arc<ScalarUDF>) -> Arc<ScalarUDF> {
    match bound.inner().downcast_ref::<Bound>() {
        Some(bound) => Arc::new(ScalarUDF::from(Bound { function: Arc::clone(function), types: bound.types.clone() })),
        None => Arc::clone(function),
    }
}

/// A function with its types.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Bound {
    pub(super) function: Arc<ScalarUDF>,
    pub(super) types: Types,
}

impl fmt::Debug for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.function.inner(), formatter)
    }
}

impl ScalarUDFImpl for Bound {
    fn name(&self) -> &str {
        self.function.name()
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        self.function.inner().schema_name(args)
    }

    fn signature(&self) -> &Signature {
        self.function.signature()
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("{} is typed by fields", self.name())
    }

    fn return_field_from_args(&self, _: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        Ok(self.types.bare_result(self.name()))
    }

    fn invoke_with_args(&self, mut args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let bare = Arc::clone(&args.return_field);
        args.arg_fields.clone_from(&self.types.arguments);
        args.return_field = Arc::clone(&self.types.returns);
        match self.function.invoke_with_args(args)? {
            ColumnarValue::Array(array) => Ok(ColumnarValue::Array(fit(&array, bare.data_type())?)),
            ColumnarValue::Scalar(value) if value.data_type() == *bare.data_type() => Ok(ColumnarValue::Scalar(value)),
            ColumnarValue::Scalar(value) => {
                let array = fit(&value.to_array()?, bare.data_type())?;
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?))
            }
        }
    }

    fn short_circuits(&self) -> bool {
        self.function.short_circuits()
    }
}

impl Types {
    /// In an order that does not change.
    pub(super) fn fields(&self) -> impl Iterator<Item = &FieldRef> {
        self.arguments.iter().chain([&self.returns])
    }

    /// From what [`Types::fields`] gave.
    pub(super) fn of_fields(mut fields: Vec<FieldRef>) -> Option<Self> {
        let returns = fields.pop()?;
        Some(Self { arguments: fields, returns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_arrow_says_in_full_is_not_bound() {
        let cast = super::super::functions().scalar.into_iter().find(|function| function.name() == "trino$cast");
        let cast = cast.unwrap();
        let bare = bind(&cast, [&TrinoType::Integer, &TrinoType::Varchar(None)], &TrinoType::Bigint);
        assert!(Arc::ptr_eq(&bare, &cast));
        let bound = bind(&cast, [&TrinoType::Char(3), &TrinoType::Varchar(None)], &TrinoType::Bigint);
        let other = bind(&cast, [&TrinoType::Char(4), &TrinoType::Varchar(None)], &TrinoType::Bigint);
        assert_ne!(bound, other);
        assert_eq!(bound, bind_as(&bound, &cast));
    }
}
