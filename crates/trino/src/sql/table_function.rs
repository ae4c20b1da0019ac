//! Table functions: `TABLE(sequence(start => 0, stop => 10))`, `TABLE(exclude_columns(…))`.

use datafusion::{
    common::{Column, NullHandling, ScalarValue, UnnestOptions},
    functions_nested::range::gen_series,
    logical_expr::{Expr as Engine, LogicalPlanBuilder, lit},
    sql::sqlparser::ast::{
        Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator, FunctionArguments, Ident, ObjectName,
        Spanned,
    },
};

use super::{
    SqlResult,
    error::{At, Place, error, refuse, start},
    planner::{Planner, parts},
    scope::{Env, NO_NAMES, Relation},
    tokens::name,
};
use crate::{ErrorName, TrinoType};

/// Numbers that are computed at once.
const CHUNK: i128 = 1024;

/// An argument, and its name if it has one.
type Named<'f> = (Option<String>, &'f Expr);

impl Planner<'_> {
    pub(super) fn table_function(&self, expr: &Expr, env: &Env<'_>) -> SqlResult<Relation> {
        let at = start(expr.span());
        let Expr::Function(function) = expr else { return refuse(at, format!("the table function {expr}")) };
        let called = parts(&function.name);
        let arguments = arguments(function, at)?;
        match called.last().map(String::as_str) {
            Some("sequence") => {
                let [from, to, step] = in_order(&arguments, ["start", "stop", "step"], at)?;
                let Some(to) = to else { return missing("stop", at) };
                let from = from.map_or(Ok(0), |from| self.whole(from))?;
                let step = step.map_or(Ok(1), |step| self.whole(step))?;
                self.sequence(from, self.whole(to)?, step, at)
            }
            Some("exclude_columns") => {
                let [input, columns] = in_order(&arguments, ["input", "columns"], at)?;
                let Some(input) = input else { return missing("input", at) };
                let Some(columns) = columns else { return missing("columns", at) };
                self.without_columns(input, columns, env, at)
            }
            _ => {
                let message = format!("Table function '{}' not registered", called.join("."));
                error(ErrorName::FunctionNotFound, at, message)
            }
        }
    }

    /// A whole number that is known when the query is planned.
    fn whole(&self, expr: &Expr) -> SqlResult<i64> {
        let value = self.expr(expr, &NO_NAMES)?;
        let at = value.at;
        let value = self.coerce(value, &TrinoType::Bigint)?;
        match self.folded(value)?.expr {
            Engine::Literal(ScalarValue::Int64(Some(number)), _) => Ok(number),
            _ => error(ErrorName::InvalidFunctionArgument, at, "an argument of sequence is NULL"),
        }
    }

    /// The column `sequential_number`. Its numbers are made in chunks, so that no list of all of them is made.
    fn sequence(&self, from: i64, to: i64, step: i64, at: Place) -> SqlResult<Relation> {
        let wrong = |message: &str| error(ErrorName::InvalidFunctionArgument, at, message);
        if step == 0 {
            return wrong("Step must not be zero");
        }
        let distance = i128::from(to) - i128::from(from);
        if distance.signum() * i128::from(step.signum()) < 0 {
            return wrong("Step must be positive for start < stop, and negative for start > stop");
        }
        let chunks = distance / i128::from(step) / CHUNK;
        let (Ok(stride), Ok(chunks)) = (i64::try_from(i128::from(step) * CHUNK), i64::try_from(chunks)) else {
            return wrong("the step is too large");
        };
        let [chunk, number] = [self.unique("chunk"), self.unique("sequential_number")];
        let chunks = gen_series(lit(0_i64), lit(chunks), lit(1_i64)).alias(&chunk);
        let first = Engine::Column(Column::new_unqualified(&chunk)) * lit(stride) + lit(from);
        let last = first.clone() + lit(stride.saturating_sub(step));
        let bound = if step > 0 { last.clone().gt(lit(to)) } else { last.clone().lt(lit(to)) };
        let last = datafusion::logical_expr::when(bound, lit(to)).otherwise(last).at(at)?;
        let numbers = gen_series(first, last, lit(step)).alias(&number);
        let options = || UnnestOptions { null_handling: NullHandling::Drop, ..UnnestOptions::default() };
        let unfolded = |name: &str| vec![Column::new_unqualified(name)];
        let plan = LogicalPlanBuilder::empty(true)
            .project([chunks])
            .and_then(|plan| plan.unnest_columns_with_options(unfolded(&chunk), options()))
            .and_then(|plan| plan.project([numbers]))
            .and_then(|plan| plan.unnest_columns_with_options(unfolded(&number), options()))
            .and_then(LogicalPlanBuilder::build)
            .at(at)?;
        let relation = Relation::new(plan, &[], vec![Some("sequential_number".to_owned())], false);
        self.under(relation, &[], "sequence")
    }

    fn without_columns(&self, input: &Expr, columns: &Expr, env: &Env<'_>, at: Place) -> SqlResult<Relation> {
        let relation = self.table_of(input, env, at)?;
        let Some(excluded) = descriptor(columns) else {
            return error(ErrorName::InvalidArguments, start(columns.span()), "COLUMNS must be a DESCRIPTOR(…)");
        };
        for column in &excluded {
            if !relation.fields.iter().any(|field| field.name.as_deref() == Some(column.as_str())) {
                let message = format!("Excluded columns: [{column}] not present in the table");
                return error(ErrorName::InvalidFunctionArgument, at, message);
            }
        }
        let is_kept = |name: Option<&str>| name.is_none_or(|name| !excluded.iter().any(|excluded| excluded == name));
        let fields: Vec<_> = relation.fields.into_iter().filter(|field| is_kept(field.name.as_deref())).collect();
        if fields.is_empty() {
            return error(ErrorName::InvalidFunctionArgument, at, "All columns are excluded");
        }
        Ok(Relation { plan: relation.plan, fields })
    }

    /// `TABLE(t)` or `TABLE(SELECT …)`.
    fn table_of(&self, expr: &Expr, env: &Env<'_>, at: Place) -> SqlResult<Relation> {
        let wrong = || error(ErrorName::InvalidArguments, start(expr.span()), "INPUT must be TABLE(…)");
        let Expr::Function(function) = expr else { return wrong() };
        if parts(&function.name) != ["table"] {
            return wrong();
        }
        if let Some(table) = table_argument(expr) {
            return self.table(&table, at);
        }
        let query = match &function.args {
            FunctionArguments::Subquery(query) => query,
            FunctionArguments::List(list) => match list.args.as_slice() {
                [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Subquery(query)))] => query,
                _ => return wrong(),
            },
            FunctionArguments::None => return wrong(),
        };
        let own = self.query(query, env)?;
        self.under(own, &[], "subquery")
    }
}

