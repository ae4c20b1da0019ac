//! `reduce_agg`, an aggregation that takes lambdas, and states that lambdas take and give.

use datafusion::{
    logical_expr::{Expr as Engine, expr::AggregateFunction, utils::find_aggregate_exprs},
    sql::sqlparser::ast::{Expr, LambdaFunction},
};

use super::function::Argument;
use crate::{
    ErrorName, TrinoType,
    functions::lambda,
    sql::{
        SqlResult,
        error::{At, Place, error},
        lattice::common,
        planner::Planner,
        scope::{Env, Typed},
    },
};

/// How often the type of a state may grow: a decimal gets a digit each time.
const ROUNDS: usize = 40;

impl Planner<'_> {
    pub(super) fn reduce_agg(&self, arguments: &[Argument<'_>], env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        let [
            Argument::Expr(value),
            Argument::Expr(initial),
            Argument::Expr(Expr::Lambda(input)),
            Argument::Expr(Expr::Lambda(combine)),
        ] = arguments
        else {
            let message = "Unexpected parameters for function reduce_agg. Expected: reduce_agg(T, S, function(S, T, S), \
                           function(S, S, S))";
            return error(ErrorName::FunctionNotFound, at, message);
        };
        let (value, initial) = (self.expr(value, env)?, self.expr(initial, env)?);
        if !find_aggregate_exprs([&value.expr, &initial.expr]).is_empty() {
            return error(ErrorName::NestedAggregation, at, "Cannot nest aggregations inside aggregation 'reduce_agg'");
        }
        let lambdas = [(input, Some(&value.of)), (combine, None)];
        let (lambdas, state) = self.steps(&initial.of, &lambdas, env, at)?;
        let initial = self.coerce(initial, &state)?;
        let function = lambda::reduce_agg(lambdas, &state).at(at)?;
        let expr = AggregateFunction::new_udf(function, vec![value.expr, initial.expr], false, None, Vec::new(), None);
        Ok(Typed::new(Engine::AggregateFunction(expr), state, at))
    }

    /// Lambdas that take a state, and a value of a type or a state more, and give the next state; and the least type
    /// that holds the first state and all these.
    pub(super) fn steps(
        &self,
        start: &TrinoType,
        lambdas: &[(&LambdaFunction, Option<&TrinoType>)],
        env: &Env<'_>,
        at: Place,
    ) -> SqlResult<(Vec<lambda::Lambda>, TrinoType)> {
        let mut state = start.clone();
        for _ in 0..ROUNDS {
            let (mut planned, mut wider) = (Vec::new(), Some(state.clone()));
            for (written, value) in lambdas {
                let types = vec![state.clone(), value.unwrap_or(&state).clone()];
                let (found, of) = self.lambda(written, types, env, at)?;
                planned.push(found);
                wider = wider.and_then(|wider| common(&wider, &of));
            }
            match wider {
                Some(wider) if wider == state => return Ok((planned, state)),
                // A text grows by each step.
                Some(TrinoType::Varchar(_)) => state = TrinoType::Varchar(None),
                Some(wider) => state = wider,
                None => break,
            }
        }
        error(ErrorName::TypeMismatch, at, format!("a lambda does not give the state of type {state} that it takes"))
    }
}
