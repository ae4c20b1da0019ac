//! Windows.

use std::sync::Arc;

use datafusion::{
    common::{Column, ScalarValue},
    logical_expr::{
        Expr as Engine, LogicalPlan, LogicalPlanBuilder, WindowFrame as EngineFrame, WindowFrameBound as EngineBound,
        WindowFrameUnits as EngineUnits, WindowFunctionDefinition,
        expr::{WindowFunction, WindowFunctionParams},
        utils::find_window_exprs,
    },
    sql::sqlparser::ast::{Expr, Value, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType},
};

use super::{
    SqlResult,
    error::{At, NOWHERE, Place, error, refuse, start},
    expr::{Parts, unknown},
    group::replaced,
    lattice::is_number,
    planner::Planner,
    scope::{Env, NO_NAMES, Typed},
    tokens::name,
};
use crate::{
    ErrorName, TrinoType,
    functions::{PREFIX, bind_aggregate},
};

/// DataFusion's functions whose meaning is Trino's, and whether their type is that of their first argument.
const SHARED: [(&str, Option<TrinoType>); 10] = [
    ("row_number", Some(TrinoType::Bigint)),
    ("rank", Some(TrinoType::Bigint)),
    ("dense_rank", Some(TrinoType::Bigint)),
    ("percent_rank", Some(TrinoType::Double)),
    ("cume_dist", Some(TrinoType::Double)),
    ("lag", None),
    ("lead", None),
    ("first_value", None),
    ("last_value", None),
    ("nth_value", None),
];

/// Milliseconds.
const DAY: i64 = 86_400_000;

