//! A declared function as DataFusion takes it.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use arrow::datatypes::{DataType, FieldRef};
use datafusion::{
    common::{ScalarValue, internal_err},
    error::{DataFusionError, Result},
    logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};

use super::{Arguments, Call, Fit, Scalar, Takes, fit, form::Form};
use crate::{ErrorName, TrinoType, functions::PREFIX};

pub(super) struct Function {
    definition: &'static Scalar,
    name: String,
    forms: Vec<Form>,
    signature: Signature,
}

impl Function {
    pub(super) fn of(definition: &'static Scalar) -> Self {
        let forms = match definition.takes {
            Takes::Forms(forms) => forms.iter().filter_map(|form| Form::parse(form)).collect(),
            Takes::Rule(_) => Vec::new(),
        };
        let volatility = if definition.is_volatile { Volatility::Volatile } else { Volatility::Immutable };
        let signature = Signature::user_defined(volatility);
        Self { definition, name: format!("{PREFIX}{}", definition.name), forms, signature }
    }

    fn fit(&self, arguments: &Arguments<'_>) -> Result<Fit> {
        let found = match self.definition.takes {
            Takes::Forms(_) => {
                let fits = self.forms.iter().filter_map(|form| form.fit(arguments.types));
                fits.min_by_key(|(coerced, _)| *coerced).map(|(_, fit)| fit)
            }
            Takes::Rule(rule) => rule(arguments)?,
        };
        found.ok_or_else(|| self.unfit(arguments.types))
    }

    fn unfit(&self, types: &[TrinoType]) -> DataFusionError {
        let types: Vec<_> = types.iter().map(ToString::to_string).collect();
        let name = self.definition.name;
        let mut message = format!("Unexpected parameters ({}) for function {name}.", types.join(", "));
        if let Takes::Forms(forms) = self.definition.takes {
            let forms = forms.iter().filter_map(|form| form.split_once("->"));
            let forms: Vec<_> = forms.map(|(takes, gives)| format!("{name}({}):{gives}", takes.trim())).collect();
            let forms = forms.join(", ");
            message.push_str(&format!(" Expected: {forms}"));
        }
        ErrorName::FunctionNotFound.error(message)
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Arguments are coerced in the call, where their types are known in full.
    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(types.to_vec())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("{} is typed by fields", self.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<_> = args.arg_fields.iter().map(|field| TrinoType::of_field(field)).collect();
        let fit = self.fit(&Arguments { types: &types, constants: args.scalar_arguments })?;
        Ok(fit.result.field(&self.name, true))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let types: Vec<_> = args.arg_fields.iter().map(|field| TrinoType::of_field(field)).collect();
        let constants: Vec<_> = args.args.iter().map(constant).collect();
        let fitting = self.fit(&Arguments { types: &types, constants: &constants })?;
        let returns = args.return_field.data_type().clone();
        let call = Call::new(args, types, fitting, self.definition.is_volatile)?;
        let array = fit(&(self.definition.gives)(&call)?, &returns)?;
        if call.is_constant() {
            return Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?));
        }
        Ok(ColumnarValue::Array(array))
    }
}

fn constant(value: &ColumnarValue) -> Option<&ScalarValue> {
    match value {
        ColumnarValue::Scalar(value) => Some(value),
        ColumnarValue::Array(_) => None,
    }
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
