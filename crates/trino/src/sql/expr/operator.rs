//! Arithmetic, AND, OR and `||`.

use datafusion::{
    common::ScalarValue,
    logical_expr::{BinaryExpr, Expr as Engine, Operator},
    sql::sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value},
};

use super::{
    compare::comparison,
    literal::{constant, number},
};
use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{Place, error, refuse},
        lattice::{common, is_number, is_temporal},
        planner::Planner,
        scope::{Env, Typed},
    },
};

impl Planner<'_> {
    pub(super) fn binary(&self, left: &Expr, op: &BinaryOperator, right: &Expr, env: &Env<'_>) -> SqlResult<Typed> {
        let place = self.tokens.after(left);
        let (left, right) = (self.expr(left, env)?, self.expr(right, env)?);
        let at = place.unwrap_or(left.at);
        if let Some((op, shown)) = comparison(op) {
            return self.compare(left, op, right, shown, at);
        }
        match op {
            BinaryOperator::And | BinaryOperator::Or => {
                let what = format!("Logical expression term {op}");
                let (left, right) = (self.boolean(left, &what)?, self.boolean(right, &what)?);
                let op = if *op == BinaryOperator::And { Operator::And } else { Operator::Or };
                let expr = BinaryExpr::new(Box::new(left.expr), op, Box::new(right.expr));
                Ok(Typed::new(Engine::BinaryExpr(expr), TrinoType::Boolean, at))
            }
            BinaryOperator::StringConcat => self.concat(left, right, at),
            BinaryOperator::Plus => self.arithmetic("add", "+", left, right, at),
            BinaryOperator::Minus => self.arithmetic("subtract", "-", left, right, at),
            BinaryOperator::Multiply => self.arithmetic("multiply", "*", left, right, at),
            BinaryOperator::Divide => self.arithmetic("divide", "/", left, right, at),
            BinaryOperator::Modulo => self.arithmetic("modulus", "%", left, right, at),
            other => refuse(at, format!("the operator {other}")),
        }
    }

    fn concat(&self, left: Typed, right: Typed, at: Place) -> SqlResult<Typed> {
        let is_text = |of: &TrinoType| matches!(of, TrinoType::Varchar(_) | TrinoType::Char(_) | TrinoType::Unknown);
        let is_array = matches!(left.of, TrinoType::Array(_)) || matches!(right.of, TrinoType::Array(_));
        let is_binary = |of: &TrinoType| matches!(of, TrinoType::Varbinary | TrinoType::Unknown);
        let fits =
            is_array || (is_text(&left.of) && is_text(&right.of)) || (is_binary(&left.of) && is_binary(&right.of));
        if !fits {
            let message = format!("Cannot apply operator: {} || {}", left.of, right.of);
            return error(ErrorName::TypeMismatch, at, message);
        }
        let name = if is_array { "array_concat" } else { "concat" };
        self.call(name, vec![left, right], at)
    }

    fn arithmetic(&self, name: &str, shown: &str, left: Typed, right: Typed, at: Place) -> SqlResult<Typed> {
        let mismatch = |left: &Typed, right: &Typed| {
            let message = format!("Cannot apply operator: {} {shown} {}", left.of, right.of);
            error(ErrorName::TypeMismatch, at, message)
        };
        if is_temporal(&left.of) || is_temporal(&right.of) {
            let is_interval =
                |of: &TrinoType| matches!(of, TrinoType::IntervalDayToSecond | TrinoType::IntervalYearToMonth);
            let both = is_interval(&left.of) && left.of == right.of;
            let scaled = |of: &TrinoType, by: &TrinoType| is_interval(of) && is_number(by);
            let own = match name {
                "add" | "subtract" if both => Some(false),
                "multiply" if scaled(&left.of, &right.of) => Some(false),
                "multiply" if scaled(&right.of, &left.of) => Some(true),
                "divide" if scaled(&left.of, &right.of) => Some(false),
                "add" | "subtract" if matches!(left.of, TrinoType::Time(_)) && is_interval(&right.of) => Some(false),
                "add" if is_interval(&left.of) && matches!(right.of, TrinoType::Time(_)) => Some(true),
                _ => None,
            };
            if let Some(is_turned) = own {
                let (of, other) = if is_turned { (right, left) } else { (left, right) };
                let other = if is_number(&other.of) { self.as_double(other)? } else { other };
                return self.call(&format!("$interval_{name}"), vec![of, other], at);
            }
            return match temporal(name, &left.of, &right.of) {
                Some((function, true)) => self.call(function, vec![right, left], at),
                Some((function, false)) => self.call(function, vec![left, right], at),
                None => mismatch(&left, &right),
            };
        }
        let takes = |of: &TrinoType| is_number(of) || matches!(of, TrinoType::Unknown);
        if !(takes(&left.of) && takes(&right.of)) {
            return mismatch(&left, &right);
        }
        let Some(met) = common(&left.of, &right.of) else { return mismatch(&left, &right) };
        match met {
            TrinoType::Unknown => {
                let left = self.coerce(left, &TrinoType::Integer)?;
                Ok(Typed { at, ..left })
            }
            TrinoType::Real | TrinoType::Double => {
                let (left, right) = (self.coerce(left, &met)?, self.coerce(right, &met)?);
                let op = match name {
                    "add" => Operator::Plus,
                    "subtract" => Operator::Minus,
                    "multiply" => Operator::Multiply,
                    "divide" => Operator::Divide,
                    _ => Operator::Modulo,
                };
                let expr = BinaryExpr::new(Box::new(left.expr), op, Box::new(right.expr));
                Ok(Typed::new(Engine::BinaryExpr(expr), met, at))
            }
            TrinoType::Decimal { .. } => self.call(name, vec![left, right], at),
            _ => {
                let (left, right) = (self.coerce(left, &met)?, self.coerce(right, &met)?);
                self.call(name, vec![left, right], at)
            }
        }
    }

    fn as_double(&self, number: Typed) -> SqlResult<Typed> {
        match number.of {
            TrinoType::Decimal { .. } => self.cast_to(number.clone(), "double", number.at),
            _ => self.coerce(number, &TrinoType::Double),
        }
    }

    pub(super) fn signed(&self, op: UnaryOperator, expr: &Expr, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        match (op, expr) {
            (UnaryOperator::Minus, Expr::Value(value)) => {
                if let Value::Number(digits, false) = &value.value {
                    return number(&format!("-{digits}"), at);
                }
            }
            (UnaryOperator::Plus | UnaryOperator::Minus, _) => {}
            (other, _) => return refuse(at, format!("the operator {other}")),
        }
        let value = self.expr(expr, env)?;
        let is_interval = matches!(value.of, TrinoType::IntervalDayToSecond | TrinoType::IntervalYearToMonth);
        match (&value.of, op) {
            (of, UnaryOperator::Plus) if is_number(of) => Ok(value),
            (TrinoType::Real | TrinoType::Double, _) => {
                Ok(Typed { expr: Engine::Negative(Box::new(value.expr)), ..value })
            }
            (of, _) if is_number(of) => self.call("negate", vec![value], at),
            _ if is_interval => {
                let minus = constant(ScalarValue::Float64(Some(-1.0)), TrinoType::Double, at);
                self.call("$interval_multiply", vec![value, minus], at)
            }
            (TrinoType::Unknown, _) => Ok(value),
            (other, _) => error(ErrorName::TypeMismatch, at, format!("Cannot negate {other}")),
        }
    }
}

/// The function that adds or subtracts dates, times and intervals, and whether it takes them the other way round.
fn temporal(operation: &str, left: &TrinoType, right: &TrinoType) -> Option<(&'static str, bool)> {
    let is_interval = |of: &TrinoType| matches!(of, TrinoType::IntervalDayToSecond | TrinoType::IntervalYearToMonth);
    let is_moment =
        |of: &TrinoType| matches!(of, TrinoType::Date | TrinoType::Timestamp(_) | TrinoType::TimestampWithTimeZone(..));
    match operation {
        "add" if is_moment(left) && is_interval(right) => Some(("date_plus_interval", false)),
        "add" if is_interval(left) && is_moment(right) => Some(("date_plus_interval", true)),
        "subtract" if is_moment(left) && is_interval(right) => Some(("date_minus_interval", false)),
        "subtract" if is_moment(left) && is_moment(right) => Some(("timestamp_minus_timestamp", false)),
        _ => None,
    }
}
