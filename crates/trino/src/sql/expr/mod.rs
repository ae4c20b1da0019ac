//! Expressions.

mod cast;
mod choice;
mod compare;
mod constant;
mod function;
mod json;
mod lambda;
mod literal;
mod member;
mod name;
mod operator;
mod own;
mod reduce;
mod session;
mod subquery;
mod text;

pub use function::BUILT_IN;
pub(super) use function::{Parts, unknown};
pub use own::OwnFunctions;

use datafusion::{
    logical_expr::Expr as Engine,
    sql::sqlparser::ast::{Array, Expr, Spanned, UnaryOperator},
};

use super::{
    SqlResult,
    error::{error, refuse, start},
    planner::Planner,
    scope::{Env, Typed},
};
use crate::{ErrorName, TrinoType};

impl Planner<'_> {
    /// Plans and types an expression.
    pub(super) fn expr(&self, expr: &Expr, env: &Env<'_>) -> SqlResult<Typed> {
        let at = start(expr.span());
        match expr {
            Expr::Nested(inner) => self.expr(inner, env),
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => {
                self.named(expr, env)
            }
            Expr::Value(value) => self.literal(value, at),
            Expr::TypedString(typed) => self.typed_string(typed, at),
            Expr::Interval(interval) => self.interval(interval, at),
            Expr::Array(Array { elem, named: true }) => self.array(elem, env, at),
            Expr::Tuple(values) => self.row(values, env, at),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                let value = self.boolean(self.expr(expr, env)?, "Value of logical NOT expression")?;
                Ok(Typed::new(Engine::Not(Box::new(value.expr)), TrinoType::Boolean, at))
            }
            Expr::UnaryOp { op, expr } => self.signed(*op, expr, env, at),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, env),
            Expr::IsNull(inner) => self.is_null(inner, env, false),
            Expr::IsNotNull(inner) => self.is_null(inner, env, true),
            Expr::IsDistinctFrom(left, right) => self.distinct_from(left, right, env, false),
            Expr::IsNotDistinctFrom(left, right) => self.distinct_from(left, right, env, true),
            Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated, env),
            Expr::InSubquery { expr, subquery, negated } => self.in_subquery(expr, subquery, *negated, env),
            Expr::Between { expr, negated, low, high } => self.between(expr, low, high, *negated, env),
            Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like(expr, pattern, escape_char.as_ref(), *negated, env)
            }
            Expr::AnyOp { left, compare_op, right, is_some: _ } => self.quantified(left, compare_op, right, false, env),
            Expr::AllOp { left, compare_op, right } => self.quantified(left, compare_op, right, true, env),
            Expr::Cast { kind, expr, data_type, array: false, format: None } => {
                self.explicit_cast(kind, expr, data_type, env)
            }
            Expr::AtTimeZone { timestamp, time_zone } => {
                let values = vec![self.expr(timestamp, env)?, self.expr(time_zone, env)?];
                self.call("at_timezone", values, at)
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), env, at)
            }
            Expr::Exists { subquery, negated } => self.exists(subquery, *negated, env),
            Expr::Subquery(query) => self.scalar_subquery(query, env, at),
            Expr::Function(function) => self.function(function, env),
            Expr::Extract { .. }
            | Expr::Ceil { .. }
            | Expr::Floor { .. }
            | Expr::Position { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::IsNormalized { .. } => self.worded(expr, env, at),
            Expr::Lambda(_) => {
                error(ErrorName::TypeMismatch, at, "Lambda expression should always be used inside a function")
            }
            other => refuse(at, format!("the expression {other}")),
        }
    }

    /// A value that must be true, false or NULL.
    pub(super) fn boolean(&self, value: Typed, what: &str) -> SqlResult<Typed> {
        match &value.of {
            TrinoType::Boolean => Ok(value),
            TrinoType::Unknown => self.coerce(value, &TrinoType::Boolean),
            other => {
                let message = format!("{what} must evaluate to a boolean: actual type {other}");
                error(ErrorName::TypeMismatch, value.at, message)
            }
        }
    }

    fn is_null(&self, inner: &Expr, env: &Env<'_>, negated: bool) -> SqlResult<Typed> {
        let value = self.expr(inner, env)?;
        let expr = if negated { value.expr.is_not_null() } else { value.expr.is_null() };
        Ok(Typed::new(expr, TrinoType::Boolean, value.at))
    }

    fn array(&self, elements: &[Expr], env: &Env<'_>, at: super::error::Place) -> SqlResult<Typed> {
        let values = elements.iter().map(|expr| self.expr(expr, env)).collect::<SqlResult<Vec<_>>>()?;
        let values = self.common_of(values, at, "ARRAY")?;
        let of = values.first().map_or(TrinoType::Unknown, |value| value.of.clone());
        if values.is_empty() {
            let empty = datafusion::common::ScalarValue::List(datafusion::common::ScalarValue::new_list_nullable(
                &[],
                &arrow::datatypes::DataType::Null,
            ));
            return Ok(Typed::new(Engine::Literal(empty, None), TrinoType::Array(Box::new(of)), at));
        }
        self.call_as("$array", values, TrinoType::Array(Box::new(of)), at)
    }
}
