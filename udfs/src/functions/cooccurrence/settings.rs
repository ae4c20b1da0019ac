//! The options of a call, from the expressions that say them.

use std::sync::Arc;

use ::cooccurrence::{Measure, Options, Weighting};
use arrow::datatypes::DataType;
use datafusion::{
    common::{ScalarValue, plan_err},
    error::Result,
    logical_expr::Expr,
    physical_expr::{PhysicalExpr, ScalarFunctionExpr, expressions::Literal},
};

/// The function behind `{name: value, …}`.
const NAMED_STRUCT: &str = "named_struct";

/// Options of a call, and the expression of the position, if it is given one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings<E> {
    pub(crate) options: Options,
    pub(crate) position: Option<E>,
}

/// A constant, or an expression that is none.
enum Value<E> {
    Constant(ScalarValue),
    Computed(E),
}

/// Settings from the arguments of a call in a logical plan.
pub(crate) fn of_logical(arguments: &[Expr]) -> Result<Settings<Expr>> {
    let constant = |expr: &Expr| match expr {
        Expr::Literal(value, _) => Value::Constant(value.clone()),
        other => Value::Computed(other.clone()),
    };
    let named = match arguments {
        [_, _, Expr::ScalarFunction(function)] if function.name() == NAMED_STRUCT => {
            pairs(function.args.chunks(2).map(|pair| (constant(&pair[0]), constant(&pair[1]))))?
        }
        [_, _, rest @ ..] => positional(rest.iter().map(constant).collect())?,
        _ => Vec::new(),
    };
    parse(named)
}

/// Settings from the arguments of a call in a physical plan.
pub(crate) fn of_physical(arguments: &[Arc<dyn PhysicalExpr>]) -> Result<Settings<Arc<dyn PhysicalExpr>>> {
    let constant = |expr: &Arc<dyn PhysicalExpr>| match expr.downcast_ref::<Literal>() {
        Some(literal) => Value::Constant(literal.value().clone()),
        None => Value::Computed(Arc::clone(expr)),
    };
    let [_, _, rest @ ..] = arguments else { return parse(Vec::new()) };
    let named = match rest {
        [options] => match options.downcast_ref::<ScalarFunctionExpr>() {
            Some(function) if function.name() == NAMED_STRUCT => {
                pairs(function.args().chunks(2).map(|pair| (constant(&pair[0]), constant(&pair[1]))))?
            }
            _ => positional(vec![constant(options)])?,
        },
        rest => positional(rest.iter().map(constant).collect())?,
    };
    parse(named)
}

type Named<E> = Vec<(String, Value<E>)>;

fn pairs<E>(pairs: impl Iterator<Item = (Value<E>, Value<E>)>) -> Result<Named<E>> {
    pairs
        .map(|(name, value)| match name {
            Value::Constant(ScalarValue::Utf8(Some(name)) | ScalarValue::Utf8View(Some(name))) => Ok((name, value)),
            _ => plan_err!("the options of cooccurrence have names, such as {{k: 50}}"),
        })
        .collect()
}

/// `k` and `min_count`, or a struct of constants.
fn positional<E>(values: Vec<Value<E>>) -> Result<Named<E>> {
    match values.as_slice() {
        [Value::Constant(ScalarValue::Struct(fields))] => fields
            .fields()
            .iter()
            .zip(fields.columns())
            .map(|(field, column)| Ok((field.name().clone(), Value::Constant(ScalarValue::try_from_array(column, 0)?))))
            .collect(),
        _ => Ok(["k", "min_count"].into_iter().map(str::to_owned).zip(values).collect()),
    }
}

fn parse<E>(named: Named<E>) -> Result<Settings<E>> {
    let mut options = Options::default();
    let mut position = None;
    for (name, value) in named {
        match (name.as_str(), value) {
            ("position", Value::Computed(expr)) => position = Some(expr),
            ("position", Value::Constant(_)) => return plan_err!("position of cooccurrence is a column"),
            (_, Value::Computed(_)) => return plan_err!("{name} of cooccurrence must be a constant"),
            ("k", Value::Constant(value)) => options.k = number(&name, &value)?,
            ("min_count", Value::Constant(value)) => options.min_count = number(&name, &value)?,
            ("window", Value::Constant(value)) => options.window = Some(number(&name, &value)?),
            ("max_group_length", Value::Constant(value)) => options.max_group_length = Some(number(&name, &value)?),
            ("rank_by", Value::Constant(value)) => {
                options.rank_by = choice(&name, &value, &Measure::ALL.map(|measure| (measure.name(), measure)))?;
            }
            ("weighting", Value::Constant(value)) => {
                let choices = [("uniform", Weighting::Uniform), ("inverse_length", Weighting::InverseLength)];
                options.weighting = choice(&name, &value, &choices)?;
            }
            _ => {
                return plan_err!(
                    "cooccurrence has no option `{name}`; there are k, min_count, rank_by, position, window, \
                     max_group_length and weighting"
                );
            }
        }
    }
    if position.is_none() && options.window.is_some() {
        return plan_err!("window of cooccurrence needs a position, such as {{position: pos, window: 5}}");
    }
    if position.is_none() && options.rank_by == Measure::Follows {
        return plan_err!("cooccurrence ranks by `follows` only if it is given a position");
    }
    Ok(Settings { options, position })
}

fn number(name: &str, value: &ScalarValue) -> Result<u32> {
    if let Ok(ScalarValue::Int64(Some(number))) = value.cast_to(&DataType::Int64)
        && number >= 1
        && let Ok(number) = u32::try_from(number)
    {
        return Ok(number);
    }
    plan_err!("{name} of cooccurrence must be from 1 to {}, got {value}", u32::MAX)
}

fn choice<T: Copy>(name: &str, value: &ScalarValue, choices: &[(&str, T)]) -> Result<T> {
    let text = value.try_as_str().flatten();
    match choices.iter().find(|(choice, _)| Some(*choice) == text) {
        Some((_, chosen)) => Ok(*chosen),
        None => {
            let names: Vec<&str> = choices.iter().map(|(choice, _)| *choice).collect();
            plan_err!("{name} of cooccurrence must be one of {}, got {value}", names.join(", "))
        }
    }
}
