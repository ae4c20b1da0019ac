//! Forms of the SQL standard for JSON.

use std::collections::HashMap;

use datafusion::{
    common::ScalarValue,
    sql::sqlparser::ast::{
        Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgOperator, FunctionArguments, Value, ValueWithSpan,
    },
};

use super::literal::{constant, text};
use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{At, Place, error, refuse},
        lattice::is_text,
        planner::{Planner, parts},
        scope::{Env, Typed},
    },
};

/// The arguments of a form.
#[derive(Default)]
struct Form<'f> {
    values: Vec<&'f Expr>,
    /// Keys of objects with their values.
    members: Vec<(&'f Expr, &'f Expr)>,
    /// Names of PASSING, and whether they stand in quotes, with their values.
    passed: Vec<(&'f str, bool, &'f Expr)>,
    clauses: HashMap<&'f str, &'f Expr>,
}

impl<'f> Form<'f> {
    fn of(function: &'f Function, at: Place) -> SqlResult<Self> {
        let mut form = Self::default();
        let FunctionArguments::List(list) = &function.args else { return Ok(form) };
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => form.values.push(value),
                FunctionArg::ExprNamed { name, arg: FunctionArgExpr::Expr(value), .. } => {
                    form.members.push((name, value));
                }
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), operator } => match operator {
                    FunctionArgOperator::Assignment => {
                        form.passed.push((name.value.as_str(), name.quote_style.is_some(), value));
                    }
                    _ if form.clauses.insert(&name.value, value).is_none() => {}
                    _ => return error(ErrorName::SyntaxError, at, format!("{} is given twice", name.value)),
                },
                other => return refuse(at, format!("the argument {other}")),
            }
        }
        Ok(form)
    }

    /// What a clause says.
    fn clause(&self, name: &str, default: &'static str) -> &'f str {
        match self.clauses.get(name).copied() {
            Some(Expr::Value(ValueWithSpan { value: Value::SingleQuotedString(what), .. })) => what,
            _ => default,
        }
    }

    fn refuse_clauses_but(&self, known: &[&str], at: Place) -> SqlResult<()> {
        match self.clauses.keys().find(|name| !known.contains(name)) {
            Some(name) => error(ErrorName::SyntaxError, at, format!("mismatched input: no {name} here")),
            None => Ok(()),
        }
    }
}

