//! A call of the function in a logical plan.

use datafusion::{
    error::Result,
    logical_expr::{Expr, expr::AggregateFunction},
};

use super::{
    NAME,
    settings::{self, Settings},
};

/// What a call counts, and how.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CooccurrenceCall {
    pub(crate) group: Expr,
    pub(crate) item: Expr,
    pub(crate) settings: Settings<Expr>,
    pub(crate) filter: Option<Expr>,
}

impl CooccurrenceCall {
    /// The call that an aggregate expression is, if it is one whose rows need no order.
    pub(crate) fn try_of(expr: &Expr) -> Result<Option<Self>> {
        let Expr::AggregateFunction(AggregateFunction { func, params }) = expr else { return Ok(None) };
        if func.name() != NAME || params.distinct || !params.order_by.is_empty() {
            return Ok(None);
        }
        let [group, item, ..] = params.args.as_slice() else { return Ok(None) };
        Ok(Some(Self {
            group: group.clone(),
            item: item.clone(),
            settings: settings::of_logical(&params.args)?,
            filter: params.filter.as_deref().cloned(),
        }))
    }
}
