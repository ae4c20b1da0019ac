//! Co-occurrence in a logical plan.

use std::{cmp::Ordering, collections::BTreeSet, fmt, sync::Arc};

use arrow::datatypes::DataType;
use cooccurrence::{Options, Weighting};
use datafusion::{
    common::{DFSchema, DFSchemaRef, internal_err},
    error::Result,
    logical_expr::{Expr, LogicalPlan, UserDefinedLogicalNodeCore},
};
use serde::{Deserialize, Serialize};

use crate::operators::cooccurrence::output_schema;

/// Names of the input's columns.
pub(super) const GROUP: &str = "group";
pub(super) const ITEM: &str = "item";
pub(super) const POSITION: &str = "position";
/// Name of the output's column.
pub(super) const NEIGHBOUR: &str = "neighbour";

/// For each item of its input the best neighbours, a struct a row.
///
/// The input's columns are group, item and, if there is one, position.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct CooccurrenceNode {
    input: LogicalPlan,
    call: Counted,
    schema: DFSchemaRef,
}

/// What is counted, and what of it is told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) options: Options,
    /// Fields of the neighbours; all of them, if none are named.
    pub(crate) fields: Option<BTreeSet<String>>,
}

impl CooccurrenceNode {
    pub(crate) fn try_new(input: LogicalPlan, call: Counted) -> Result<Self> {
        let item: DataType = match input.schema().fields().as_ref() {
            [_, item] | [_, item, _] => item.data_type().clone(),
            fields => return internal_err!("cooccurrence got {} columns", fields.len()),
        };
        let schema = Arc::new(DFSchema::try_from(output_schema(&item, call.fields.as_ref()).as_ref().clone())?);
        Ok(Self { input, call, schema })
    }

    pub(crate) fn call(&self) -> &Counted {
        &self.call
    }

    /// The node that makes only these fields.
    pub(crate) fn narrowed(&self, fields: BTreeSet<String>) -> Result<Self> {
        Self::try_new(self.input.clone(), Counted { fields: Some(fields), ..self.call.clone() })
    }
}

impl PartialOrd for CooccurrenceNode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.input.partial_cmp(&other.input).filter(|order| *order != Ordering::Equal || self == other)
    }
}

impl UserDefinedLogicalNodeCore for CooccurrenceNode {
    fn name(&self) -> &'static str {
        "Cooccurrence"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.input]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        Vec::new()
    }

    fn fmt_for_explain(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Options { k, min_count, rank_by, window, max_group_length, weighting } = &self.call.options;
        write!(formatter, "Cooccurrence: k={k}, min_count={min_count}, rank_by={}", rank_by.name())?;
        if let Some(window) = window {
            write!(formatter, ", window={window}")?;
        }
        if let Some(most) = max_group_length {
            write!(formatter, ", max_group_length={most}")?;
        }
        if *weighting == Weighting::InverseLength {
            write!(formatter, ", weighting=inverse_length")?;
        }
        match &self.call.fields {
            Some(fields) => {
                write!(formatter, ", fields=[{}]", fields.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            None => Ok(()),
        }
    }

    fn with_exprs_and_inputs(&self, _exprs: Vec<Expr>, inputs: Vec<LogicalPlan>) -> Result<Self> {
        match <[LogicalPlan; 1]>::try_from(inputs) {
            Ok([input]) => Self::try_new(input, self.call.clone()),
            Err(inputs) => internal_err!("cooccurrence has one input, got {}", inputs.len()),
        }
    }
}
