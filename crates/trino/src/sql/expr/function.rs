//! Calls of functions: which one, of which kind, with which arguments.

use std::sync::Arc;

use datafusion::{
    common::ScalarValue,
    logical_expr::{
        AggregateUDF, Expr as Engine, ReturnFieldArgs, SortExpr,
        expr::{AggregateFunction, NullTreatment as EngineNulls, ScalarFunction},
        utils::find_aggregate_exprs,
    },
    sql::sqlparser::ast::{
        DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments,
        ListAggOnOverflow, NullTreatment, OrderByExpr, Spanned,
    },
};

use super::{
    literal::{constant, text},
    own::aggregate_field,
};
use crate::{
    ErrorName, TrinoType,
    functions::{PREFIX, bind, bind_aggregate, bind_as, lambda},
    sql::{
        SqlResult,
        error::{At, Place, error, refuse, start},
        planner::{Planner, parts},
        scope::{Env, Typed},
    },
};

/// DataFusion's functions whose meaning is Trino's.
const SHARED_AGGREGATES: [&str; 3] = ["count", "min", "max"];

/// What queries may call that is no function of [`crate::functions`]: forms of the grammar, what the session knows, and
/// DataFusion's functions whose meaning is Trino's.
pub const BUILT_IN: [&str; 45] = [
    "cast",
    "coalesce",
    "concat",
    "count",
    "cume_dist",
    "current_catalog",
    "current_date",
    "current_schema",
    "current_timestamp",
    "current_timezone",
    "current_user",
    "dense_rank",
    "exclude_columns",
    "exists",
    "extract",
    "first_value",
    "format",
    "grouping",
    "if",
    "lag",
    "last_value",
    "lead",
    "localtime",
    "localtimestamp",
    "max",
    "min",
    "now",
    "nth_value",
    "nullif",
    "percent_rank",
    "position",
    "rank",
    "reverse",
    "row",
    "row_number",
    "sequence",
    "substring",
    "trim",
    "try",
    "try_cast",
    "typeof",
    "ceil",
    "floor",
    "dow",
    "doy",
];

/// A call, taken apart.
#[derive(Debug)]
pub(in crate::sql) struct Parts {
    pub(in crate::sql) name: String,
    pub(in crate::sql) at: Place,
    pub(in crate::sql) values: Vec<Typed>,
    pub(in crate::sql) is_star: bool,
    pub(in crate::sql) is_distinct: bool,
    pub(in crate::sql) filter: Option<Typed>,
    pub(in crate::sql) order_by: Vec<SortExpr>,
    pub(in crate::sql) nulls: Option<EngineNulls>,
}

/// The word behind the comma of `normalize(text, NFD)`, which is no name.
fn normal_form(call: &Parts, argument: &Expr) -> Option<&'static str> {
    let Expr::Identifier(ident) = argument else { return None };
    let is_place = call.name == "normalize" && call.values.len() == 1 && ident.quote_style.is_none();
    ["NFC", "NFD", "NFKC", "NFKD"].into_iter().find(|form| is_place && ident.value.eq_ignore_ascii_case(form))
}

