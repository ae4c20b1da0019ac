//! Columns, fields of rows and subscripts.

use datafusion::{
    common::ScalarValue,
    logical_expr::Expr as Engine,
    sql::sqlparser::ast::{AccessExpr, Expr, Ident, Spanned, Subscript},
};

use crate::{
    ErrorName, TrinoType,
    sql::{
        SqlResult,
        error::{Place, error, refuse, start},
        planner::Planner,
        scope::{Env, Found, Typed},
        tokens::name,
    },
};

impl Planner<'_> {
    pub(super) fn named(&self, expr: &Expr, env: &Env<'_>) -> SqlResult<Typed> {
        match expr {
            Expr::Identifier(ident) => self.column(std::slice::from_ref(ident), env),
            Expr::CompoundIdentifier(idents) => self.column(idents, env),
            Expr::CompoundFieldAccess { root, access_chain } => {
                let mut idents = vec![];
                let mut rest = access_chain.as_slice();
                // `t.a.b[1]` comes with its names in the chain.
                if let Expr::Identifier(first) = root.as_ref() {
                    idents.push(first.clone());
                    while let [AccessExpr::Dot(Expr::Identifier(ident)), more @ ..] = rest {
                        idents.push(ident.clone());
                        rest = more;
                    }
                }
                let mut value = if idents.is_empty() { self.expr(root, env)? } else { self.column(&idents, env)? };
                for access in rest {
                    value = self.accessed(value, access, env)?;
                }
                Ok(value)
            }
            other => refuse(start(other.span()), other),
        }
    }

    /// A column, perhaps with the names of its table before and of fields behind.
    fn column(&self, idents: &[Ident], env: &Env<'_>) -> SqlResult<Typed> {
        let at = start(idents[0].span);
        let names: Vec<_> = idents.iter().map(name).collect();
        for qualified in (0..names.len()).rev() {
            match env.find(&names[..qualified], &names[qualified], at) {
                Found::One(mut value) => {
                    for (field, ident) in names[qualified + 1..].iter().zip(&idents[qualified + 1..]) {
                        value = self.field(value, field, start(ident.span))?;
                    }
                    return Ok(value);
                }
                Found::Many => {
                    let shown = names[..=qualified].join(".");
                    return error(ErrorName::AmbiguousName, at, format!("Column '{shown}' is ambiguous"));
                }
                Found::None => {}
            }
        }
        if let [word] = names.as_slice()
            && let Some(value) = self.of_catalog(word, at)
        {
            return Ok(value);
        }
        let shown = idents.iter().map(|ident| ident.value.as_str()).collect::<Vec<_>>().join(".");
        let message =
            format!("Column '{shown}' cannot be resolved or requester is not authorized to access requested resources");
        error(ErrorName::ColumnNotFound, at, message)
    }

    fn accessed(&self, value: Typed, access: &AccessExpr, env: &Env<'_>) -> SqlResult<Typed> {
        match access {
            AccessExpr::Dot(Expr::Identifier(ident)) => self.field(value, &name(ident), start(ident.span)),
            AccessExpr::Subscript(Subscript::Index { index }) => {
                let index = self.expr(index, env)?;
                self.subscript(value, index)
            }
            other => refuse(start(other.span()), other),
        }
    }

    fn field(&self, value: Typed, field: &str, at: Place) -> SqlResult<Typed> {
        let TrinoType::Row(fields) = &value.of else {
            return error(ErrorName::TypeMismatch, value.at, format!("Expression is not of type ROW: {}", value.of));
        };
        let is_named =
            |(name, _): &(Option<String>, TrinoType)| name.as_ref().is_some_and(|name| name.to_lowercase() == field);
        let mut found = fields.iter().enumerate().filter(|(_, of)| is_named(of));
        match (found.next(), found.next()) {
            (Some((index, _)), None) => self.row_field(value, index),
            (Some(_), Some(_)) => error(ErrorName::TypeMismatch, at, format!("Ambiguous row field reference: {field}")),
            (None, _) => error(ErrorName::TypeMismatch, at, format!("No field '{field}' in {}", value.of)),
        }
    }

    /// A field of a row by its place. Of what is stored, DataFusion's own function takes it, which scans know.
    pub(in crate::sql) fn row_field(&self, value: Typed, index: usize) -> SqlResult<Typed> {
        let TrinoType::Row(fields) = &value.of else {
            return error(ErrorName::TypeMismatch, value.at, format!("Expression is not of type ROW: {}", value.of));
        };
        let Some((name, of)) = fields.get(index).cloned() else {
            return error(ErrorName::InvalidFunctionArgument, value.at, "no such field");
        };
        let (at, is_stored) = (value.at, value.is_stored);
        let is_only = fields.iter().filter(|(other, _)| *other == name).count() == 1;
        let expr = match name {
            Some(name) if is_stored && is_only => datafusion::functions::expr_fn::get_field(value.expr, name),
            _ => {
                let place = i64::try_from(index).unwrap_or(i64::MAX);
                let index = Typed::new(Engine::Literal(ScalarValue::Int64(Some(place)), None), TrinoType::Bigint, at);
                self.call("$field", vec![value, index], at)?.expr
            }
        };
        let mut typed = Typed::new(expr, of, at);
        typed.is_stored = is_stored;
        Ok(typed)
    }

    /// `a[1]` and `m['key']`, errors where nothing is; `r[1]` of a row.
    fn subscript(&self, value: Typed, index: Typed) -> SqlResult<Typed> {
        let at = value.at;
        match &value.of {
            TrinoType::Row(_) => match &index.expr {
                Engine::Literal(place, _) => {
                    let place = place.to_string().parse::<usize>().ok().and_then(|place| place.checked_sub(1));
                    match place {
                        Some(place) => self.row_field(value, place),
                        None => error(ErrorName::InvalidFunctionArgument, index.at, "Invalid subscript of a row"),
                    }
                }
                _ => error(ErrorName::TypeMismatch, index.at, "Subscript expression on ROW requires a constant index"),
            },
            TrinoType::Array(_) => {
                if !crate::sql::lattice::is_integer(&index.of) {
                    let message = format!("Cannot use {} for subscript of {}", index.of, value.of);
                    return error(ErrorName::TypeMismatch, index.at, message);
                }
                let index = self.coerce(index, &TrinoType::Bigint)?;
                self.call("subscript", vec![value, index], at)
            }
            TrinoType::Map(keys, _) => {
                let index =
                    self.coerced(index, &keys.as_ref().clone(), "Cannot use {from} for subscript of a map of {to}")?;
                self.call("subscript", vec![value, index], at)
            }
            other => error(ErrorName::TypeMismatch, at, format!("Subscript expression on {other}")),
        }
    }
}
