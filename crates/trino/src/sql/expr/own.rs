//! Functions beyond Trino's, which a session lets queries call.

use std::{collections::BTreeSet, sync::Arc};

use datafusion::{
    arrow::datatypes::FieldRef,
    common::ScalarValue,
    error::Result,
    logical_expr::{
        AggregateUDF, Expr as Engine, ReturnFieldArgs, ScalarUDF, expr::ScalarFunction,
        type_coercion::functions::fields_with_udf,
    },
};

use crate::{
    TrinoType,
    sql::{
        SqlResult,
        error::{At, Place},
        planner::Planner,
        scope::Typed,
    },
};

/// Extension of a session's configuration: names of its functions that queries may call besides Trino's. DataFusion
/// converts their arguments.
#[derive(Debug, Clone, Default)]
pub struct OwnFunctions(pub BTreeSet<String>);

impl Planner<'_> {
    fn is_own(&self, name: &str) -> bool {
        self.state.config().get_extension::<OwnFunctions>().is_some_and(|own| own.0.contains(name))
    }

    pub(super) fn own_scalar(&self, name: &str) -> Option<&Arc<ScalarUDF>> {
        self.state.scalar_functions().get(name).filter(|_| self.is_own(name))
    }

    pub(in crate::sql) fn own_aggregate(&self, name: &str) -> Option<&Arc<AggregateUDF>> {
        self.state.aggregate_functions().get(name).filter(|_| self.is_own(name))
    }

    pub(super) fn own_call(&self, function: &Arc<ScalarUDF>, values: &[Typed], at: Place) -> SqlResult<Typed> {
        let returns = scalar_field(function, values).at(at)?;
        let values = values.iter().map(|value| value.expr.clone()).collect();
        let expr = Engine::ScalarFunction(ScalarFunction::new_udf(Arc::clone(function), values));
        Ok(Typed::new(expr, TrinoType::of_field(&returns), at))
    }
}

fn scalar_field(function: &ScalarUDF, values: &[Typed]) -> Result<FieldRef> {
    let fields = fields_with_udf(&fields(values), function)?;
    let literals: Vec<Option<&ScalarValue>> = values
        .iter()
        .map(|value| match &value.expr {
            Engine::Literal(value, _) => Some(value),
            _ => None,
        })
        .collect();
    function.return_field_from_args(ReturnFieldArgs { arg_fields: &fields, scalar_arguments: &literals })
}

/// What a group's value of one of the session's own functions is.
pub(super) fn aggregate_field(function: &AggregateUDF, values: &[Typed]) -> Result<FieldRef> {
    function.return_field(&fields_with_udf(&fields(values), function)?)
}

fn fields(values: &[Typed]) -> Vec<FieldRef> {
    values.iter().map(Typed::field).collect()
}