impl Planner<'_> {
    pub(super) fn function(&self, function: &Function, env: &Env<'_>) -> SqlResult<Typed> {
        let at = start(function.name.span());
        let name = match parts(&function.name).as_slice() {
            [name] => name.clone(),
            _ => return refuse(at, format!("the function {}", function.name)),
        };
        if function.uses_odbc_syntax || function.parameters != FunctionArguments::None {
            return refuse(at, format!("the call {function}"));
        }
        if let Some(found) = self.json_form(&name, function, env, at) {
            return found;
        }
        let (arguments, is_distinct, clauses) = arguments(function, at)?;
        let is_plain = !is_distinct
            && clauses.is_empty()
            && function.filter.is_none()
            && function.over.is_none()
            && function.within_group.is_empty()
            && function.null_treatment.is_none();
        if arguments.iter().any(|argument| matches!(argument, Argument::Expr(Expr::Lambda(_)))) {
            return if is_plain { self.with_lambdas(&name, &arguments, env, at) } else { refuse(at, function) };
        }
        let mut call = Parts {
            values: Vec::new(),
            is_star: matches!(arguments.as_slice(), [Argument::Star]),
            is_distinct,
            filter: None,
            order_by: Vec::new(),
            nulls: nulls(function.null_treatment),
            name,
            at,
        };
        for argument in &arguments {
            match argument {
                Argument::Expr(expr) => {
                    let value = match normal_form(&call, expr) {
                        Some(form) => text(form, at),
                        None => self.expr(expr, env)?,
                    };
                    call.values.push(value);
                }
                Argument::Star if call.is_star => {}
                Argument::Star => return error(ErrorName::SyntaxError, at, "mismatched input '*'"),
            }
        }
        if is_plain
            && !call.is_star
            && let Some(found) = self.plain(&call, env)
        {
            return found;
        }
        self.clauses(&mut call, clauses, &function.within_group, env)?;
        if let Some(filter) = &function.filter {
            call.filter = Some(self.boolean(self.expr(filter, env)?, "FILTER clause")?);
        }
        match &function.over {
            Some(over) => self.window(call, over, env),
            None if self.is_window(&call.name) => {
                error(ErrorName::MissingOver, at, format!("Window function {} requires an OVER clause", call.name))
            }
            None => self.aggregate(call),
        }
    }

    /// Calls without clauses of functions of one value a row; `None` if it is no such function.
    fn plain(&self, call: &Parts, env: &Env<'_>) -> Option<SqlResult<Typed>> {
        let (name, at) = (call.name.as_str(), call.at);
        if let Some(found) = self.conditional(name, &call.values, at) {
            return Some(found);
        }
        if let Some(found) = self.of_session(name, &call.values, at) {
            return Some(found);
        }
        Some(match (name, call.values.as_slice()) {
            ("try", [value]) => self.try_value(value.clone(), env, at),
            ("row", values) => self.row_of(values.to_vec(), at),
            // The name is known, and the number of rows is that of the aggregation, which must stay.
            ("typeof", [value]) if find_aggregate_exprs([&value.expr]).is_empty() => {
                let name = ScalarValue::Utf8(Some(value.of.to_string()));
                Ok(constant(name, TrinoType::Varchar(None), at))
            }
            ("reverse", [value]) if matches!(value.of, TrinoType::Array(_)) => {
                self.call("array_reverse", vec![value.clone()], at)
            }
            ("grouping", values) => self.grouping_of(values, at),
            ("concat", [first, rest @ ..])
                if [std::slice::from_ref(first), rest]
                    .concat()
                    .iter()
                    .any(|value| matches!(value.of, TrinoType::Array(_))) =>
            {
                self.call("array_concat", call.values.clone(), at)
            }
            (name, values) if self.scalar(name).is_some() && !name.starts_with('$') => {
                self.call(name, values.to_vec(), at)
            }
            (name, values) => self.own_call(self.own_scalar(name)?, values, at),
        })
    }

    fn clauses(
        &self,
        call: &mut Parts,
        clauses: &[FunctionArgumentClause],
        within: &[OrderByExpr],
        env: &Env<'_>,
    ) -> SqlResult<()> {
        let mut orders: Vec<&OrderByExpr> = within.iter().collect();
        for clause in clauses {
            match clause {
                FunctionArgumentClause::OrderBy(order_by) => orders.extend(order_by),
                FunctionArgumentClause::IgnoreOrRespectNulls(treatment) => call.nulls = nulls(Some(*treatment)),
                FunctionArgumentClause::OnOverflow(ListAggOnOverflow::Error) => {}
                FunctionArgumentClause::OnOverflow(ListAggOnOverflow::Truncate { filler, with_count }) => {
                    self.truncated(call, filler.as_deref(), *with_count, env)?;
                }
                other => return refuse(call.at, other),
            }
        }
        for order in orders {
            let value = self.order_value(order, &[], env)?;
            call.order_by.push(self.sort(order, value)?);
        }
        Ok(())
    }

    /// Tells `listagg` what stands for texts that are too many.
    fn truncated(&self, call: &mut Parts, filler: Option<&Expr>, with_count: bool, env: &Env<'_>) -> SqlResult<()> {
        let at = call.at;
        let filler = match filler {
            Some(filler) => self.expr(filler, env)?,
            None => text("...", at),
        };
        if call.values.len() == 1 {
            call.values.push(text("", at));
        }
        let flag = |value| constant(ScalarValue::Boolean(Some(value)), TrinoType::Boolean, at);
        call.values.extend([flag(false), filler, flag(with_count)]);
        Ok(())
    }

    pub(in crate::sql) fn scalar(&self, name: &str) -> Option<&Arc<datafusion::logical_expr::ScalarUDF>> {
        self.state.scalar_functions().get(&format!("{PREFIX}{name}"))
    }

    pub(in crate::sql) fn aggregate_named(&self, name: &str) -> Option<&Arc<AggregateUDF>> {
        let known = self.state.aggregate_functions();
        known
            .get(&format!("{PREFIX}{name}"))
            .or_else(|| known.get(name).filter(|_| SHARED_AGGREGATES.contains(&name)))
            .or_else(|| self.own_aggregate(name))
    }

    /// A call of a function of one value a row, which types itself by its arguments.
    pub(in crate::sql) fn call(&self, name: &str, values: Vec<Typed>, at: Place) -> SqlResult<Typed> {
        let Some(function) = self.scalar(name) else { return unknown(name, &values, at) };
        let fields: Vec<_> = values.iter().map(Typed::field).collect();
        let literals: Vec<Option<&ScalarValue>> = values.iter().map(|value| literal(&value.expr)).collect();
        let returns = function
            .return_field_from_args(ReturnFieldArgs { arg_fields: &fields, scalar_arguments: &literals })
            .at(at)?;
        let of = TrinoType::of_field(&returns);
        let function = bind(function, values.iter().map(|value| &value.of), &of);
        let values = values.into_iter().map(|value| value.expr).collect();
        Ok(Typed::new(Engine::ScalarFunction(ScalarFunction::new_udf(function, values)), of, at))
    }

    /// A call whose type the planner knows better.
    pub(in crate::sql) fn call_as(&self, name: &str, values: Vec<Typed>, of: TrinoType, at: Place) -> SqlResult<Typed> {
        Ok(self.call(name, values, at)?.named(of))
    }

    fn aggregate(&self, mut call: Parts) -> SqlResult<Typed> {
        let at = call.at;
        let Some(function) = self.aggregate_named(&call.name) else { return unknown(&call.name, &call.values, at) };
        if call.nulls.is_some() {
            return refuse(at, "IGNORE NULLS of an aggregation");
        }
        if !find_aggregate_exprs(call.values.iter().map(|value| &value.expr)).is_empty() {
            let message = format!("Cannot nest aggregations inside aggregation '{}'", call.name);
            return error(ErrorName::NestedAggregation, at, message);
        }
        let returns = self.aggregate_arguments(function, &mut call)?;
        if call.is_distinct {
            call.values = call.values.into_iter().map(|value| self.with_one_nan(value)).collect::<SqlResult<_>>()?;
        }
        let function = bind_aggregate(function, call.values.iter().map(|value| &value.of), &returns.of);
        let values = call.values.into_iter().map(|value| value.expr).collect();
        let filter = call.filter.map(|filter| Box::new(filter.expr));
        let expr = AggregateFunction::new_udf(function, values, call.is_distinct, filter, call.order_by, None);
        Ok(Typed { expr: Engine::AggregateFunction(expr), at, ..returns })
    }

    /// Makes `count(*)` a count of a constant, and says what a call yields.
    pub(in crate::sql) fn aggregate_arguments(&self, function: &AggregateUDF, call: &mut Parts) -> SqlResult<Typed> {
        let at = call.at;
        let null = Engine::Literal(ScalarValue::Null, None);
        if call.name == "count" && (call.is_star || call.values.is_empty()) && !call.is_distinct {
            call.values = vec![constant(ScalarValue::Int64(Some(1)), TrinoType::Bigint, at)];
        } else if call.is_star {
            return error(ErrorName::SyntaxError, at, format!("{}(*) is not defined", call.name));
        }
        if self.own_aggregate(&call.name).is_some() {
            let returns = aggregate_field(function, &call.values).at(at)?;
            return Ok(Typed::new(null, TrinoType::of_field(&returns), at));
        }
        let is_shared = !function.name().starts_with(PREFIX);
        if is_shared && call.values.len() != 1 {
            return unknown(&call.name, &call.values, at);
        }
        match (is_shared, call.name.as_str()) {
            (true, "count") => Ok(Typed::new(null, TrinoType::Bigint, at)),
            (true, _) => {
                let of = call.values[0].of.clone();
                if !crate::sql::lattice::is_orderable(&of) {
                    return unknown(&call.name, &call.values, at);
                }
                Ok(Typed::new(null, of, at))
            }
            _ => {
                let fields: Vec<_> = call.values.iter().map(Typed::field).collect();
                let returns = function.return_field(&fields).at(at)?;
                Ok(Typed::new(null, TrinoType::of_field(&returns), at))
            }
        }
    }

    fn grouping_of(&self, values: &[Typed], at: Place) -> SqlResult<Typed> {
        let Some(function) = self.state.aggregate_functions().get("grouping") else {
            return refuse(at, "grouping()");
        };
        let values = values.iter().map(|value| value.expr.clone()).collect();
        let expr = AggregateFunction::new_udf(Arc::clone(function), values, false, None, Vec::new(), None);
        let number = Typed::new(Engine::AggregateFunction(expr), TrinoType::Integer, at);
        self.coerce(number, &TrinoType::Bigint)
    }

    pub(super) fn row(&self, values: &[Expr], env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        let values = values.iter().map(|value| self.expr(value, env)).collect::<SqlResult<Vec<_>>>()?;
        self.row_of(values, at)
    }

    fn row_of(&self, values: Vec<Typed>, at: Place) -> SqlResult<Typed> {
        let of = TrinoType::Row(values.iter().map(|value| (None, value.of.clone())).collect());
        self.call_as("$row", values, of, at)
    }

    /// NULL where the value fails. What cannot fail is itself.
    fn try_value(&self, value: Typed, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        if let Engine::ScalarFunction(call) = &value.expr
            && call.func.name() == format!("{PREFIX}cast")
            && call.args.first().is_some_and(|inner| matches!(inner, Engine::Column(_) | Engine::Literal(..)))
            && let Some(function) = self.scalar("try_cast")
        {
            let expr = ScalarFunction::new_udf(bind_as(&call.func, function), call.args.clone());
            return Ok(Typed { expr: Engine::ScalarFunction(expr), ..value });
        }
        if matches!(value.expr, Engine::Column(_) | Engine::Literal(..)) {
            return Ok(value);
        }
        let schema = env.schema().at(at)?;
        let mut expr = lambda::attempt(value.expr, &schema).at(at)?;
        if let Engine::ScalarFunction(call) = &mut expr {
            call.func = bind(&call.func, std::iter::repeat_n(&TrinoType::Unknown, call.args.len()), &value.of);
        }
        Ok(Typed { expr, ..value })
    }
}

