//! LIKE, and functions with words between their arguments.

use datafusion::{
    logical_expr::{Expr as Engine, Like},
    sql::sqlparser::ast::{CeilFloorKind, DateTimeField, Expr, TrimWhereField, Value, ValueWithSpan},
};

use super::literal::text;
use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{Place, error, refuse},
        lattice::is_text,
        planner::Planner,
        scope::{Env, Typed},
    },
};

impl Planner<'_> {
    pub(super) fn like(
        &self,
        expr: &Expr,
        pattern: &Expr,
        escape: Option<&ValueWithSpan>,
        negated: bool,
        env: &Env<'_>,
    ) -> SqlResult<Typed> {
        let (value, pattern) = (self.expr(expr, env)?, self.expr(pattern, env)?);
        let at = value.at;
        for side in [&value, &pattern] {
            if !is_text(&side.of) && side.of != TrinoType::Unknown {
                let message = format!("Left side of LIKE expression must evaluate to a varchar (actual: {})", side.of);
                return error(ErrorName::TypeMismatch, side.at, message);
            }
        }
        let escape = match escape.map(|escape| &escape.value) {
            None => None,
            Some(Value::SingleQuotedString(escape)) if escape.chars().count() == 1 => escape.chars().next(),
            Some(_) => {
                return error(ErrorName::InvalidFunctionArgument, at, "Escape string must be a single character");
            }
        };
        let varchar = TrinoType::Varchar(None);
        let (value, pattern) = (self.as_text(value, &varchar)?, self.as_text(pattern, &varchar)?);
        // The engine takes a backslash for an escape where none is given, Trino takes none.
        if let Engine::Literal(literal, _) = &pattern.expr {
            let shown = literal.try_as_str().flatten().unwrap_or("");
            let translated = translate(shown, escape);
            let Some(translated) = translated else {
                let message = "Escape character must be followed by '%', '_' or the escape character itself";
                return error(ErrorName::InvalidFunctionArgument, pattern.at, message);
            };
            let pattern = if literal.is_null() { pattern } else { text(&translated, pattern.at) };
            let like = Like::new(negated, Box::new(value.expr), Box::new(pattern.expr), None, false);
            return Ok(Typed::new(Engine::Like(like), TrinoType::Boolean, at));
        }
        let mut arguments = vec![value, pattern];
        arguments.extend(escape.map(|escape| text(&escape.to_string(), at)));
        let found = self.call_as("$like", arguments, TrinoType::Boolean, at)?;
        let expr = if negated { Engine::Not(Box::new(found.expr)) } else { found.expr };
        Ok(Typed::new(expr, TrinoType::Boolean, at))
    }

    fn as_text(&self, value: Typed, varchar: &TrinoType) -> SqlResult<Typed> {
        match value.of {
            TrinoType::Char(_) => self.cast_to(value.clone(), "varchar", value.at),
            _ => self.coerce(value, varchar),
        }
    }

    pub(super) fn worded(&self, expr: &Expr, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        let one = |expr: &Expr| self.expr(expr, env);
        match expr {
            Expr::Extract { field, expr, .. } => match field_function(field) {
                Some(name) => self.call(name, vec![one(expr)?], at),
                None => error(ErrorName::SyntaxError, at, format!("Invalid EXTRACT field: {field}")),
            },
            Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                self.call("ceil", vec![one(expr)?], at)
            }
            Expr::Floor { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                self.call("floor", vec![one(expr)?], at)
            }
            Expr::Position { expr, r#in } => self.call("strpos", vec![one(r#in)?, one(expr)?], at),
            Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => {
                let mut values = vec![one(expr)?, one(from)?];
                values.extend(substring_for.as_deref().map(one).transpose()?);
                self.call("substr", values, at)
            }
            Expr::Trim { expr, trim_where, trim_what, trim_characters } => {
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "trim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                };
                let mut values = vec![one(expr)?];
                values.extend(trim_what.as_deref().map(one).transpose()?);
                match trim_characters.as_deref() {
                    None => {}
                    Some([characters]) => values.push(one(characters)?),
                    Some(_) => return refuse(at, expr),
                }
                self.call(name, values, at)
            }
            other => refuse(at, format!("the expression {other}")),
        }
    }
}

/// A pattern for the engine, whose escape is the backslash.
fn translate(pattern: &str, escape: Option<char>) -> Option<String> {
    let mut translated = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        if Some(character) == escape {
            let next = rest.next().filter(|next| matches!(next, '%' | '_') || Some(*next) == escape)?;
            if matches!(next, '%' | '_' | '\\') {
                translated.push('\\');
            }
            translated.push(next);
        } else {
            if character == '\\' {
                translated.push('\\');
            }
            translated.push(character);
        }
    }
    Some(translated)
}

fn field_function(field: &DateTimeField) -> Option<&'static str> {
    Some(match field {
        DateTimeField::Year => "year",
        DateTimeField::Quarter => "quarter",
        DateTimeField::Month => "month",
        DateTimeField::Week(None) => "week",
        DateTimeField::Day => "day",
        DateTimeField::Hour => "hour",
        DateTimeField::Minute => "minute",
        DateTimeField::Second => "second",
        DateTimeField::TimezoneHour => "timezone_hour",
        DateTimeField::TimezoneMinute => "timezone_minute",
        other => match other.to_string().to_lowercase().as_str() {
            "dow" | "day_of_week" => "day_of_week",
            "doy" | "day_of_year" => "day_of_year",
            "day_of_month" => "day_of_month",
            "yow" | "year_of_week" => "year_of_week",
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_have_the_escape_that_is_given_and_no_other() {
        assert_eq!(translate(r"a\b%", None).unwrap(), r"a\\b%");
        assert_eq!(translate("10#%", Some('#')).unwrap(), r"10\%");
        assert_eq!(translate("a##", Some('#')).unwrap(), "a#");
        assert_eq!(translate("a#b", Some('#')), None);
    }
}
