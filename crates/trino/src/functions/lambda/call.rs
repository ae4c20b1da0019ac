//! What a planner does with a call that has lambdas.

use std::sync::Arc;

use arrow::datatypes::FieldRef;
use datafusion::{
    common::{
        Column, DFSchema,
        tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{Expr, ExprSchemable, ScalarUDF},
};

use super::{
    ALL, HigherOrder,
    body::Body,
    function::{Closure, Part},
};
use crate::{ErrorName, TrinoType};

/// A lambda whose body is planned.
#[derive(Debug, Clone)]
pub struct Lambda {
    /// The columns that stand for the parameters in the body, with their fields. No other column that the body can see
    /// has such a name, so a planner best qualifies them by something of its own, counted by depth.
    pub parameters: Vec<(Column, FieldRef)>,
    /// The body. What it says of other columns is captured.
    pub body: Expr,
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub enum Argument {
    /// A value.
    Value(Expr),
    /// A lambda.
    Lambda(Lambda),
}

fn find(name: &str) -> Result<&'static HigherOrder> {
    let missing = || ErrorName::FunctionNotFound.error(format!("Function '{name}' does not take a lambda"));
    ALL.iter().find(|function| function.name == name).ok_or_else(missing)
}

/// Names of the functions that take lambdas.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|function| function.name)
}

/// Whether the argument at this place of a function, named without prefix, is a lambda.
#[must_use]
pub fn takes_lambda(name: &str, at: usize) -> bool {
    find(name).is_ok_and(|function| function.lambdas.contains(&at))
}

/// The types of the parameters of the lambda that is the argument at this place.
///
/// `known` has an entry for each argument: the type of a value, the type of the result of a lambda that is planned
/// already, and `None` for other lambdas.
///
/// # Errors
/// FUNCTION_NOT_FOUND if no such function takes these arguments.
pub fn parameters(name: &str, known: &[Option<TrinoType>], at: usize) -> Result<Vec<TrinoType>> {
    let types: Vec<_> = known.iter().map(|of| of.clone().unwrap_or(TrinoType::Unknown)).collect();
    let found = (find(name)?.parameters)(&types, at);
    found.ok_or_else(|| crate::functions::define::unfit(name, &types))
}

/// The type of the result, by the types of values and of the results of lambdas.
///
/// # Errors
/// FUNCTION_NOT_FOUND if no such function takes these arguments.
pub fn returns(name: &str, known: &[TrinoType]) -> Result<TrinoType> {
    (find(name)?.returns)(known).ok_or_else(|| crate::functions::define::unfit(name, known))
}

/// The expression of a call. `schema` has the columns that its values, and the bodies of its lambdas beyond their own
/// parameters, may be of; in the body of an outer lambda these include the outer parameters.
///
/// # Errors
/// FUNCTION_NOT_FOUND if no such function takes these arguments, NOT_SUPPORTED if a body has a subquery.
pub fn call(name: &str, arguments: Vec<Argument>, schema: &DFSchema) -> Result<Expr> {
    let function = find(name)?;
    let captured = captured(&arguments)?;
    let fields: Result<Vec<FieldRef>> =
        captured.iter().map(|column| Ok(Expr::Column(column.clone()).to_field(schema)?.1)).collect();
    let fields = fields?;
    let mut values = Vec::new();
    let mut parts = Vec::new();
    for argument in arguments {
        parts.push(match argument {
            Argument::Value(value) => {
                values.push(value);
                Part::Value
            }
            Argument::Lambda(lambda) => Part::Lambda(Arc::new(planned(lambda, &captured, &fields)?)),
        });
    }
    values.extend(captured.into_iter().map(Expr::Column));
    Ok(ScalarUDF::from(Closure::new(function, parts, fields)).call(values))
}

/// The body of a lambda that captures these columns of these fields.
pub(super) fn planned(lambda: Lambda, captured: &[Column], fields: &[FieldRef]) -> Result<Body> {
    let own: Vec<_> = lambda.parameters.iter().map(|(column, _)| column.clone()).collect();
    let body = renamed(lambda.body, &own, captured)?;
    Body::try_new(lambda.parameters.into_iter().map(|(_, field)| field).collect(), fields, body)
}

/// The expression of `try`. What the body takes from its row (columns, and values of groups, windows and subqueries) is
/// worked out before and captured.
///
/// # Errors
/// If the body is none of `schema`.
pub(crate) fn attempt(body: Expr, schema: &DFSchema) -> Result<Expr> {
    let mut captured: Vec<(Expr, FieldRef)> = Vec::new();
    let body = body.transform_down(|expr| {
        let is_taken = matches!(
            &expr,
            Expr::Column(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::AggregateFunction(_)
                | Expr::WindowFunction(_)
                | Expr::ScalarSubquery(_)
                | Expr::Exists(_)
                | Expr::InSubquery(_)
                | Expr::SetComparison(_)
        );
        if !is_taken {
            return Ok(Transformed::no(expr));
        }
        let place = match captured.iter().position(|(known, _)| *known == expr) {
            Some(place) => place,
            None => {
                let field = expr.to_field(schema)?.1;
                captured.push((expr, field));
                captured.len() - 1
            }
        };
        let column = Expr::Column(Column::from_name(Body::capture(place)));
        Ok(Transformed::new(column, true, TreeNodeRecursion::Jump))
    });
    let (values, fields): (Vec<Expr>, Vec<FieldRef>) = captured.into_iter().unzip();
    let body = Body::try_new(Vec::new(), &fields, body?.data)?;
    let closure = Closure::new(find("try")?, vec![Part::Lambda(Arc::new(body))], fields);
    Ok(ScalarUDF::from(closure).call(values))
}

/// The columns that any of the lambdas captures, each once.
fn captured(arguments: &[Argument]) -> Result<Vec<Column>> {
    let mut found: Vec<Column> = Vec::new();
    for argument in arguments {
        let Argument::Lambda(lambda) = argument else { continue };
        lambda.body.apply(|expr| {
            match expr {
                Expr::Column(column) => {
                    let is_own = lambda.parameters.iter().any(|(own, _)| own == column);
                    if !is_own && !found.contains(column) {
                        found.push(column.clone());
                    }
                }
                Expr::ScalarSubquery(_) | Expr::Exists(_) | Expr::InSubquery(_) | Expr::SetComparison(_) => {
                    return Err(ErrorName::NotSupported.error("Lambda expression cannot contain subqueries"));
                }
                Expr::OuterReferenceColumn(..) => {
                    let what = "Lambda expression in a correlated subquery cannot use columns of the outer query";
                    return Err(ErrorName::NotSupported.error(what));
                }
                _ => (),
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
    }
    Ok(found)
}

/// A body over the columns that [`Body`] calls its parameters and captures.
fn renamed(body: Expr, own: &[Column], captured: &[Column]) -> Result<Expr> {
    body.transform(|expr| {
        let Expr::Column(column) = &expr else { return Ok(Transformed::no(expr)) };
        let name = match own.iter().position(|own| own == column) {
            Some(at) => Body::parameter(at),
            None => Body::capture(captured.iter().position(|other| other == column).unwrap_or_default()),
        };
        Ok(Transformed::yes(Expr::Column(Column::from_name(name))))
    })
    .data()
}
