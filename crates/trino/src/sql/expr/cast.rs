//! Casts, written and implicit.

use datafusion::{
    arrow::datatypes::DataType as ArrowType,
    common::ScalarValue,
    logical_expr::Expr as Engine,
    sql::sqlparser::ast::{CastKind, DataType, Expr},
};

use super::literal::{constant, text};
use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{At, Place, error, refuse},
        lattice::{common, differ_in_zone, is_number},
        planner::Planner,
        scope::{Env, Typed},
    },
};

impl Planner<'_> {
    /// A value as another type that it becomes without a cast.
    pub(in crate::sql) fn coerce(&self, value: Typed, to: &TrinoType) -> SqlResult<Typed> {
        self.coerced(value, to, "Cannot coerce {from} to {to}")
    }

    pub(super) fn coerced(&self, value: Typed, to: &TrinoType, otherwise: &str) -> SqlResult<Typed> {
        if value.of == *to {
            return Ok(value);
        }
        let met = common(&value.of, to);
        if met.as_ref() != Some(to) && !met.is_some_and(|met| differ_in_zone(&met, to)) {
            let message = otherwise.replace("{from}", &value.of.to_string()).replace("{to}", &to.to_string());
            return error(ErrorName::TypeMismatch, value.at, message);
        }
        let (from, at) = (value.of.data_type(), value.at);
        if let Engine::Literal(ScalarValue::Null, _) = value.expr {
            let null = ScalarValue::try_from(&to.data_type()).at(at)?;
            return Ok(constant(null, to.clone(), at));
        }
        if let Engine::Literal(literal, _) = &value.expr
            && (is_number(&value.of) || matches!(to, TrinoType::Varchar(_)))
        {
            let literal = literal.cast_to(&to.data_type()).at(at)?;
            return Ok(constant(literal, to.clone(), at));
        }
        if from == to.data_type() && !matches!(to, TrinoType::Char(_)) {
            return Ok(value.named(to.clone()));
        }
        if is_plain(&value.of, to) {
            let expr = datafusion::logical_expr::cast(value.expr, to.data_type());
            return Ok(Typed::new(expr, to.clone(), at));
        }
        self.cast_as(value, to)
    }

    /// Values as the least type that all of them have.
    pub(in crate::sql) fn common_of(&self, values: Vec<Typed>, at: Place, what: &str) -> SqlResult<Vec<Typed>> {
        let mut met = TrinoType::Unknown;
        for value in &values {
            match common(&met, &value.of) {
                Some(both) if !differ_in_zone(&met, &value.of) => met = both,
                Some(_) => return refuse(value.at, "values of different time zones in one column"),
                None => {
                    let place = if value.at.line > 0 { value.at } else { at };
                    let message = format!("All {what} operands must be the same type: {met}, {}", value.of);
                    return error(ErrorName::TypeMismatch, place, message);
                }
            }
        }
        values.into_iter().map(|value| self.coerce(value, &met)).collect()
    }

    /// A value cast to a type, whether it may fail or not.
    pub(in crate::sql) fn cast_as(&self, value: Typed, to: &TrinoType) -> SqlResult<Typed> {
        let at = value.at;
        self.cast_to(value, &to.to_sql(), at)
    }

    /// A text as a column of so many characters takes it.
    pub(in crate::sql) fn stored(&self, value: Typed, column: &TrinoType) -> SqlResult<Typed> {
        let at = value.at;
        self.call("$store", vec![value, text(&column.to_sql(), at)], at)
    }

    /// A value cast to a type by its name.
    pub(super) fn cast_to(&self, value: Typed, name: &str, at: Place) -> SqlResult<Typed> {
        self.call("cast", vec![value, text(name, at)], at)
    }

    pub(super) fn explicit_cast(
        &self,
        kind: &CastKind,
        expr: &Expr,
        data_type: &DataType,
        env: &Env<'_>,
    ) -> SqlResult<Typed> {
        let value = self.expr(expr, env)?;
        let at = self.tokens.word_before(value.at, &["cast", "try_cast"]).unwrap_or(value.at);
        let DataType::Custom(name, _) = data_type else { return refuse(at, format!("the cast to {data_type}")) };
        let name =
            name.0.first().and_then(|part| part.as_ident()).map_or_else(String::new, |ident| ident.value.clone());
        let to = TrinoType::parse(&name).at(at)?;
        let function = match kind {
            CastKind::Cast => "cast",
            CastKind::TryCast => "try_cast",
            _ => return refuse(at, "this form of cast"),
        };
        if value.of == to && to != TrinoType::Unknown {
            return Ok(Typed { at, ..value });
        }
        // Casts that cannot fail and that the engine looks through when it prunes.
        let is_wider = common(&value.of, &to).as_ref() == Some(&to);
        if is_wider && is_plain(&value.of, &to) {
            return Ok(Typed { at, ..self.coerce(value, &to)? });
        }
        if matches!(value.of, TrinoType::Unknown) && matches!(value.expr, Engine::Literal(ScalarValue::Null, _)) {
            return self.coerce(Typed { at, ..value }, &to);
        }
        if to == TrinoType::Json {
            return match function {
                "cast" => {
                    let from = text(&value.of.to_string(), at);
                    self.call_as("cast_to_json", vec![value, from], to, at)
                }
                _ => refuse(at, "TRY_CAST to JSON"),
            };
        }
        self.call(function, vec![value, text(&name, at)], at)
    }
}

/// Conversions that the engine does as Trino does and that it knows how to look through.
fn is_plain(from: &TrinoType, to: &TrinoType) -> bool {
    use TrinoType as T;
    match (from, to) {
        (T::Real, T::Double) | (T::Date, T::Timestamp(_)) | (T::Timestamp(_), T::Timestamp(_)) | (T::Unknown, _) => {
            true
        }
        (T::Decimal { .. }, T::Decimal { .. }) => true,
        (from, T::Smallint | T::Integer | T::Bigint | T::Real | T::Double | T::Decimal { .. }) => {
            matches!(from, T::Tinyint | T::Smallint | T::Integer | T::Bigint)
        }
        (T::Array(from), T::Array(to)) => {
            is_plain(from, to)
                || from == to
                || (from.data_type() == to.data_type() && to.data_type() == ArrowType::Utf8)
        }
        _ => false,
    }
}
