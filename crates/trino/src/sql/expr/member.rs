//! IN a list, BETWEEN.

use datafusion::{
    logical_expr::{Expr as Engine, Operator, expr::InList},
    sql::sqlparser::ast::Expr,
};

use crate::{
    TrinoType,
    sql::{
        SqlResult,
        planner::Planner,
        scope::{Env, Typed},
    },
};

impl Planner<'_> {
    pub(super) fn in_list(&self, expr: &Expr, list: &[Expr], negated: bool, env: &Env<'_>) -> SqlResult<Typed> {
        let at = self.tokens.after(expr);
        let value = self.expr(expr, env)?;
        let at = at.unwrap_or(value.at);
        let mut values = vec![value];
        for item in list {
            let item = self.expr(item, env)?;
            // The error of a comparison names both types.
            self.alike(values[0].clone(), item.clone(), "IN", at)?;
            values.push(item);
        }
        let mut values = self.common_of(values, at, "IN")?;
        let value = values.remove(0);
        let is_float = matches!(value.of, TrinoType::Real | TrinoType::Double);
        let is_nested = matches!(value.of, TrinoType::Array(_) | TrinoType::Map(..) | TrinoType::Row(_));
        if is_float || is_nested {
            let mut any: Option<Engine> = None;
            for item in values {
                let equal = self.compare_equal(value.clone(), item, at)?.expr;
                any = Some(any.map_or_else(|| equal.clone(), |any| any.or(equal.clone())));
            }
            let any = any.unwrap_or_else(|| datafusion::logical_expr::lit(false));
            let expr = if negated { Engine::Not(Box::new(any)) } else { any };
            return Ok(Typed::new(expr, TrinoType::Boolean, at));
        }
        let list = values.into_iter().map(|item| item.expr).collect();
        let expr = Engine::InList(InList::new(Box::new(value.expr), list, negated));
        Ok(Typed::new(expr, TrinoType::Boolean, at))
    }

    pub(super) fn between(
        &self,
        expr: &Expr,
        low: &Expr,
        high: &Expr,
        negated: bool,
        env: &Env<'_>,
    ) -> SqlResult<Typed> {
        let at = self.tokens.after(expr);
        let value = self.expr(expr, env)?;
        let at = at.unwrap_or(value.at);
        let (low, high) = (self.expr(low, env)?, self.expr(high, env)?);
        let from = self.compare(value.clone(), Operator::GtEq, low, "BETWEEN", at)?;
        let to = self.compare(value, Operator::LtEq, high, "BETWEEN", at)?;
        let both = from.expr.and(to.expr);
        let expr = if negated { Engine::Not(Box::new(both)) } else { both };
        Ok(Typed::new(expr, TrinoType::Boolean, at))
    }
}
