//! Comparisons. Those of equal types are the engine's own, so that scans prune and joins find their keys by them.

use datafusion::{
    logical_expr::{BinaryExpr, Expr as Engine, Operator},
    sql::sqlparser::ast::{BinaryOperator, Expr},
};

use super::constant::{literal_as, with_constant};
use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{Place, error},
        lattice::{common, is_comparable, is_orderable},
        planner::Planner,
        scope::{Env, Typed},
    },
};

pub(super) fn comparison(op: &BinaryOperator) -> Option<(Operator, &'static str)> {
    Some(match op {
        BinaryOperator::Eq => (Operator::Eq, "="),
        BinaryOperator::NotEq => (Operator::NotEq, "<>"),
        BinaryOperator::Lt => (Operator::Lt, "<"),
        BinaryOperator::LtEq => (Operator::LtEq, "<="),
        BinaryOperator::Gt => (Operator::Gt, ">"),
        BinaryOperator::GtEq => (Operator::GtEq, ">="),
        _ => return None,
    })
}

/// Two values as one type, or the error that names both.
impl Planner<'_> {
    pub(super) fn alike(&self, left: Typed, right: Typed, shown: &str, at: Place) -> SqlResult<(Typed, Typed)> {
        let Some(met) = common(&left.of, &right.of) else {
            let message = format!("Cannot apply operator: {} {shown} {}", left.of, right.of);
            return error(ErrorName::TypeMismatch, at, message);
        };
        // The engine compares points in time whatever their zones are.
        let keep = |value: Typed| match (&value.of, &met) {
            (TrinoType::TimestampWithTimeZone(..), TrinoType::TimestampWithTimeZone(..)) => Ok(value),
            _ => self.coerce(value, &met),
        };
        Ok((keep(left)?, keep(right)?))
    }

    pub(super) fn compare(&self, left: Typed, op: Operator, right: Typed, shown: &str, at: Place) -> SqlResult<Typed> {
        let (left, right) = literal_as(left, right, op);
        let (left, right) = self.alike(left, right, shown, at)?;
        let is_defined = match op {
            Operator::Eq | Operator::NotEq => is_comparable(&left.of),
            _ => is_orderable(&left.of),
        };
        if !is_defined || matches!(left.of, TrinoType::Json) && !matches!(op, Operator::Eq | Operator::NotEq) {
            let message = format!("Cannot apply operator: {} {shown} {}", left.of, right.of);
            return error(ErrorName::TypeMismatch, at, message);
        }
        let name = match op {
            Operator::Eq => "equal",
            Operator::NotEq => "not_equal",
            Operator::IsDistinctFrom => "distinct",
            Operator::IsNotDistinctFrom => "not_distinct",
            Operator::Lt => "less",
            Operator::LtEq => "less_or_equal",
            Operator::Gt => "greater",
            _ => "greater_or_equal",
        };
        let is_distinct = matches!(op, Operator::IsDistinctFrom | Operator::IsNotDistinctFrom);
        match left.of {
            // NaN is equal to nothing, and 0 to -0: the engine sorts them instead.
            TrinoType::Real | TrinoType::Double if !is_distinct => {
                if let Some(expr) = with_constant(&left.expr, op, &right.expr) {
                    return Ok(Typed::new(expr, TrinoType::Boolean, at));
                }
                self.call_as(&format!("${name}"), vec![left, right], TrinoType::Boolean, at)
            }
            TrinoType::Array(_) | TrinoType::Map(..) | TrinoType::Row(_) => {
                self.call_as(&format!("${name}"), vec![left, right], TrinoType::Boolean, at)
            }
            _ => {
                let expr = BinaryExpr::new(Box::new(left.expr), op, Box::new(right.expr));
                Ok(Typed::new(Engine::BinaryExpr(expr), TrinoType::Boolean, at))
            }
        }
    }

    pub(in crate::sql) fn compare_equal(&self, left: Typed, right: Typed, at: Place) -> SqlResult<Typed> {
        self.compare(left, Operator::Eq, right, "=", at)
    }

    pub(super) fn distinct_from(&self, left: &Expr, right: &Expr, env: &Env<'_>, negated: bool) -> SqlResult<Typed> {
        let at = self.tokens.after(left);
        let (left, right) = (self.expr(left, env)?, self.expr(right, env)?);
        let at = at.unwrap_or(left.at);
        let op = if negated { Operator::IsNotDistinctFrom } else { Operator::IsDistinctFrom };
        self.compare(left, op, right, "IS DISTINCT FROM", at)
    }
}