impl Planner<'_> {
    pub(super) fn is_window(&self, name: &str) -> bool {
        self.window_named(name).is_some() && self.aggregate_named(name).is_none()
    }

    fn window_named(&self, name: &str) -> Option<WindowFunctionDefinition> {
        let known = self.state.window_functions();
        let own = known.get(&format!("{PREFIX}{name}"));
        let is_shared = SHARED.iter().any(|(shared, _)| *shared == name);
        own.or_else(|| known.get(name).filter(|_| is_shared))
            .map(|function| WindowFunctionDefinition::WindowUDF(Arc::clone(function)))
    }

    pub(super) fn window(&self, mut call: Parts, over: &WindowType, env: &Env<'_>) -> SqlResult<Typed> {
        let at = call.at;
        let own = match over {
            WindowType::WindowSpec(spec) => spec.clone(),
            WindowType::NamedWindow(named) => WindowSpec {
                window_name: Some(named.clone()),
                partition_by: vec![],
                order_by: vec![],
                window_frame: None,
            },
        };
        let spec = resolved(own, env)?;
        if !find_window_exprs(call.values.iter().map(|value| &value.expr)).is_empty() {
            return error(ErrorName::NestedWindow, at, "Cannot nest window functions inside window function");
        }
        if call.is_distinct {
            return error(ErrorName::NotSupported, at, "DISTINCT in window function parameters not yet supported");
        }
        if !call.order_by.is_empty() {
            return refuse(at, "ORDER BY among the arguments of a window function");
        }
        let (fun, of) = self.window_function(&mut call)?;
        let partition_by = spec
            .partition_by
            .iter()
            .map(|expr| Ok(self.with_one_nan(self.expr(expr, env)?)?.expr))
            .collect::<SqlResult<Vec<_>>>()?;
        let orders =
            spec.order_by.iter().map(|order| self.order_value(order, &[], env)).collect::<SqlResult<Vec<_>>>()?;
        let order_by = spec.order_by.iter().zip(&orders).map(|(order, value)| self.sort(order, value.clone()));
        let window_frame = self.frame(spec.window_frame.as_ref(), &orders, at)?;
        let params = WindowFunctionParams {
            args: call.values.into_iter().map(|value| value.expr).collect(),
            partition_by,
            order_by: order_by.collect::<SqlResult<Vec<_>>>()?,
            window_frame,
            filter: call.filter.map(|filter| Box::new(filter.expr)),
            null_treatment: call.nulls,
            distinct: false,
        };
        let expr = Engine::WindowFunction(Box::new(WindowFunction { fun, params }));
        Ok(Typed { expr, at, ..of })
    }

    /// The function, and what it yields.
    fn window_function(&self, call: &mut Parts) -> SqlResult<(WindowFunctionDefinition, Typed)> {
        let at = call.at;
        let null = Engine::Literal(ScalarValue::Null, None);
        if let Some(function) = self.window_named(&call.name) {
            let shared = SHARED.iter().find(|(name, _)| *name == function.name());
            let of = match (shared, call.values.first()) {
                (Some((_, Some(of))), None) => Typed::new(null, of.clone(), at),
                (Some((_, None)), Some(first)) => {
                    let of = first.of.clone();
                    if let Some(offset) = call.values.get_mut(1) {
                        *offset = self.coerce(offset.clone(), &TrinoType::Bigint)?;
                    }
                    if call.name == "nth_value" {
                        is_nth(&call.values, at)?;
                    }
                    if let Some(default) = call.values.get_mut(2) {
                        *default = self.coerce(default.clone(), &of)?;
                    }
                    Typed::new(null, of, at)
                }
                (Some(_), _) => return unknown(&call.name, &call.values, at),
                (None, _) => {
                    let fields: Vec<_> = call.values.iter().map(Typed::field).collect();
                    let returns = function.return_field(&fields, "value").at(at)?;
                    Typed::new(null, TrinoType::of_field(&returns), at)
                }
            };
            return Ok((function, of));
        }
        let Some(function) = self.aggregate_named(&call.name) else { return unknown(&call.name, &call.values, at) };
        let of = self.aggregate_arguments(function, call)?;
        let function = bind_aggregate(function, call.values.iter().map(|value| &value.of), &of.of);
        Ok((WindowFunctionDefinition::AggregateUDF(function), of))
    }

    fn frame(&self, frame: Option<&WindowFrame>, orders: &[Typed], at: Place) -> SqlResult<EngineFrame> {
        let Some(frame) = frame else {
            return Ok(EngineFrame::new((!orders.is_empty()).then_some(false)));
        };
        let units = match frame.units {
            WindowFrameUnits::Rows => EngineUnits::Rows,
            WindowFrameUnits::Range => EngineUnits::Range,
            WindowFrameUnits::Groups => EngineUnits::Groups,
        };
        let is_bounded = |bound: &WindowFrameBound| {
            matches!(bound, WindowFrameBound::Preceding(Some(_)) | WindowFrameBound::Following(Some(_)))
        };
        let end = frame.end_bound.clone().unwrap_or(WindowFrameBound::CurrentRow);
        if units == EngineUnits::Range && (is_bounded(&frame.start_bound) || is_bounded(&end)) {
            return self.range(&frame.start_bound, &end, orders, at);
        }
        if units == EngineUnits::Groups && orders.is_empty() {
            return error(ErrorName::MissingOrderBy, at, "Window frame of type GROUPS requires ORDER BY");
        }
        check_ends(&frame.start_bound, &end, at)?;
        let (from, to) = (bound(&frame.start_bound, at)?, bound(&end, at)?);
        if from > to {
            return error(
                ErrorName::InvalidWindowFrame,
                at,
                "Window frame starting from a later row than it ends with",
            );
        }
        // Without an order all rows are peers.
        if units == EngineUnits::Range && orders.is_empty() {
            return Ok(EngineFrame::new(None));
        }
        Ok(EngineFrame::new_bounds(units, from, to))
    }

    /// A frame of the rows whose values lie within a distance.
    fn range(
        &self,
        from: &WindowFrameBound,
        to: &WindowFrameBound,
        orders: &[Typed],
        at: Place,
    ) -> SqlResult<EngineFrame> {
        const WHAT: &str = "Window frame of type RANGE PRECEDING or FOLLOWING requires";
        check_ends(from, to, at)?;
        let [order] = orders else {
            return match orders.len() {
                0 => error(ErrorName::MissingOrderBy, at, format!("{WHAT} ORDER BY")),
                count => {
                    let message = format!("{WHAT} single sort item in ORDER BY (actual: {count})");
                    error(ErrorName::InvalidWindowFrame, at, message)
                }
            };
        };
        let is_moment =
            matches!(order.of, TrinoType::Date | TrinoType::Timestamp(_) | TrinoType::TimestampWithTimeZone(..));
        if !is_moment && !is_number(&order.of) {
            let message = format!("{WHAT} that sort item type be numeric, datetime or interval (actual: {})", order.of);
            return error(ErrorName::TypeMismatch, order.at, message);
        }
        let kind = |bound: &WindowFrameBound| match bound {
            WindowFrameBound::Preceding(_) => 0,
            WindowFrameBound::CurrentRow => 1,
            WindowFrameBound::Following(_) => 2,
        };
        if kind(from) > kind(to) {
            return error(
                ErrorName::InvalidWindowFrame,
                at,
                "Window frame starting from a later row than it ends with",
            );
        }
        let bound = |bound: &WindowFrameBound| -> SqlResult<EngineBound> {
            Ok(match bound {
                WindowFrameBound::CurrentRow => EngineBound::CurrentRow,
                WindowFrameBound::Preceding(None) => EngineBound::Preceding(ScalarValue::Null),
                WindowFrameBound::Following(None) => EngineBound::Following(ScalarValue::Null),
                WindowFrameBound::Preceding(Some(distance)) => {
                    EngineBound::Preceding(self.distance(distance, order, is_moment)?)
                }
                WindowFrameBound::Following(Some(distance)) => {
                    EngineBound::Following(self.distance(distance, order, is_moment)?)
                }
            })
        };
        Ok(EngineFrame::new_bounds(EngineUnits::Range, bound(from)?, bound(to)?))
    }

    /// How far from the value of the row a frame reaches.
    fn distance(&self, distance: &Expr, order: &Typed, is_moment: bool) -> SqlResult<ScalarValue> {
        let value = self.expr(distance, &NO_NAMES)?;
        let at = value.at;
        let is_interval = matches!(value.of, TrinoType::IntervalDayToSecond | TrinoType::IntervalYearToMonth);
        if is_moment != is_interval {
            let message = format!(
                "Window frame RANGE value type ({}) not compatible with sort item type ({})",
                value.of, order.of
            );
            return error(ErrorName::TypeMismatch, at, message);
        }
        let value = if is_moment { value } else { self.coerce(value, &order.of)? };
        let Engine::Literal(found, _) = self.folded(value)?.expr else {
            return refuse(at, "a distance of another length in each row");
        };
        let zero = ScalarValue::new_zero(&found.data_type()).at(at)?;
        if found.is_null() || found < zero {
            return error(ErrorName::InvalidWindowFrame, at, "Window frame offset value must not be negative or null");
        }
        Ok(match found {
            ScalarValue::IntervalYearMonth(Some(months)) => ScalarValue::new_interval_mdn(months, 0, 0),
            ScalarValue::DurationMillisecond(Some(millis)) => {
                let days = i32::try_from(millis / DAY).unwrap_or(i32::MAX);
                ScalarValue::new_interval_mdn(0, days, millis % DAY * 1_000_000)
            }
            number => number,
        })
    }

    /// Computes the windows of values, and makes the values refer to them.
    pub(super) fn windowed(&self, plan: LogicalPlan, values: Vec<&mut Typed>) -> SqlResult<LogicalPlan> {
        let windows = find_window_exprs(values.iter().map(|value| &value.expr));
        if windows.is_empty() {
            return Ok(plan);
        }
        let mut names: Vec<_> = windows.iter().map(|window| window.schema_name().to_string()).collect();
        let known: Vec<_> = windows.iter().cloned().zip(names.iter().map(Column::new_unqualified)).collect();
        names.sort();
        names.dedup();
        if names.len() < windows.len() {
            return refuse(NOWHERE, "windows that differ in the types of their arguments only");
        }
        let plan = LogicalPlanBuilder::window_plan(plan, windows).at(NOWHERE)?;
        for value in values {
            value.expr = replaced(value.expr.clone(), &known).at(value.at)?;
        }
        Ok(plan)
    }
}

