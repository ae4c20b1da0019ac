//! The body of a lambda.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions},
    datatypes::{Field, FieldRef, Schema, SchemaRef},
};
use datafusion::{
    common::{DFSchema, tree_node::TreeNode},
    error::Result,
    logical_expr::{
        Expr, ExprSchemable, execution_props::ExecutionProps, physical_planning_context::PhysicalPlanningContext,
        simplify::SimplifyContext,
    },
    optimizer::simplify_expressions::ExprSimplifier,
    physical_expr::{PhysicalExpr, create_physical_expr},
};

use crate::{TrinoType, functions::define::fit};

/// An expression over the columns `p0`, `p1`… of its parameters and `c0`, `c1`… of what the call captures.
#[derive(Debug)]
pub(crate) struct Body {
    parameters: Vec<FieldRef>,
    expr: Expr,
    returns: FieldRef,
    schema: SchemaRef,
    physical: Arc<dyn PhysicalExpr>,
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr && self.schema == other.schema && self.parameters.len() == other.parameters.len()
    }
}

impl Eq for Body {}

impl Hash for Body {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expr.hash(state);
    }
}

impl Body {
    pub(super) fn parameter(at: usize) -> String {
        format!("p{at}")
    }

    pub(super) fn capture(at: usize) -> String {
        format!("c{at}")
    }

    pub(crate) fn try_new(parameters: Vec<FieldRef>, captured: &[FieldRef], expr: Expr) -> Result<Self> {
        let renamed = |field: &FieldRef, name: String| Field::new(name, TrinoType::of_field(field).data_type(), true);
        let own = parameters.iter().enumerate().map(|(at, field)| renamed(field, Self::parameter(at)));
        let others = captured.iter().enumerate().map(|(at, field)| renamed(field, Self::capture(at)));
        let schema = Arc::new(Schema::new(own.chain(others).collect::<Vec<_>>()));
        let named = DFSchema::try_from(Arc::clone(&schema))?;
        let context = SimplifyContext::builder().with_schema(Arc::new(named.clone())).build();
        let simplifier = ExprSimplifier::new(context);
        // The optimizer does not look into bodies, and some functions are only what their rules make of them.
        let expr = simplifier.simplify(simplifier.coerce(expr, &named)?)?;
        let returns = expr.to_field(&named)?.1;
        let physical =
            create_physical_expr(&expr, &named, &ExecutionProps::new(), &PhysicalPlanningContext::default())?;
        Ok(Self { parameters, expr, returns, schema, physical })
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    pub(crate) fn parameters(&self) -> &[FieldRef] {
        &self.parameters
    }

    pub(super) fn returns(&self) -> &FieldRef {
        &self.returns
    }

    pub(super) fn is_volatile(&self) -> bool {
        self.expr.exists(|expr| Ok(expr.is_volatile_node())).unwrap_or(true)
    }

    /// The results for rows of parameters and of what was captured.
    pub(super) fn evaluate(&self, parameters: Vec<ArrayRef>, captured: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let given = parameters.iter().take(self.parameters.len()).chain(captured);
        let columns: Result<Vec<_>> =
            given.zip(self.schema.fields()).map(|(array, field)| fit(array, field.data_type())).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns?, &options)?;
        self.physical.evaluate(&batch)?.into_array(rows)
    }
}
