//! Windows that mean the same on an executor.
//!
//! What the engine's plans do not carry of a window is made a part of its function or its arguments: whether it leaves
//! out NULL or is reversed ([`TravellingWindow`]), and a FILTER, which becomes a CASE around the first argument.
//!
//! Invariant: the query's result and its output schema do not change.

use std::sync::Arc;

use datafusion::{
    common::{not_impl_err, tree_node::Transformed},
    error::Result,
    logical_expr::{
        Expr, LogicalPlan, Window, WindowFunctionDefinition,
        expr::{NullTreatment, WindowFunction},
        expr_rewriter::NamePreserver,
        when,
    },
    optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule},
};

use crate::functions::TravellingWindow;

/// Functions of groups that a row whose first argument is NULL does not change. Trino's have the same names behind
/// their prefix.
const LEAVE_OUT_NULL: [&str; 35] = [
    "approx_distinct",
    "approx_median",
    "approx_percentile",
    "arbitrary",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bitwise_and_agg",
    "bitwise_or_agg",
    "bitwise_xor_agg",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "count_if",
    "covar_pop",
    "covar_samp",
    "every",
    "geometric_mean",
    "kurtosis",
    "listagg",
    "max",
    "mean",
    "median",
    "min",
    "skewness",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
];

/// Optimizer rule that readies windows for their journey.
#[derive(Debug, Default)]
pub struct TravellingWindows;

impl OptimizerRule for TravellingWindows {
    fn name(&self) -> &'static str {
        "travelling_windows"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Window(window) = &plan else { return Ok(Transformed::no(plan)) };
        let names = NamePreserver::new(&plan);
        let mut changed = false;
        let mut exprs = Vec::with_capacity(window.window_expr.len());
        for expr in &window.window_expr {
            match travelling(expr)? {
                Some(other) => {
                    changed = true;
                    exprs.push(names.save(expr).restore(other));
                }
                None => exprs.push(expr.clone()),
            }
        }
        if !changed {
            return Ok(Transformed::no(plan));
        }
        Ok(Transformed::yes(LogicalPlan::Window(Window::try_new(exprs, Arc::clone(&window.input))?)))
    }
}

/// The same window as one that can travel; `None` if it can.
fn travelling(expr: &Expr) -> Result<Option<Expr>> {
    let window = match expr {
        Expr::WindowFunction(window) => window,
        Expr::Alias(alias) => match alias.expr.as_ref() {
            Expr::WindowFunction(window) => window,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let mut changed: WindowFunction = window.as_ref().clone();
    match &window.fun {
        WindowFunctionDefinition::WindowUDF(function) => {
            let ignores_nulls = window.params.null_treatment == Some(NullTreatment::IgnoreNulls);
            let Some(function) = TravellingWindow::of(function, ignores_nulls) else { return Ok(None) };
            changed.fun = WindowFunctionDefinition::WindowUDF(function);
            if ignores_nulls {
                changed.params.null_treatment = None;
            }
        }
        WindowFunctionDefinition::AggregateUDF(function) => {
            let Some(filter) = changed.params.filter.take() else { return Ok(None) };
            let name = function.name().trim_start_matches(trino::functions::PREFIX);
            let Some(first) = changed.params.args.first_mut().filter(|_| LEAVE_OUT_NULL.contains(&name)) else {
                return not_impl_err!("FILTER of {name} in a window: write {name}(CASE WHEN … THEN … END) instead");
            };
            *first = when(*filter, first.clone()).end()?;
        }
    }
    Ok(Some(Expr::from(changed)))
}