/// Refuses frames that begin after all rows or end before them.
fn check_ends(from: &WindowFrameBound, to: &WindowFrameBound, at: Place) -> SqlResult<()> {
    if matches!(from, WindowFrameBound::Following(None)) {
        return error(ErrorName::InvalidWindowFrame, at, "Window frame start cannot be UNBOUNDED FOLLOWING");
    }
    if matches!(to, WindowFrameBound::Preceding(None)) {
        return error(ErrorName::InvalidWindowFrame, at, "Window frame end cannot be UNBOUNDED PRECEDING");
    }
    Ok(())
}

/// A window with what the window that it names says.
fn resolved(own: WindowSpec, env: &Env<'_>) -> SqlResult<WindowSpec> {
    let Some(named) = &own.window_name else { return Ok(own) };
    let called = name(named);
    let Some((_, base)) = env.windows.iter().find(|(known, _)| *known == called) else {
        return error(ErrorName::ColumnNotFound, start(named.span), format!("Cannot resolve WINDOW name {called}"));
    };
    let base = resolved(base.clone(), env)?;
    let has_order = !base.order_by.is_empty();
    if !own.partition_by.is_empty()
        || (has_order && !own.order_by.is_empty())
        || base.window_frame.is_some() && own.window_frame.is_some()
    {
        return refuse(start(named.span), "a window that changes another one");
    }
    Ok(WindowSpec {
        window_name: None,
        partition_by: base.partition_by,
        order_by: if has_order { base.order_by } else { own.order_by },
        window_frame: own.window_frame.or(base.window_frame),
    })
}

/// Refuses what the engine takes for something else: it counts from the end below 0.
fn is_nth(values: &[Typed], at: Place) -> SqlResult<()> {
    match values {
        [_, Typed { expr: Engine::Literal(ScalarValue::Int64(Some(n)), _), .. }] if *n > 0 => Ok(()),
        [_, Typed { expr: Engine::Literal(..), at, .. }] => {
            error(ErrorName::InvalidFunctionArgument, *at, "Offset must be at least 1")
        }
        [_, offset] => refuse(offset.at, "nth_value of another number in each row"),
        _ => unknown("nth_value", values, at),
    }
}

fn bound(bound: &WindowFrameBound, at: Place) -> SqlResult<EngineBound> {
    let distance = |expr: &Option<Box<Expr>>| match expr.as_deref() {
        None => Ok(ScalarValue::UInt64(None)),
        Some(Expr::Value(value)) => match &value.value {
            Value::Number(digits, false) => match digits.parse() {
                Ok(rows) => Ok(ScalarValue::UInt64(Some(rows))),
                Err(_) => refuse(at, format!("the distance {digits}")),
            },
            other => refuse(at, format!("the distance {other}")),
        },
        Some(other) => refuse(at, format!("the distance {other}")),
    };
    Ok(match bound {
        WindowFrameBound::CurrentRow => EngineBound::CurrentRow,
        WindowFrameBound::Preceding(rows) => EngineBound::Preceding(distance(rows)?),
        WindowFrameBound::Following(rows) => EngineBound::Following(distance(rows)?),
    })
}
