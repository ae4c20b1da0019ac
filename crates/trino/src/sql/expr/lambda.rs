//! Calls with lambdas.

use std::sync::Arc;

use datafusion::{
    common::Column,
    logical_expr::Expr as Engine,
    sql::sqlparser::ast::{Expr, LambdaFunction, OneOrManyWithParens},
};

use super::function::Argument;
use crate::{
    ErrorName, TrinoType,
    functions::{bind, lambda},
    sql::{
        SqlResult,
        error::{At, Place, error},
        planner::Planner,
        scope::{Env, ScopeField, Typed},
        tokens::name,
    },
};

impl Planner<'_> {
    pub(super) fn with_lambdas(
        &self,
        function: &str,
        arguments: &[Argument<'_>],
        env: &Env<'_>,
        at: Place,
    ) -> SqlResult<Typed> {
        if function == lambda::REDUCE_AGG {
            return self.reduce_agg(arguments, env, at);
        }
        // Types of values first: parameters of lambdas follow from them.
        let mut known: Vec<Option<TrinoType>> = Vec::new();
        let mut planned = Vec::new();
        let mut initial = None;
        let is_value: Vec<_> =
            arguments.iter().map(|argument| !matches!(argument, Argument::Expr(Expr::Lambda(_)))).collect();
        for argument in arguments {
            match argument {
                Argument::Expr(Expr::Lambda(_)) => {
                    known.push(None);
                    planned.push(None);
                }
                Argument::Expr(expr) => {
                    let value = self.expr(expr, env)?;
                    if function == "reduce" && known.len() == 1 {
                        initial = Some(value.clone());
                    }
                    known.push(Some(value.of.clone()));
                    planned.push(Some(lambda::Argument::Value(value.expr)));
                }
                Argument::Star => return error(ErrorName::SyntaxError, at, "mismatched input '*'"),
            }
        }
        for (index, argument) in arguments.iter().enumerate() {
            let Argument::Expr(Expr::Lambda(written)) = argument else { continue };
            let types = lambda::parameters(function, &known, index).at(at)?;
            let (found, of) = match (types.as_slice(), initial.take_if(|_| index == 2)) {
                ([start, element], Some(initial)) => {
                    let (mut lambdas, state) = self.steps(start, &[(written, Some(element))], env, at)?;
                    planned[1] = Some(lambda::Argument::Value(self.coerce(initial, &state)?.expr));
                    known[1] = Some(state.clone());
                    (lambdas.remove(0), state)
                }
                _ => self.lambda(written, types, env, at)?,
            };
            known[index] = Some(of);
            planned[index] = Some(lambda::Argument::Lambda(found));
        }
        let schema = env.schema().at(at)?;
        let known: Vec<_> = known.into_iter().flatten().collect();
        let of = lambda::returns(function, &known).at(at)?;
        let mut expr = lambda::call(function, planned.into_iter().flatten().collect(), &schema).at(at)?;
        if let Engine::ScalarFunction(call) = &mut expr {
            // What the lambdas capture comes behind the values, and is not typed by the call.
            let values = is_value.iter().zip(&known).filter(|(is_value, _)| **is_value).map(|(_, of)| of);
            let captured = call.args.len() - is_value.iter().filter(|is_value| **is_value).count();
            let rest = std::iter::repeat_n(&TrinoType::Unknown, captured);
            call.func = bind(&call.func, values.chain(rest), &of);
        }
        Ok(Typed::new(expr, of, at))
    }

    pub(super) fn lambda(
        &self,
        written: &LambdaFunction,
        types: Vec<TrinoType>,
        env: &Env<'_>,
        at: Place,
    ) -> SqlResult<(lambda::Lambda, TrinoType)> {
        let names: Vec<_> = match &written.params {
            OneOrManyWithParens::One(parameter) => vec![&parameter.name],
            OneOrManyWithParens::Many(parameters) => parameters.iter().map(|parameter| &parameter.name).collect(),
        };
        if names.len() != types.len() {
            let message = format!("Expected a lambda that takes {} argument(s) but got {}", types.len(), names.len());
            return error(ErrorName::InvalidArguments, at, message);
        }
        let mut parameters = env.parameters.to_vec();
        let mut own = Vec::new();
        for (ident, of) in names.into_iter().zip(types) {
            let column = Column::new_unqualified(self.unique("lambda"));
            let field = Arc::new(of.field(&column.name, true).as_ref().clone());
            own.push((column.clone(), Arc::clone(&field)));
            parameters.push(ScopeField {
                relation: Vec::new(),
                name: Some(name(ident)),
                column,
                held_as: of.data_type(),
                of,
                is_stored: false,
            });
        }
        let body = self.expr(&written.body, &Env { parameters: &parameters, ..*env })?;
        crate::sql::group::refuse_aggregates(&body, "Lambda expression")?;
        Ok((lambda::Lambda { parameters: own, body: body.expr }, body.of))
    }
}
