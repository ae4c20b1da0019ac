//! Calls with lambdas, planned as far as the table of behaviours needs it: functions of values and lambdas.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::FieldRef,
    common::{Column, DFSchema, TableReference},
    error::Result,
    logical_expr::{Expr, ExprSchemable},
    prelude::SessionContext,
    sql::sqlparser::{
        ast::{Expr as SqlExpr, Function, FunctionArg, FunctionArgExpr, FunctionArguments},
        dialect::DuckDbDialect,
        parser::Parser,
    },
};
use trino::{
    TrinoType,
    functions::{
        PREFIX,
        lambda::{self, Argument, Lambda},
    },
};

/// An expression over the columns of a schema.
pub(crate) fn planned(context: &SessionContext, expression: &str, schema: &DFSchema) -> Result<Expr> {
    let parsed = Parser::new(&DuckDbDialect {}).try_with_sql(expression)?.parse_expr()?;
    plan(context, &parsed, schema, 0)
}

fn plan(context: &SessionContext, expr: &SqlExpr, schema: &DFSchema, depth: usize) -> Result<Expr> {
    match expr {
        SqlExpr::Function(function) if expr.to_string().contains("->") => plan_call(context, function, schema, depth),
        _ => context.state().create_logical_expr(&expr.to_string(), schema),
    }
}

/// The columns that parameters of the same name do not hide.
fn not_hidden(schema: &DFSchema, own: &DFSchema) -> Result<DFSchema> {
    let is_seen = |field: &FieldRef| own.field_with_unqualified_name(field.name()).is_err();
    let seen = schema.iter().filter(|(_, field)| is_seen(field));
    let seen = seen.map(|(relation, field)| (relation.cloned(), Arc::clone(field))).collect();
    DFSchema::new_with_metadata(seen, Default::default())
}

fn plan_call(context: &SessionContext, function: &Function, schema: &DFSchema, depth: usize) -> Result<Expr> {
    let name = function.name.to_string().to_lowercase();
    let FunctionArguments::List(list) = &function.args else { unreachable!("{name} has no list of arguments") };
    let mut lambdas = Vec::new();
    let mut arguments: Vec<Option<Argument>> = Vec::new();
    let mut known = Vec::new();
    for (at, argument) in list.args.iter().enumerate() {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument else { unreachable!("{argument}") };
        if let SqlExpr::Lambda(lambda) = argument {
            lambdas.push((at, lambda));
            arguments.push(None);
            known.push(None);
        } else {
            let value = plan(context, argument, schema, depth)?;
            known.push(Some(TrinoType::of_field(&value.to_field(schema)?.1)));
            arguments.push(Some(Argument::Value(value)));
        }
    }
    if lambdas.is_empty() {
        let values = arguments.into_iter().map(|argument| match argument {
            Some(Argument::Value(value)) => value,
            _ => unreachable!("there is no lambda"),
        });
        let state = context.state();
        return Ok(state.scalar_functions()[&format!("{PREFIX}{name}")].call(values.collect()));
    }
    for (at, lambda) in lambdas {
        assert!(lambda::takes_lambda(&name, at), "{name} takes a lambda at {at}");
        let types = lambda::parameters(&name, &known, at)?;
        let relation = TableReference::bare(format!("lambda${depth}_{at}"));
        let parameters: Vec<(Column, FieldRef)> = lambda
            .params
            .iter()
            .zip(types)
            .map(|(parameter, of)| {
                let name = parameter.name.to_string();
                let field = of.field(&name, true);
                (Column::new(Some(relation.clone()), name), field)
            })
            .collect();
        let own = parameters.iter().map(|(column, field)| (column.relation.clone(), Arc::clone(field))).collect();
        let own = DFSchema::new_with_metadata(own, Default::default())?;
        let inner = not_hidden(schema, &own)?.join(&own)?;
        let body = plan(context, &lambda.body, &inner, depth + 1)?;
        known[at] = Some(TrinoType::of_field(&body.to_field(&inner)?.1));
        arguments[at] = Some(Argument::Lambda(Lambda { parameters, body }));
    }
    lambda::call(&name, arguments.into_iter().flatten().collect(), schema)
}