/// An argument of a call.
pub(super) enum Argument<'a> {
    Expr(&'a Expr),
    Star,
}

/// Arguments, whether DISTINCT stands before them, and clauses behind them.
type Arguments<'f> = (Vec<Argument<'f>>, bool, &'f [FunctionArgumentClause]);

fn arguments(function: &Function, at: Place) -> SqlResult<Arguments<'_>> {
    let list = match &function.args {
        FunctionArguments::None => return Ok((Vec::new(), false, &[])),
        FunctionArguments::Subquery(_) => return refuse(at, "a subquery as argument"),
        FunctionArguments::List(list) => list,
    };
    let arguments = list.args.iter().map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok(Argument::Expr(expr)),
        FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => Ok(Argument::Star),
        other => refuse(at, format!("the argument {other}")),
    });
    let is_distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
    Ok((arguments.collect::<SqlResult<_>>()?, is_distinct, &list.clauses))
}

fn nulls(treatment: Option<NullTreatment>) -> Option<EngineNulls> {
    match treatment {
        Some(NullTreatment::IgnoreNulls) => Some(EngineNulls::IgnoreNulls),
        _ => None,
    }
}

fn literal(expr: &Engine) -> Option<&ScalarValue> {
    match expr {
        Engine::Literal(value, _) => Some(value),
        _ => None,
    }
}

pub(in crate::sql) fn unknown<T>(name: &str, values: &[Typed], at: Place) -> SqlResult<T> {
    let types: Vec<_> = values.iter().map(|value| value.of.to_string()).collect();
    let name = name.trim_start_matches('$');
    let message = format!("Function '{name}' not registered, or not for ({})", types.join(", "));
    error(ErrorName::FunctionNotFound, at, message)
}