/// The table of `TABLE(t)` as an argument of a table function, which is no relation to the parser.
pub(super) fn table_argument(expr: &Expr) -> Option<ObjectName> {
    let Expr::Function(function) = expr else { return None };
    let FunctionArguments::List(list) = &function.args else { return None };
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(table))] if parts(&function.name) == ["table"] => match table {
            Expr::Identifier(table) => Some(ObjectName::from(vec![table.clone()])),
            Expr::CompoundIdentifier(table) => Some(ObjectName::from(table.clone())),
            _ => None,
        },
        _ => None,
    }
}

fn arguments(function: &Function, at: Place) -> SqlResult<Vec<Named<'_>>> {
    let FunctionArguments::List(list) = &function.args else { return Ok(Vec::new()) };
    let arguments = list.args.iter().map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok((None, expr)),
        FunctionArg::Named {
            name: called,
            arg: FunctionArgExpr::Expr(expr),
            operator: FunctionArgOperator::RightArrow,
        } => Ok((Some(name(called)), expr)),
        other => refuse(at, format!("the argument {other}")),
    });
    arguments.collect()
}

/// Arguments in the order of the names, by which they may be passed, all or none of them.
fn in_order<'f, const N: usize>(
    arguments: &[Named<'f>],
    names: [&str; N],
    at: Place,
) -> SqlResult<[Option<&'f Expr>; N]> {
    let mut found = [None; N];
    let named = arguments.iter().filter(|(name, _)| name.is_some()).count();
    if named > 0 && named < arguments.len() {
        return error(
            ErrorName::InvalidArguments,
            at,
            "All arguments must be passed by name or all must be passed positionally",
        );
    }
    if arguments.len() > N {
        return error(
            ErrorName::InvalidArguments,
            at,
            format!("Too many arguments. Expected at most {N} arguments, got {}", arguments.len()),
        );
    }
    for (place, (name, expr)) in arguments.iter().enumerate() {
        let place = match name {
            None => place,
            Some(name) => match names.iter().position(|known| known == name) {
                Some(place) => place,
                None => {
                    let message = format!("Unexpected argument name: {}", name.to_uppercase());
                    return error(ErrorName::InvalidArguments, at, message);
                }
            },
        };
        if found[place].replace(*expr).is_some() {
            let message = format!("Duplicate argument name: {}", names[place].to_uppercase());
            return error(ErrorName::InvalidArguments, at, message);
        }
    }
    Ok(found)
}

fn missing<T>(argument: &str, at: Place) -> SqlResult<T> {
    error(ErrorName::InvalidArguments, at, format!("Missing argument: {}", argument.to_uppercase()))
}

/// The names of `DESCRIPTOR(a, b)`.
fn descriptor(expr: &Expr) -> Option<Vec<String>> {
    let Expr::Function(function) = expr else { return None };
    let FunctionArguments::List(list) = &function.args else { return None };
    let one = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(column))) => Some(name(column as &Ident)),
        _ => None,
    };
    (parts(&function.name) == ["descriptor"]).then(|| list.args.iter().map(one).collect())?
}
