//! CASE and the functions that are other words for it.

use datafusion::{
    common::ScalarValue,
    logical_expr::{Case, Expr as Engine, Operator},
    sql::sqlparser::ast::{CaseWhen, Expr},
};

use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{Place, error},
        planner::Planner,
        scope::{Env, Typed},
    },
};

impl Planner<'_> {
    pub(super) fn case(
        &self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
        env: &Env<'_>,
        at: Place,
    ) -> SqlResult<Typed> {
        let operand = operand.map(|operand| self.expr(operand, env)).transpose()?;
        let (mut whens, mut results) = (Vec::new(), Vec::new());
        for CaseWhen { condition, result } in conditions {
            let condition = self.expr(condition, env)?;
            whens.push(match &operand {
                Some(operand) => {
                    let place = condition.at;
                    self.compare(operand.clone(), Operator::Eq, condition, "=", place)?
                }
                None => self.boolean(condition, "CASE WHEN clause")?,
            });
            results.push(self.expr(result, env)?);
        }
        if let Some(otherwise) = otherwise {
            results.push(self.expr(otherwise, env)?);
        }
        self.chosen(whens, results, "CASE", at)
    }

    /// The result of the first condition that is true; if there is one more result than conditions, it is that of none.
    fn chosen(&self, whens: Vec<Typed>, results: Vec<Typed>, what: &str, at: Place) -> SqlResult<Typed> {
        let mut results = self.common_of(results, at, what)?;
        let of = results.first().map_or(TrinoType::Unknown, |first| first.of.clone());
        let otherwise = if results.len() > whens.len() { results.pop() } else { None };
        let pairs = whens.into_iter().zip(results).map(|(when, then)| (Box::new(when.expr), Box::new(then.expr)));
        let case = Case::new(None, pairs.collect(), otherwise.map(|value| Box::new(value.expr)));
        Ok(Typed::new(Engine::Case(case), of, at))
    }

    /// Functions that do not look at all their arguments.
    pub(super) fn conditional(&self, name: &str, arguments: &[Typed], at: Place) -> Option<SqlResult<Typed>> {
        let arguments = arguments.to_vec();
        let wrong = |count: &str| {
            error(ErrorName::SyntaxError, at, format!("Invalid number of arguments for '{name}' function: {count}"))
        };
        Some(match (name, arguments.len()) {
            ("if", 2 | 3) => {
                let mut arguments = arguments;
                let condition = arguments.remove(0);
                self.boolean(condition, "IF condition").and_then(|when| self.chosen(vec![when], arguments, "IF", at))
            }
            ("nullif", 2) => self.null_if(&arguments, at),
            ("coalesce", 2..) => self.coalesce(arguments, at),
            ("if" | "nullif" | "coalesce", count) => wrong(&count.to_string()),
            _ => return None,
        })
    }

    fn null_if(&self, arguments: &[Typed], at: Place) -> SqlResult<Typed> {
        let [value, other] = arguments else { return error(ErrorName::SyntaxError, at, "nullif takes two values") };
        let equal = self.compare(value.clone(), Operator::Eq, other.clone(), "=", at)?;
        let null = Typed::new(Engine::Literal(ScalarValue::Null, None), TrinoType::Unknown, at);
        self.chosen(vec![equal], vec![null, value.clone()], "NULLIF", at)
    }

    fn coalesce(&self, arguments: Vec<Typed>, at: Place) -> SqlResult<Typed> {
        let values = self.common_of(arguments, at, "COALESCE")?;
        let of = values[0].of.clone();
        let expr = datafusion::functions::expr_fn::coalesce(values.into_iter().map(|value| value.expr).collect());
        Ok(Typed::new(expr, of, at))
    }
}