impl Planner<'_> {
    /// `json_exists`, `json_value`, `json_query`, `json_array`, `json_object`; `None` for other functions.
    pub(super) fn json_form(
        &self,
        name: &str,
        function: &Function,
        env: &Env<'_>,
        at: Place,
    ) -> Option<SqlResult<Typed>> {
        if !matches!(name, "json_exists" | "json_value" | "json_query" | "json_array" | "json_object") {
            return None;
        }
        let form = match Form::of(function, at) {
            Ok(form) => form,
            Err(error) => return Some(Err(error)),
        };
        Some(match name {
            "json_exists" => self.json_exists(&form, env, at),
            "json_value" => self.json_value(&form, env, at),
            "json_query" => self.json_query(&form, env, at),
            "json_array" => self.json_array(&form, env, at),
            _ => self.json_object(&form, env, at),
        })
    }

    /// The JSON and the path.
    fn json_input(&self, form: &Form<'_>, env: &Env<'_>, at: Place) -> SqlResult<Vec<Typed>> {
        let [input, path] = form.values.as_slice() else {
            return error(ErrorName::SyntaxError, at, "a JSON and a path are expected");
        };
        let (input, path) = (self.expr(input, env)?, self.expr(path, env)?);
        if !is_text(&path.of) {
            return error(ErrorName::TypeMismatch, path.at, format!("a path is a text and no {}", path.of));
        }
        Ok(vec![input, path])
    }

    /// Names and values of PASSING by turns. A name without quotes may be in capitals in the path, as the standard says.
    fn json_passed(&self, form: &Form<'_>, env: &Env<'_>, at: Place) -> SqlResult<Vec<Typed>> {
        let mut arguments = Vec::new();
        for (name, is_quoted, value) in &form.passed {
            let value = self.as_json(value, env)?;
            let capitals = name.to_uppercase();
            arguments.extend([text(name, at), value.clone()]);
            if !is_quoted && capitals != *name {
                arguments.extend([text(&capitals, at), value]);
            }
        }
        Ok(arguments)
    }

    /// A value as JSON. What the forms make is JSON already.
    fn as_json(&self, written: &Expr, env: &Env<'_>) -> SqlResult<Typed> {
        let is_json = match written {
            Expr::Function(function) => match parts(&function.name).as_slice() {
                [name] => matches!(name.as_str(), "json_array" | "json_object" | "json_query"),
                _ => false,
            },
            _ => false,
        };
        let value = self.expr(written, env)?;
        let at = value.at;
        match &value.of {
            TrinoType::Json => Ok(value),
            of if is_json && is_text(of) => Ok(value.named(TrinoType::Json)),
            _ => {
                let from = text(&value.of.to_string(), at);
                self.call_as("cast_to_json", vec![value, from], TrinoType::Json, at)
            }
        }
    }

    fn json_exists(&self, form: &Form<'_>, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        form.refuse_clauses_but(&["on_error"], at)?;
        let mut arguments = self.json_input(form, env, at)?;
        arguments.push(text(form.clause("on_error", "FALSE"), at));
        arguments.extend(self.json_passed(form, env, at)?);
        self.call("$json_exists", arguments, at)
    }

    fn json_value(&self, form: &Form<'_>, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        let known = ["returning", "on_empty", "on_error", "default_on_empty", "default_on_error"];
        form.refuse_clauses_but(&known, at)?;
        let returning = form.clause("returning", "varchar");
        let of = TrinoType::parse(returning).at(at)?;
        let mut arguments = self.json_input(form, env, at)?;
        arguments.push(text(form.clause("on_empty", "NULL"), at));
        arguments.push(text(form.clause("on_error", "NULL"), at));
        arguments.push(text(returning, at));
        for name in ["default_on_empty", "default_on_error"] {
            arguments.push(match form.clauses.get(name) {
                Some(default) => self.coerce(self.expr(default, env)?, &of)?,
                None => constant(ScalarValue::try_from(&of.data_type()).at(at)?, of.clone(), at),
            });
        }
        arguments.extend(self.json_passed(form, env, at)?);
        self.call("$json_value", arguments, at)
    }

    fn json_query(&self, form: &Form<'_>, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        form.refuse_clauses_but(&["returning", "on_empty", "on_error", "wrapper", "quotes"], at)?;
        let mut arguments = self.json_input(form, env, at)?;
        let (wrapper, quotes) = (form.clause("wrapper", "WITHOUT"), form.clause("quotes", "KEEP"));
        if wrapper != "WITHOUT" && form.clauses.contains_key("quotes") {
            let message = format!("{quotes} QUOTES behavior specified with WITH {wrapper} ARRAY WRAPPER behavior");
            return error(ErrorName::InvalidFunctionArgument, at, message);
        }
        arguments.extend([text(wrapper, at), text(quotes, at)]);
        arguments.extend([text(form.clause("on_empty", "NULL"), at), text(form.clause("on_error", "NULL"), at)]);
        arguments.extend(self.json_passed(form, env, at)?);
        self.json_returned(self.call("$json_query", arguments, at)?, form, at)
    }

    /// The text of JSON as the type that RETURNING names.
    fn json_returned(&self, value: Typed, form: &Form<'_>, at: Place) -> SqlResult<Typed> {
        let returning = form.clause("returning", "varchar");
        match TrinoType::parse(returning).at(at)? {
            TrinoType::Varchar(None) => Ok(value),
            TrinoType::Varchar(_) | TrinoType::Char(_) => self.cast_to(value, returning, at),
            TrinoType::Varbinary => self.call("to_utf8", vec![value], at),
            TrinoType::Json => self.call("json_parse", vec![value], at),
            of => refuse(at, format!("JSON returned as {of}")),
        }
    }

    fn json_array(&self, form: &Form<'_>, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        form.refuse_clauses_but(&["on_null", "returning"], at)?;
        let mut arguments = vec![text(form.clause("on_null", "ABSENT"), at)];
        for value in &form.values {
            arguments.push(self.as_json(value, env)?);
        }
        self.json_returned(self.call("$json_array", arguments, at)?, form, at)
    }

    fn json_object(&self, form: &Form<'_>, env: &Env<'_>, at: Place) -> SqlResult<Typed> {
        form.refuse_clauses_but(&["on_null", "unique_keys", "returning"], at)?;
        let mut arguments = vec![text(form.clause("on_null", "NULL"), at), text(form.clause("unique_keys", ""), at)];
        for (key, value) in &form.members {
            let key = self.expr(key, env)?;
            if !is_text(&key.of) {
                let message = format!("Invalid type of JSON object key: {}", key.of);
                return error(ErrorName::TypeMismatch, key.at, message);
            }
            arguments.extend([key, self.as_json(value, env)?]);
        }
        self.json_returned(self.call("$json_object", arguments, at)?, form, at)
    }
}
